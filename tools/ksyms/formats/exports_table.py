"""`.exports` files: who exports what, whatever it was read from.

One export per line, sorted by bytes, each once; the columns are separated by tabs:

| column | value |
| --- | --- |
| symbol | its name |
| module name | `vmlinux`, or the name by which the kernel knows the module |
| licence | `GPL` for EXPORT_SYMBOL_GPL, otherwise empty |
| namespace | empty for none |
"""

from collections.abc import Iterable
from typing import NamedTuple

from ksyms.errors import KsymsError, reading
from ksyms.formats import output_file

VMLINUX = "vmlinux"
_FIX = "give a file that `ksyms exports` wrote"


class Row(NamedTuple):
    """One export; see the columns of the file."""

    symbol: bytes
    module_name: bytes
    licence: bytes
    namespace: bytes


def write(path: str, rows: Iterable[Row]) -> None:
    """Writes a file; `rows` are in any order, and none has a tab or a line end in it."""
    output_file.write(path, b"".join(b"\t".join(row) + b"\n" for row in sorted(set(rows))))


def read(paths: Iterable[str]) -> dict[str, str]:
    """Reads files.

    Args:
      paths: of the files.

    Returns:
      {symbol: name of the module that exports it}; of several modules vmlinux, or else the last.

    Raises:
      KsymsError: a file cannot be read, or `exports` did not write it.
    """
    exporters: dict[str, str] = {}
    for path in paths:
        try:
            with reading(path, _FIX), open(path, encoding="utf-8", errors="surrogateescape") as file:
                rows = [line.rstrip("\n").split("\t") for line in file]
            if not rows:
                raise ValueError("it is empty")
            for symbol, module_name, _, _ in rows:
                if exporters.get(symbol) != VMLINUX:
                    exporters[symbol] = module_name
        except ValueError as error:
            raise KsymsError(path, f"is not a table of exports ({error})", _FIX) from error
    return exporters
