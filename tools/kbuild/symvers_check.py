"""Checks that vmlinux exports what in-tree modules take from it, by the Module.symvers of both.

modpost takes the exports of vmlinux from vmlinux.o. From Linux 6.5 on vmlinux.o has all of them, since it is decided
later what is trimmed away. A symbol that the raw symbol list lacks would go unnoticed until the module is loaded.
"""

from ksyms.errors import FailedCheckError, reading

_VMLINUX = "vmlinux"


def check(module_symvers: str, kernel_symvers: str) -> None:
    """Checks that vmlinux exports every symbol that modules take from it.

    Args:
      module_symvers: text of the Module.symvers that modpost wrote for in-tree modules.
      kernel_symvers: path of the kernel's vmlinux.symvers.

    Raises:
      FailedCheckError: it does not; names the symbols, sorted.
      KsymsError: `kernel_symvers` cannot be read.
    """
    with reading(kernel_symvers, "build vmlinux"), open(kernel_symvers, encoding="utf-8") as file:
        missing = _symbols(module_symvers) - _symbols(file.read())
    if missing:
        raise FailedCheckError(
            f"vmlinux does not export {', '.join(sorted(missing))}, which in-tree modules need. "
            "To fix: set modversions = True if the configuration has CONFIG_MODVERSIONS, and name all modules in "
            "raw_symbol_list."
        )


def _symbols(symvers: str) -> set[str]:
    """The symbols that vmlinux exports. The columns are CRC, symbol, module, licence and namespace."""
    rows = (line.split("\t") for line in symvers.splitlines())
    return {row[1] for row in rows if len(row) > 2 and row[2] == _VMLINUX}
