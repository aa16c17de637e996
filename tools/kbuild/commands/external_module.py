"""external_module: compiles an external module (make M=), before there is a vmlinux."""

import argparse
import dataclasses
import os

from kbuild import build_step, external_sources, kbuild_files, kernel_config, modules_order, tree_files, work_folder
from kbuild.build_step import BuildArguments


@dataclasses.dataclass(frozen=True)
class Arguments(BuildArguments):
    """Flags of the command.

    Attributes:
      modules: path of the folder that gets the modules' `.o` files: at their paths in the folder that is built or, of
        several, in the module's tree.
      folders: [place] in the module's tree of the folders to build.
      srcs: [`PLACE=FILE`] of all its sources.
      kernel_symvers: path of a Module.symvers of all that the kernel may export; empty for none.
    """

    modules: str
    folders: list[str]
    srcs: list[str]
    kernel_symvers: str


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the flags of Arguments."""
    build_step.add_build_arguments(parser)
    parser.add_argument("--modules", required=True, metavar="DIR", help="where to write the modules' .o files")
    external_sources.add_kernel_symvers(parser)
    external_sources.add_arguments(parser, required=True)


def run(arguments: Arguments) -> None:
    """Compiles the module.

    Raises:
      FailedCheckError: make fails.
      KsymsError: a Kbuild file builds no module.
    """
    with work_folder.opened(arguments) as (tree, make):
        external_sources.copy_symvers(tree, arguments.kernel_symvers)
        folders = external_sources.link(tree, arguments.srcs, arguments.folders)
        top = external_sources.top(tree, folders)
        # Since Linux 6.13 make works in the module's folder, and targets are named from there.
        inside = kernel_config.kernel_version(tree.sources) >= (6, 13)
        for folder in folders:
            make.run(f"M={folder}", "modules.order" if inside else os.path.join(folder, "modules.order"))
            modules = modules_order.read(folder)
            if not modules:
                known = {variable.split("=", 1)[0] for variable in arguments.make_vars}
                known.update(kernel_config.read(arguments.config))
                raise kbuild_files.builds_nothing(folder, tree.module.path, known)
            built = [os.path.relpath(os.path.join(folder, module + ".o"), top) for module in modules]
            tree_files.copy_out(top, built, arguments.modules)
        external_sources.finish(arguments, tree, arguments.srcs)
