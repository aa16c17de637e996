"""The `merge` command: one `.usyms` of several, so that a change in one target does not read those of all."""

import output_file
import symbol_names
from errors import reading


def add_arguments(parser):
    parser.add_argument("--output", required=True, metavar="FILE", help="where to write the result")
    parser.add_argument(
        "--usyms", action="append", default=[], metavar="FILE", help="a .usyms file of `extract` or `merge`"
    )


def run(arguments):
    """Writes the union; names stay as they are in the modules."""
    output_file.write(arguments.output, lines(sorted(union(arguments.usyms))))


def lines(names):
    """The bytes of a file of names, one a line."""
    return b"".join(name + b"\n" for name in names)


def union(paths):
    """Reads `.usyms` files.

    Args:
      paths: [str]

    Returns:
      {bytes}, the names of all files. Those of a big kernel have most in common: each is kept and checked once.

    Raises:
      KsymsError: a file is missing or has a name that is no symbol.
    """
    names = set()
    for path in paths:
        with reading(path, "check the path, or build the file"), open(path, "rb") as file:
            new = [name for name in file.read().split() if name not in names]
        symbol_names.check(new, path)
        names.update(new)
    return names
