"""module_objects: compiles the in-tree modules (every option that is =m), before there is a vmlinux."""

import argparse
import dataclasses

from kbuild import build_step, modules_order, tree_files, work_folder
from kbuild.build_step import BuildArguments
from kbuild.make import MODULES_ONLY
from ksyms.errors import KsymsError


@dataclasses.dataclass(frozen=True)
class Arguments(BuildArguments):
    """Flags of the command.

    Attributes:
      modules: path of the folder that gets the modules' `.o` files, at their paths in the source tree.
    """

    modules: str


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the flags of Arguments."""
    build_step.add_build_arguments(parser)
    parser.add_argument("--modules", required=True, metavar="DIR", help="where to write the modules' .o files")


def run(arguments: Arguments) -> None:
    """Compiles the modules.

    Raises:
      FailedCheckError: make fails.
      KsymsError: the configuration builds no module.
    """
    with work_folder.opened(arguments, "modules") as (tree, make):
        make.run(*MODULES_ONLY, "modules.order")
        modules = modules_order.read(tree.objects)
        if not modules:
            raise KsymsError(arguments.config, "builds no module", "set an option to =m, such as CONFIG_DUMMY=m")
        linked = [module + ".o" for module in modules]
        tree_files.copy_out(tree.objects, linked, arguments.modules)
        build_step.finish(arguments, tree, linked=linked, of_vmlinux=False, packed=("m", "y"))
