"""Reads what the `exports` command writes: who exports what.

A line an export: symbol, module (`vmlinux` or a module's name), licence and namespace, separated by tabs and sorted by
bytes.
"""

from errors import KsymsError

VMLINUX = "vmlinux"
_FIX = "give a file that `ksyms exports` wrote"


def read(paths):
    """Reads files of exports.

    Args:
      paths: [str]

    Returns:
      {symbol: name of the module that exports it}, both str; of several that do, vmlinux or else the last.

    Raises:
      KsymsError: a file is missing or was not written by `exports`.
    """
    exporters = {}
    for path in paths:
        try:
            with open(path, encoding="utf-8", errors="surrogateescape") as file:
                for line in file:
                    symbol, module, _, _ = line.rstrip("\n").split("\t")
                    if exporters.get(symbol) != VMLINUX:
                        exporters[symbol] = module
        except OSError as error:
            raise KsymsError(path, f"cannot be read ({error.strerror})", _FIX) from error
        except ValueError as error:
            raise KsymsError(path, f"is no file of exports ({error})", _FIX) from error
    return exporters
