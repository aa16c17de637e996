"""The `exports` command: who exports what, from vmlinux, Module.symvers or modules (formats.exports_table).

A vmlinux that is linked again with the same exports leaves the output as it was.
"""

from collections.abc import Iterator
from typing import Protocol

from ksyms.command_line import Parser
from ksyms.elf import object_file
from ksyms.errors import KsymsError
from ksyms.formats import exports_table, symbol_names, symvers
from ksyms.formats.exports_table import Row
from ksyms.formats.module_names import module_name


class Arguments(Protocol):
    """See add_arguments."""

    output: str
    exports: list[str]


def add_arguments(parser: Parser) -> None:
    """Declares the flags."""
    parser.add_argument("--output", required=True, metavar="FILE", help="where to write the table of exports")
    parser.add_argument("exports", nargs="+", metavar="FILE", help="vmlinux, a *.symvers file, or a module")


def run(arguments: Arguments) -> None:
    """Writes the exports of all files.

    Raises:
      KsymsError: a file cannot be read, vmlinux exports nothing, or all files together do. Nothing is written then. A
        module may export nothing, and so may the Module.symvers of external modules.
    """
    rows: list[Row] = []
    for path in arguments.exports:
        found = list(_rows(path))
        if not found and module_name(path) == exports_table.VMLINUX:
            raise _no_exports(path)
        rows += found
    if not rows:
        raise _no_exports(", ".join(arguments.exports))
    exports_table.write(arguments.output, rows)


def _no_exports(files: str) -> KsymsError:
    return KsymsError(files, "exports no symbol", "name the vmlinux or the Module.symvers of a kernel that has modules")


def _rows(path: str) -> Iterator[Row]:
    """Yields the exports of one file; its name says what it is."""
    if path.endswith(".symvers"):
        for line in symvers.read(path):
            yield Row(line.symbol, _encoded(module_name(line.module_path.decode())), line.licence, line.namespace)
        return
    name = module_name(path)
    read = object_file.read_linked if name == exports_table.VMLINUX else object_file.read
    exported = read(path).exported
    symbol_names.check([export.name for export in exported], path)
    for export in exported:
        if not symvers.is_text(export.namespace):
            problem = f"has the namespace {ascii(export.namespace)[1:]}, which is not a word"
            raise KsymsError(path, problem, "correct its EXPORT_SYMBOL_NS, and build the object again")
        yield Row(export.name, _encoded(name), export.licence, export.namespace)


def _encoded(name: str) -> bytes:
    return name.encode("utf-8", "surrogateescape")
