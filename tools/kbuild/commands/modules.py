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
      folders: [place] in an external module's tree of the folders to build; empty for in-tree modules.
      srcs: [`PLACE=FILE`] of an external module's sources; empty for in-tree modules.
      vmlinux: path of the kernel that will load the modules.
      symvers: path of the Module.symvers to write.
      kernel_symvers: path of the symvers of `vmlinux`; for an external module it may have those of in-tree modules too.
      extra_symvers: [path] of the Module.symvers of other external modules.
    """

    modules: str
    folders: list[str]
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
        if arguments.folders:
            _link_external(arguments, tree, make)
        else:
            _link_in_tree(arguments, tree, make)


def _link_in_tree(arguments: Arguments, tree: BuildTree, make: Make) -> None:
    """Links the in-tree modules."""
    if arguments.kept_objects:
        _catch_up(arguments, tree, make)
        if kernel_config.read(arguments.config).get(_BTF):
            # A module's types refer to those of vmlinux. make is told below not to look at vmlinux, so it would not add
            # them again for another one.
            tree_files.remove(tree.objects, [module + ".ko" for module in modules_order.read(tree.objects)])
    vmlinux_link.set_exports(arguments, tree, make)
    compiled = build_step.is_compiled(arguments, tree, "modules.order")
    # With BTF the top Makefile would link vmlinux for them.
    untouched = ("-o", "vmlinux") if compiled else ()
    make.run(*untouched, *MODULES_ONLY, "modules", compiled=compiled)
    linked = [module + ".ko" for module in modules_order.read(tree.objects)]
    tree_files.copy_out(tree.objects, linked, arguments.modules)
    symvers = _symvers(tree.objects, tree.objects)
    symvers_check.check(symvers, arguments.kernel_symvers)
    tree_files.write(arguments.symvers, symvers)
    build_step.finish(arguments, tree, packed=() if compiled else ("m", "y"))


def _link_external(arguments: Arguments, tree: BuildTree, make: Make) -> None:
    """Links external modules, folder by folder; each may use what those before it export."""
    shutil.copyfile(arguments.kernel_symvers, os.path.join(tree.objects, "Module.symvers"))
    folders = external_sources.link(tree, arguments.srcs, arguments.folders)
    top = external_sources.top(tree, folders)
    vmlinux_link.set_exports(arguments, tree, make)
    extra, symvers = [os.path.abspath(file) for file in arguments.extra_symvers], ""
    for folder in folders:
        make.run(f"M={folder}", f"KBUILD_EXTRA_SYMBOLS={' '.join(extra)}", "modules")
        linked = [os.path.relpath(os.path.join(folder, module + ".ko"), top) for module in modules_order.read(folder)]
        tree_files.copy_out(top, linked, arguments.modules)
        symvers += _symvers(folder, top)
        extra.append(os.path.join(folder, "Module.symvers"))
    tree_files.write(arguments.symvers, symvers)
    external_sources.finish(arguments, tree, arguments.srcs)


def _symvers(folder: str, top: str) -> str:
    """Returns the Module.symvers that modpost left in a folder; modules are named from `top`."""
    with open(os.path.join(folder, "Module.symvers"), encoding="utf-8") as file:
        rows = [line.split("\t") for line in file]
    for row in rows:
        # An external module is named by its absolute path up to Linux 6.12, and from its folder since.
        row[2] = os.path.relpath(os.path.join(folder, row[2]), top)
    return "".join("\t".join(row) for row in rows)


def _catch_up(arguments: Arguments, tree: BuildTree, make: Make) -> None:
    """Makes what modules need of earlier steps, if kept objects were emptied since or are those of another vmlinux."""
    symvers = os.path.join(tree.objects, "vmlinux.symvers")
    if not os.path.exists(symvers) or not filecmp.cmp(symvers, arguments.kernel_symvers, shallow=False):
        vmlinux_link.link(arguments, tree, make, "vmlinux")
    if not os.path.exists(os.path.join(tree.objects, "modules.order")):
        make.run(*MODULES_ONLY, "modules.order")
