"""The `kernel_symvers` command: a Module.symvers of all that a kernel may export, before it is decided what is trimmed.

Other people's modules look into it while they are compiled (NVIDIA's conftest.sh, OpenZFS's configure). CRCs are left
out: only modpost knows them, and it links modules against the Module.symvers that the kernel's build writes.
"""

import os
from collections.abc import Iterator
from typing import Protocol

from ksyms.command_line import Parser
from ksyms.elf import object_file
from ksyms.errors import KsymsError
from ksyms.formats import output_file, symbol_names, symvers
from ksyms.formats.symvers import Line


class Arguments(Protocol):
    """See add_arguments."""

    output: str
    vmlinux_o: str
    modules: str


def add_arguments(parser: Parser) -> None:
    """Declares the flags."""
    parser.add_argument("--output", required=True, metavar="FILE", help="where to write Module.symvers")
    parser.add_argument("--vmlinux_o", required=True, metavar="DIR", help="a tree with vmlinux.o, before its last link")
    parser.add_argument("--modules", required=True, metavar="DIR", help="the .o files of the in-tree modules")


def run(arguments: Arguments) -> None:
    """Writes the exports; raises KsymsError and writes nothing if an object cannot be read, or vmlinux.o has none."""
    # A tree of kept objects has nothing else.
    candidates = [os.path.join(arguments.vmlinux_o, name) for name in ("objects/vmlinux.o", "vmlinux.o")]
    vmlinux = next(filter(os.path.exists, candidates), candidates[0])
    lines = list(_lines(vmlinux, "vmlinux"))
    if not lines:
        raise KsymsError(vmlinux, "exports no symbol", "use Linux 6.5 or later, whose vmlinux.o has all exports")
    for folder, _, names in os.walk(arguments.modules):
        for name in names:
            path = os.path.join(folder, name)
            lines += _lines(path, os.path.relpath(os.path.splitext(path)[0], arguments.modules))
    output_file.write(arguments.output, symvers.write(lines))


def _lines(path: str, module_path: str) -> Iterator[Line]:
    exported = object_file.read(path).exported
    symbol_names.check([export.name for export in exported], path)
    for export in exported:
        yield Line(export.name, os.fsencode(module_path), export.licence, export.namespace)
