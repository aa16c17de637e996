"""`Module.symvers` and `vmlinux.symvers` of any kernel version: modpost's list of what vmlinux and modules export.

One export per line; the columns are separated by tabs (write_dump in scripts/mod/modpost.c):

| Linux | columns |
| --- | --- |
| up to 5.3 | CRC, symbol, module path, export type |
| 5.4 and 5.5 | CRC, symbol, namespace, module path, export type |
| 5.6 and later | CRC, symbol, module path, export type, namespace |

The export type, `EXPORT_SYMBOL` or `EXPORT_SYMBOL_GPL`, tells which of these a line is. Only the kernel writes these
files.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

from ksyms.errors import KsymsError, reading
from ksyms.formats import symbol_names

_TYPE = b"EXPORT_"
# Whether bytes can be the path of a module or a namespace.
is_text = re.compile(rb"[ -~]*").fullmatch
_REGENERATE = "give the Module.symvers that the kernel's build wrote"


class Line(NamedTuple):
    """One exported symbol.

    Attributes:
      symbol: its name.
      module_path: what exports it: `vmlinux`, or the path of a module without its extension.
      licence: "GPL" or empty.
      namespace: empty for none.
    """

    symbol: bytes
    module_path: bytes
    licence: bytes
    namespace: bytes


def read(path: str) -> list[Line]:
    """Reads a Module.symvers from its file; see `parse`."""
    with reading(path, "build it, or remove it from exports"), open(path, "rb") as file:
        return parse(file.read(), path)


def write(lines: Iterable[Line]) -> bytes:
    """Returns the contents of a Module.symvers as Linux 5.6 and later write it, without CRCs, sorted by symbol."""
    rows = (
        (
            b"0x00000000",
            line.symbol,
            line.module_path,
            b"EXPORT_SYMBOL" + (b"_GPL" if line.licence else b""),
            line.namespace,
        )
        for line in sorted(lines)
    )
    return b"".join(b"\t".join(row) + b"\n" for row in rows)


def parse(data: bytes, file: str) -> list[Line]:
    """Parses a Module.symvers.

    Args:
      data: contents of the file.
      file: its path, for errors.

    Returns:
      The exports, in the order of the file; none for an empty file, as modpost writes for external modules that export
      nothing.

    Raises:
      KsymsError: the file has only blank lines, a line has other columns, or a symbol is exported twice; the message
        has the number of the line.
    """
    lines: list[Line] = []
    first: dict[bytes, int] = {}
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
    if data and not lines:
        raise KsymsError(file, "has only blank lines", _REGENERATE)
    return lines


def _parse_line(text: bytes, place: str) -> Line:
    columns = text.split(b"\t")
    if len(columns) in (4, 5) and columns[3].startswith(_TYPE):
        _, symbol, module_path, kind, *rest = columns
        namespace = rest[0] if rest else b""
    elif len(columns) == 5 and columns[4].startswith(_TYPE):
        _, symbol, namespace, module_path, kind = columns
    else:
        raise KsymsError(
            place, f"has {len(columns)} columns and no EXPORT_SYMBOL where any kernel version has it", _REGENERATE
        )
    symbol_names.check([symbol], place)
    namespace = namespace.strip()
    if not module_path or not is_text(module_path + namespace):
        given = f"the module {ascii(module_path)[1:]} and the namespace {ascii(namespace)[1:]}"
        raise KsymsError(place, f"has {given}, not a path and a word", _REGENERATE)
    return Line(symbol, module_path, b"GPL" if b"_GPL" in kind else b"", namespace)
