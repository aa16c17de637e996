"""Reads `Module.symvers`, modpost's list of what vmlinux and modules export, of any kernel version.

Columns are separated by tabs (scripts/mod/modpost.c, write_dump):
  up to 5.3     CRC  symbol  module  EXPORT_SYMBOL…
  5.4 and 5.5   CRC  symbol  namespace  module  EXPORT_SYMBOL…
  5.6 and later CRC  symbol  module  EXPORT_SYMBOL…  namespace
The export's type tells which of them a line is.
"""

import re
from typing import NamedTuple

import symbol_names
from errors import KsymsError, reading

_TYPE = b"EXPORT_"
# Whether bytes can be a module's path or a namespace.
is_text = re.compile(rb"[ -~]*").fullmatch
_REGENERATE = "give the Module.symvers that the kernel's build wrote"


class Line(NamedTuple):
    """One exported symbol.

    Attributes:
      symbol: its name.
      module: who exports it: `vmlinux`, or a module's path without extension.
      licence: "GPL" or empty.
      namespace: empty for none.
    """

    symbol: bytes
    module: bytes
    licence: bytes
    namespace: bytes


def read(path):
    """Reads a Module.symvers from its file; see `parse`."""
    with reading(path, "build it, or remove it from exports"), open(path, "rb") as file:
        return parse(file.read(), path)


def parse(data, file):
    """Parses a Module.symvers.

    Args:
      data: bytes of the file.
      file: its path, for errors.

    Returns:
      [Line], in the file's order.

    Raises:
      KsymsError: a line has other columns, or a symbol is exported twice; the message has the line's number.
    """
    lines, first = [], {}
    for number, text in enumerate(data.splitlines(), 1):
        if not text.strip():
            continue
        line = _parse_line(text, f"{file}:{number}")
        if line.symbol in first:
            raise KsymsError(
                f"{file}:{number}",
                f"exports {line.symbol.decode()} again, after line {first[line.symbol]}",
                "remove one of the two exports; a kernel cannot load both",
            )
        first[line.symbol] = number
        lines.append(line)
    return lines


def _parse_line(text, place):
    columns = text.split(b"\t")
    if len(columns) in (4, 5) and columns[3].startswith(_TYPE):
        _, symbol, module, kind, *rest = columns
        namespace = rest[0] if rest else b""
    elif len(columns) == 5 and columns[4].startswith(_TYPE):
        _, symbol, namespace, module, kind = columns
    else:
        raise KsymsError(
            place, f"has {len(columns)} columns and no EXPORT_SYMBOL where any kernel version has it", _REGENERATE
        )
    symbol_names.check([symbol], place)
    namespace = namespace.strip()
    if not module or not is_text(module + namespace):
        problem = f"has the module {ascii(module)[1:]} and the namespace {ascii(namespace)[1:]}, not a path and a word"
        raise KsymsError(place, problem, _REGENERATE)
    return Line(symbol, module, b"GPL" if b"_GPL" in kind else b"", namespace)
