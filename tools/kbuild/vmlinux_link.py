"""The link of vmlinux, which exports the symbols of a list."""

import argparse
import dataclasses
import os

from kbuild import build_step, kept_objects, kernel_config, tree_files
from kbuild.build_step import BuildArguments
from kbuild.build_tree import RAW_SYMBOL_LIST, BuildTree
from kbuild.make import VMLINUX_ONLY, Make


@dataclasses.dataclass(frozen=True)
class LinkArguments(BuildArguments):
    """Flags of every command for which it matters what vmlinux exports.

    Attributes:
      raw_symbol_list: path of the raw symbol list.
    """

    raw_symbol_list: str


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the flags of LinkArguments, those of BuildArguments included."""
    build_step.add_build_arguments(parser)
    parser.add_argument(
        "--raw_symbol_list", required=True, metavar="FILE", help="the symbols that vmlinux exports, one per line"
    )


def link(arguments: LinkArguments, tree: BuildTree, make: Make, *targets: str) -> None:
    """Makes targets of vmlinux, which exports the raw symbol list.

    Args:
      arguments: of the step.
      tree: where vmlinux is built.
      make: of this tree.
      *targets: what make builds, such as vmlinux and bzImage.

    Raises:
      FailedCheckError: make fails.
    """
    compiled = build_step.is_compiled(arguments, tree, "vmlinux.a")
    # Before Linux 6.1 make would write modules.order from those of its folders, which only builds of modules have.
    variables = ("subdir-modorder=",) if kernel_config.kernel_version(tree.sources) < (6, 1) else ()
    # Kept objects have a modules.order, and the symbols of the modules in it would be added to autoksyms.h.
    with tree_files.emptied(os.path.join(tree.objects, "modules.order")):
        set_exports(arguments, tree, make)
        try:
            make.run(*VMLINUX_ONLY, *variables, *targets, compiled=compiled)
        finally:
            # Only the link makes this header. CONFIG_IKHEADERS would pack it if it stayed; from nothing it does not.
            tree_files.remove(tree.objects, ["include/generated/utsversion.h"])


def set_exports(arguments: LinkArguments, tree: BuildTree, make: Make) -> None:
    """Makes the raw symbol list the exported set of the tree.

    Up to Linux 6.4 that is scripts/adjust_autoksyms.sh, which adds what the modules in modules.order need.

    Args:
      arguments: of the step.
      tree: where something is linked.
      make: of this tree.

    Raises:
      FailedCheckError: the script fails.
    """
    kept_objects.update(arguments.raw_symbol_list, os.path.join(tree.sources, RAW_SYMBOL_LIST))
    if arguments.trim == kernel_config.AUTOKSYMS:
        # Otherwise make would find the new set after it has looked at the objects, and would link without those that it
        # compiles again.
        tree_files.ensure(os.path.join(tree.objects, "modules.order"))
        make.script("../scripts/adjust_autoksyms.sh", "true")
