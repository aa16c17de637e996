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

_encode = json.JSONEncoder(separators=(",", ":")).encode


def add_arguments(parser):
    parser.add_argument("--usyms", required=True, metavar="FILE", help="where to write the union of undefined symbols")
    parser.add_argument("--records", required=True, metavar="FILE", help="where to write one JSON object a module")
    parser.add_argument("modules", nargs="+", metavar="MODULE", help="a .ko or .o, or an ar archive (.a) of objects")


def run(arguments):
    """Extracts the symbols of all modules, in the order of their names.

    Raises:
      KsymsError: a module cannot be read, or has a name that is no symbol. Nothing is written then.
    """
    union, records = set(), []
    for path in sorted(arguments.modules, key=lambda path: (os.path.basename(path), path)):
        symbols = object_file.read(path)
        undefined, weak, exported = set(symbols.undefined), set(symbols.weak), set(symbols.exported)
        new = undefined - union  # the others are checked
        symbol_names.check([*new, *weak, *(export.name for export in exported)], path)
        union |= new
        records.append(_record(os.path.basename(path), symbols.signed, undefined, weak, exported))
    output_file.write(arguments.usyms, b"".join(name + b"\n" for name in sorted(union)))
    output_file.write(arguments.records, b"".join(records))


def _record(name, signed, undefined, weak, exported):
    """One line of JSON, in byte order."""
    return b'{"module":%s,"signed":%s,"undefined":%s,"weak":%s,"exported":%s}\n' % (
        _encode(name).encode("ascii"),
        b"true" if signed else b"false",
        _names(undefined),
        _names(weak),
        _exports(exported),
    )


def _names(names):
    """JSON of symbol names. They are checked: there is nothing in them that JSON would escape."""
    return b'["%s"]' % b'","'.join(sorted(names)) if names else b"[]"


def _exports(exported):
    texts = [[text.decode("ascii", "backslashreplace") for text in export] for export in sorted(exported)]
    return _encode(texts).encode("ascii") if texts else b"[]"
