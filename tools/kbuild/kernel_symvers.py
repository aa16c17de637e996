"""Checks modules in tree against what vmlinux really exports.

modpost reads vmlinux.o to learn that, and from Linux 6.5 on vmlinux.o has all exports: what is trimmed away is decided
after it. A symbol that the list lacks would go unnoticed until the module is loaded.
"""

from errors import FailedCheckError, reading

_VMLINUX = "vmlinux"


def check(module_symvers, kernel_symvers):
    """Checks that vmlinux exports all that modules take from it.

    Args:
      module_symvers: text of the Module.symvers that modpost wrote for modules in tree.
      kernel_symvers: path of the vmlinux.symvers of the kernel.

    Raises:
      FailedCheckError: it does not; names the symbols.
    """
    with reading(kernel_symvers, "build vmlinux"), open(kernel_symvers, encoding="utf-8") as file:
        missing = _symbols(module_symvers) - _symbols(file.read())
    if missing:
        raise FailedCheckError(
            f"vmlinux does not export {', '.join(sorted(missing))}, which modules in tree need. "
            "To fix: set modversions = True if the configuration has CONFIG_MODVERSIONS, and name all modules in "
            "raw_symbol_list."
        )


def _symbols(symvers):
    """What vmlinux exports: columns are CRC, symbol, module, licence, namespace."""
    rows = (line.split("\t") for line in symvers.splitlines())
    return {row[1] for row in rows if len(row) > 2 and row[2] == _VMLINUX}
