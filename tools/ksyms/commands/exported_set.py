"""The exported set: the symbols that the kernel has to export. `autoksyms_header` and `raw_symbol_list` write it."""

from collections.abc import Iterable
from typing import Protocol

from ksyms.command_line import Parser
from ksyms.formats import symbol_list, usyms
from ksyms.formats.symbol_names import THIS_MODULE

# With CONFIG_MODVERSIONS every module needs it, and no module has it in its symbol table (scripts/mod/modpost.c).
_MODULE_LAYOUT = b"module_layout"


class Arguments(Protocol):
    """See add_arguments."""

    output: str
    usyms: list[str]
    symbol_lists: list[str]
    modversions: bool


def add_arguments(parser: Parser) -> None:
    """Declares the flags of both commands."""
    parser.add_argument("--output", required=True, metavar="FILE", help="where to write the exported set")
    parser.add_argument(
        "--usyms", action="append", default=[], metavar="FILE", help="a .usyms file of `extract` or `merge`"
    )
    parser.add_argument(
        "--symbol_lists", action="append", default=[], metavar="FILE", help="a KMI symbol list, in either form"
    )
    parser.add_argument("--modversions", action="store_true", help="the kernel has CONFIG_MODVERSIONS")


def read(arguments: Arguments) -> list[bytes]:
    """Reads the exported set of a command; see `compute`."""
    listed = [entry.symbol.encode() for path in arguments.symbol_lists for entry in symbol_list.read(path)]
    return compute(usyms.read(arguments.usyms), listed, arguments.modversions)


def compute(needed: Iterable[bytes], listed: Iterable[bytes], modversions: bool) -> list[bytes]:
    """Computes the exported set as scripts/gen_autoksyms.sh does.

    Args:
      needed: undefined global symbols of modules.
      listed: symbols of KMI symbol lists.
      modversions: whether the kernel has CONFIG_MODVERSIONS.

    Returns:
      The set, sorted by bytes as `LC_ALL=C sort -u`, each symbol once. One leading dot is dropped (ppc64: the entry
      point of a function), `__this_module` is ignored, and with modversions `module_layout` is added.
    """
    names = {name[1:] if name.startswith(b".") else name for source in (needed, listed) for name in source}
    names.discard(THIS_MODULE.encode())
    if modversions:
        names.add(_MODULE_LAYOUT)
    return sorted(names)
