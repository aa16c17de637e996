"""external_module: compiles an external module (make M=), before there is a vmlinux."""

import argparse
import dataclasses
import os

from kbuild import build_step, external_sources, kernel_config, modules_order, tree_files, work_folder
from kbuild.build_step import BuildArguments
from ksyms.errors import KsymsError


@dataclasses.dataclass(frozen=True)
class Arguments(BuildArguments):
    """Flags of the command.

    Attributes:
      modules: path of the folder that gets the modules' `.o` files, at their paths in the module's tree.
      kbuild_file: place of the Kbuild file in the module's tree.
      srcs: [`PLACE=FILE`] of all its sources.
    """

    modules: str
    kbuild_file: str
    srcs: list[str]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the flags of Arguments."""
    build_step.add_build_arguments(parser)
    parser.add_argument("--modules", required=True, metavar="DIR", help="where to write the modules' .o files")
    external_sources.add_arguments(parser, required=True)


def run(arguments: Arguments) -> None:
    """Compiles the module.

    Raises:
      FailedCheckError: make fails.
      KsymsError: the Kbuild file builds no module.
    """
    with work_folder.opened(arguments) as (tree, make):
        folder = external_sources.link(tree, arguments.srcs, arguments.kbuild_file)
        # Since Linux 6.13 make works in the module's folder, and targets are named from there.
        inside = kernel_config.kernel_version(tree.sources) >= (6, 13)
        make.run(f"M={folder}", "modules.order" if inside else os.path.join(folder, "modules.order"))
        modules = modules_order.read(folder)
        if not modules:
            raise KsymsError(arguments.kbuild_file, "builds no module", "add a line such as `obj-m := driver.o`")
        tree_files.copy_out(folder, [module + ".o" for module in modules], arguments.modules)
        build_step.finish(arguments, tree, own=external_sources.paths(arguments.srcs))
