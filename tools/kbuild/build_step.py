"""What the steps of a kernel build have in common: their flags, and what they leave when they are done."""

import argparse
import dataclasses
import os
from collections.abc import Iterable, Sequence

from kbuild import host_tools, kernel_config, tree_files, unread_sources
from kbuild.build_tree import BuildTree


@dataclasses.dataclass(frozen=True)
class StepArguments:
    """Flags of every command.

    Attributes:
      title: what is built, for messages; usually a target's label.
      kconfig: path of the file Kconfig at the top of the kernel's sources.
      trim: how this kernel trims its exports, kernel_config.AUTOKSYMS or kernel_config.MODPOST.
      make_vars: [`NAME=VALUE`] for make's command line.
      llvm: whether clang and LLVM's tools build the kernel.
      log: path of the log to write.
    """

    title: str
    kconfig: str
    trim: str
    make_vars: list[str]
    llvm: bool
    log: str

    @property
    def source_root(self) -> str:
        """Path of the kernel's sources; empty if it is the current folder."""
        return os.path.dirname(self.kconfig)

    @property
    def toolchain(self) -> host_tools.Toolchain:
        """The programs that make compiles the kernel with."""
        return host_tools.toolchain(self.llvm, self.make_vars)


@dataclasses.dataclass(frozen=True)
class BuildArguments(StepArguments):
    """Flags of every command that builds with a finished configuration.

    Attributes:
      config: path of the `.config`.
      restore: [path] of saved trees to start from, in this order.
      save: path of the folder to save the tree to; empty to save nothing.
      unread: path of the list of unread sources to write; empty for none.
      kept_objects: path of the folder of kept objects; empty to start from nothing.
    """

    config: str
    restore: list[str]
    save: str
    unread: str
    kept_objects: str


def add_step_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the flags of StepArguments."""
    parser.add_argument("--title", default="", metavar="LABEL", help="what is built, for messages")
    parser.add_argument(
        "--kconfig", required=True, metavar="FILE", help="the file Kconfig at the top of the kernel's sources"
    )
    parser.add_argument(
        "--trim",
        required=True,
        choices=(kernel_config.AUTOKSYMS, kernel_config.MODPOST),
        help="how this kernel trims its exports: autoksyms up to Linux 6.4, modpost from 6.5 on",
    )
    parser.add_argument(
        "--make_vars",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a variable for make's command line; may be repeated",
    )
    parser.add_argument("--llvm", action="store_true", help="build with clang and LLVM's tools")
    parser.add_argument("--log", required=True, metavar="FILE", help="where to write what make prints")


def add_build_arguments(parser: argparse.ArgumentParser, save_required: bool = False) -> None:
    """Declares the flags of BuildArguments, those of StepArguments included.

    Args:
      parser: of the command.
      save_required: whether the command is of no use unless its tree is saved.
    """
    add_step_arguments(parser)
    parser.add_argument("--config", required=True, metavar="FILE", help="the .config to build with")
    parser.add_argument(
        "--restore", action="append", default=[], metavar="DIR", help="a saved tree to start from; may be repeated"
    )
    parser.add_argument(
        "--save", required=save_required, default="", metavar="DIR", help="where to save the tree for later steps"
    )
    parser.add_argument(
        "--unread", default="", metavar="FILE", help="where to list the unread sources, which nothing here has read"
    )
    parser.add_argument(
        "--kept_objects",
        default="",
        metavar="DIR",
        help="a folder in which objects are kept from one build to the next (default: start from nothing)",
    )


def is_compiled(arguments: BuildArguments, tree: BuildTree, result: str) -> bool:
    """Tells whether an earlier step has compiled, in this tree, what a link needs.

    It has not if the folder of kept objects was emptied since.

    Args:
      arguments: of the step that links.
      tree: where it links.
      result: path, below the objects, of what the earlier step makes last.
    """
    # Up to Linux 6.4 objects change with the exported set.
    return arguments.trim == kernel_config.MODPOST and os.path.exists(os.path.join(tree.objects, result))


def finish(
    arguments: BuildArguments,
    tree: BuildTree,
    *,
    linked: Iterable[str] = (),
    own: Sequence[str] = (),
    of_modules: bool = True,
    of_vmlinux: bool = True,
    packed: Sequence[str] = (),
    all_headers: bool = False,
) -> None:
    """Saves the tree and lists the unread sources, if the step is asked to.

    Args:
      arguments: of the step.
      tree: what it has built.
      linked: [path] below the objects: all that later steps take from this one if both use kept objects and no object
        depends on the exported set.
      own: [path] of an external module's sources.
      of_modules: whether modules are part of what was built.
      of_vmlinux: whether vmlinux is part of what was built.
      packed: the values of CONFIG_IKHEADERS with which this step packs all headers.
      all_headers: whether every header counts as read in any case.
    """
    if arguments.save and arguments.kept_objects:
        # Up to Linux 6.4 objects depend on the exported set. If a later step has compiled them for another set since,
        # saved objects would replace newer ones.
        if arguments.trim == kernel_config.MODPOST:
            tree_files.copy_out(tree.objects, linked, arguments.save)
    elif arguments.save:
        tree.save(arguments.save)
    if arguments.unread:
        all_headers |= kernel_config.read(arguments.config).get(kernel_config.ALL_HEADERS) in packed
        # Kept objects are those of all steps; a tree of its own has nothing but what this step has read.
        counted = {"of_modules": of_modules, "of_vmlinux": of_vmlinux} if arguments.kept_objects else {}
        unread = unread_sources.find(tree, arguments.source_root, own, all_headers, **counted)
        tree_files.write(arguments.unread, "".join(path + "\n" for path in unread))
