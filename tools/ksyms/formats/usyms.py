"""`.usyms` files: the undefined symbols of modules.

One symbol per line, sorted by bytes, each once: the undefined global symbols (`U` of nm) of all modules of a target, as
they are named there. Weak ones are not in it. It is all that the exported set depends on, and the same bytes as long as
no module needs anything new.
"""

from collections.abc import Iterable

from ksyms.errors import KsymsError, reading
from ksyms.formats import output_file, symbol_names


def write(path: str, names: Iterable[bytes]) -> None:
    """Writes a file; `names` has each symbol once, in any order."""
    output_file.write(path, symbol_names.lines(sorted(names)))


def read(paths: Iterable[str]) -> set[bytes]:
    """Reads files.

    Args:
      paths: of the files.

    Returns:
      The names of all files together. The files of a big kernel have most names in common: each name is kept and
      checked once.

    Raises:
      KsymsError: a file cannot be read, has bytes and no names, or has a name that is not a symbol name.
    """
    names: set[bytes] = set()
    for path in paths:
        with reading(path, "check the path, or build the file"), open(path, "rb") as file:
            data = file.read()
        found = data.split()
        if data and not found:
            raise KsymsError(path, "has only blank lines", "give a file that `ksyms extract` or `ksyms merge` wrote")
        new = [name for name in found if name not in names]
        symbol_names.check(new, path)
        names.update(new)
    return names
