"""The `exports` command: who exports what, from vmlinux, modules or *.symvers; see exports_file.

A vmlinux that is linked again with the same exports leaves the output as it was.
"""

import exports_file
import module_records
import module_symvers
import object_file
import output_file
import symbol_names
from errors import KsymsError


def add_arguments(parser):
    parser.add_argument("--output", required=True, metavar="FILE", help="where to write the exports")
    parser.add_argument("sources", nargs="+", metavar="FILE", help="vmlinux, a *.symvers, or a module")


def run(arguments):
    """Writes the exports of all sources; raises KsymsError and writes nothing if one cannot be read."""
    lines = {line for path in arguments.sources for line in _exports(path)}
    output_file.write(arguments.output, b"".join(b"\t".join(line) + b"\n" for line in sorted(lines)))


def _exports(path):
    """Yields (symbol, module, licence, namespace) of one source, told by its name."""
    if path.endswith(".symvers"):
        for line in module_symvers.read(path):
            yield line.symbol, _kernel_name(line.module.decode()), line.licence, line.namespace
        return
    read = object_file.read_linked if module_records.kernel_name(path) == exports_file.VMLINUX else object_file.read
    exported = read(path).exported
    symbol_names.check([export.name for export in exported], path)
    for export in exported:
        if not module_symvers.is_text(export.namespace):
            problem = f"has the namespace {ascii(export.namespace)[1:]}, which is no word"
            raise KsymsError(path, problem, "correct its EXPORT_SYMBOL_NS, and build the object again")
        yield export.name, _kernel_name(path), export.licence, export.namespace


def _kernel_name(path):
    return module_records.kernel_name(path).encode("utf-8", "surrogateescape")
