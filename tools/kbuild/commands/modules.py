"""modules: links .ko files, in-tree or external, and checks that vmlinux exports what they need."""

import argparse
import dataclasses
import filecmp
import os
import shutil

from kbuild import (
    build_step,
    external_sources,
    kept_objects,
    kernel_config,
    modules_order,
    symvers_check,
    tree_files,
    vmlinux_link,
    work_folder,
)
from kbuild.build_tree import BuildTree
from kbuild.make import MODULES_ONLY, Make
from kbuild.vmlinux_link import LinkArguments

_BTF = "CONFIG_DEBUG_INFO_BTF_MODULES"


@dataclasses.dataclass(frozen=True)
class Arguments(LinkArguments):
    """Flags of the command.

    Attributes:
      modules: path of the folder that gets the `.ko` files, at their paths in the source tree.
      kbuild_file: place of an external module's Kbuild file in its tree; empty for in-tree modules.
      srcs: [`PLACE=FILE`] of an external module's sources; empty for in-tree modules.
      vmlinux: path of the kernel that will load the modules.
      symvers: path of the Module.symvers to write.
      kernel_symvers: path of the symvers of `vmlinux`; for an external module it may have those of in-tree modules too.
      extra_symvers: [path] of the Module.symvers of other external modules.
    """

    modules: str
    kbuild_file: str
    srcs: list[str]
    vmlinux: str
    symvers: str
    kernel_symvers: str
    extra_symvers: list[str]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the flags of Arguments."""
    vmlinux_link.add_arguments(parser)
    parser.add_argument("--modules", required=True, metavar="DIR", help="where to write the .ko files")
    external_sources.add_arguments(parser, required=False)
    parser.add_argument("--vmlinux", required=True, metavar="FILE", help="the kernel that will load the modules")
    parser.add_argument("--symvers", required=True, metavar="FILE", help="where to write Module.symvers")
    parser.add_argument(
        "--kernel_symvers",
        required=True,
        metavar="FILE",
        help="what vmlinux exports; for an external module also what in-tree modules export",
    )
    parser.add_argument(
        "--extra_symvers",
        action="append",
        default=[],
        metavar="FILE",
        help="what another external module exports; may be repeated",
    )


def run(arguments: Arguments) -> None:
    """Links the modules.

    Raises:
      FailedCheckError: make fails, or vmlinux does not export what in-tree modules need.
    """
    with work_folder.opened(arguments) as (tree, make):
        kept_objects.update(arguments.vmlinux, os.path.join(tree.objects, "vmlinux"))
        folder, variables = tree.objects, MODULES_ONLY
        if arguments.kbuild_file:
            shutil.copyfile(arguments.kernel_symvers, os.path.join(tree.objects, "Module.symvers"))
            folder = external_sources.link(tree, arguments.srcs, arguments.kbuild_file)
            extra = " ".join(os.path.abspath(file) for file in arguments.extra_symvers)
            variables = (f"M={folder}", f"KBUILD_EXTRA_SYMBOLS={extra}")
        if arguments.kept_objects:
            _catch_up(arguments, tree, make)
            if kernel_config.read(arguments.config).get(_BTF):
                # A module's types refer to those of vmlinux. make is told below not to look at vmlinux, so it would not
                # add them again for another one.
                tree_files.remove(folder, [module + ".ko" for module in modules_order.read(folder)])
        vmlinux_link.set_exports(arguments, tree, make)
        compiled = not arguments.kbuild_file and build_step.is_compiled(arguments, tree, "modules.order")
        # With BTF the top Makefile would link vmlinux for them.
        untouched = ("-o", "vmlinux") if compiled else ()
        make.run(*untouched, *variables, "modules", compiled=compiled)
        linked = [module + ".ko" for module in modules_order.read(folder)]
        tree_files.copy_out(folder, linked, arguments.modules)
        _write_symvers(arguments, folder)
        packed = () if compiled or arguments.kbuild_file else ("m", "y")
        build_step.finish(arguments, tree, own=external_sources.paths(arguments.srcs), packed=packed)


def _write_symvers(arguments: Arguments, folder: str) -> None:
    """Writes the Module.symvers that modpost left in a folder; that of in-tree modules is checked first."""
    with open(os.path.join(folder, "Module.symvers"), encoding="utf-8") as file:
        # An external module is named by its absolute path.
        symvers = file.read().replace(folder + "/", "")
    if not arguments.kbuild_file:
        symvers_check.check(symvers, arguments.kernel_symvers)
    tree_files.write(arguments.symvers, symvers)


def _catch_up(arguments: Arguments, tree: BuildTree, make: Make) -> None:
    """Makes what modules need of earlier steps, if kept objects were emptied since or are those of another vmlinux."""
    symvers = os.path.join(tree.objects, "vmlinux.symvers")
    if not os.path.exists(symvers) or not filecmp.cmp(symvers, arguments.kernel_symvers, shallow=False):
        vmlinux_link.link(arguments, tree, make, "vmlinux")
    if not os.path.exists(os.path.join(tree.objects, "modules.order")):
        make.run(*MODULES_ONLY, "modules.order")
