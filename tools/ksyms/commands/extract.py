"""The `extract` command: reads modules once, and writes what they need and what they offer.

It has two outputs because they change at different rates. The `.usyms` file (formats.usyms) is all that the exported
set depends on: the same bytes as long as no module needs anything new. The `.ksyms.jsonl` file (formats.records) says
which module needs what.
"""

import os
from typing import Protocol

from ksyms.command_line import Parser
from ksyms.elf import object_file
from ksyms.formats import output_file, records, symbol_names, usyms


class Arguments(Protocol):
    """See add_arguments."""

    usyms: str
    records: str
    modules: list[str]


def add_arguments(parser: Parser) -> None:
    """Declares the flags."""
    parser.add_argument("--usyms", required=True, metavar="FILE", help="where to write the union of undefined symbols")
    parser.add_argument("--records", required=True, metavar="FILE", help="where to write a JSON object per module")
    parser.add_argument("modules", nargs="+", metavar="MODULE", help="a .ko or .o file, or an archive (.a) of objects")


def run(arguments: Arguments) -> None:
    """Reads all modules, in the order of their file names.

    Raises:
      KsymsError: a module cannot be read, or has a name that is not a symbol name. Nothing is written then.
    """
    union: set[bytes] = set()
    lines = []
    for path in sorted(arguments.modules, key=lambda path: (os.path.basename(path), path)):
        symbols = object_file.read(path)
        undefined, weak, exported = set(symbols.undefined), set(symbols.weak), set(symbols.exported)
        new = undefined - union  # the others are checked already
        symbol_names.check([*new, *weak, *(export.name for export in exported)], path)
        union |= new
        lines.append(records.line(os.path.basename(path), symbols.signed, symbols.machine, undefined, weak, exported))
    usyms.write(arguments.usyms, union)
    output_file.write(arguments.records, b"".join(lines))
