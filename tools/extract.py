"""The `extract` command: reads modules once and writes what they need and what they offer.

Two outputs, because they change at different rates. The `.usyms` file is the union of undefined global
symbols, one a line: all that the exported set depends on, byte-identical while no module needs anything
new. The `.ksyms.jsonl` file has a JSON object a module, for whatever wants to know who needs what.
"""

import json
import os

import object_file
import output_file
import symbol_names


def add_arguments(parser):
    parser.add_argument("--usyms", required=True, metavar="FILE", help="where to write the union of undefined symbols")
    parser.add_argument("--records", required=True, metavar="FILE", help="where to write one JSON object a module")
    parser.add_argument("modules", nargs="+", metavar="MODULE", help="a .ko or .o, or an ar archive (.a) of objects")


def run(arguments):
    """Extracts the symbols of all modules, in the order of their names.

    Raises:
      KsymsError: a module cannot be read, or has a name that is no symbol. Nothing is written then.
    """
    union, checked, records = set(), set(), []
    for path in sorted(arguments.modules, key=lambda path: (os.path.basename(path), path)):
        symbols = object_file.read(path)
        names = {*symbols.undefined, *symbols.weak, *(export.name for export in symbols.exported)}
        symbol_names.check(names - checked, path)
        checked |= names
        union.update(symbols.undefined)
        records.append(_record(path, symbols))
    output_file.write(arguments.usyms, b"".join(name + b"\n" for name in sorted(union)))
    output_file.write(arguments.records, "".join(records).encode("ascii"))


def _record(path, symbols):
    """One line of JSON; names in byte order, each once."""
    exported = sorted({(export.name, export.licence, export.namespace) for export in symbols.exported})
    record = {
        "module": os.path.basename(path),
        "signed": symbols.signed,
        "undefined": _texts(set(symbols.undefined)),
        "weak": _texts(set(symbols.weak)),
        "exported": [[text.decode("ascii", "backslashreplace") for text in export] for export in exported],
    }
    return json.dumps(record, separators=(",", ":")) + "\n"


def _texts(names):
    return [name.decode("ascii") for name in sorted(names)]
