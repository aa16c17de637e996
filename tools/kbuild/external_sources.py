"""The sources of an external module: their flags, and their place in the build tree."""

import argparse
import os
import shutil
from collections.abc import Iterable

from kbuild import build_step, kbuild_files
from kbuild.build_step import BuildArguments
from kbuild.build_tree import BuildTree
from ksyms.errors import KsymsError


def add_arguments(parser: argparse.ArgumentParser, required: bool) -> None:
    """Declares the flags `--folders` and `--srcs`.

    Args:
      parser: of the command.
      required: whether the command builds only external modules.
    """
    parser.add_argument(
        "--folders",
        required=required,
        action="append",
        default=[],
        metavar="PLACE",
        help="a folder with a Kbuild file or Makefile to build, by its place in the module's tree; may be repeated",
    )
    add_srcs(parser)


def add_srcs(parser: argparse.ArgumentParser) -> None:
    """Declares the flag `--srcs`."""
    parser.add_argument(
        "--srcs",
        action="append",
        default=[],
        metavar="PLACE=FILE",
        help="a source of the external module, or a folder of them, and its place in the tree; may be repeated",
    )


def add_kernel_symvers(parser: argparse.ArgumentParser) -> None:
    """Declares the flag `--kernel_symvers` of commands that run before there is a vmlinux."""
    parser.add_argument(
        "--kernel_symvers", default="", metavar="FILE", help="all that vmlinux and in-tree modules may export"
    )


def copy_symvers(tree: BuildTree, kernel_symvers: str) -> None:
    """Puts a Module.symvers into the kernel's build folder, unless its path is empty."""
    if kernel_symvers:
        shutil.copyfile(kernel_symvers, os.path.join(tree.objects, "Module.symvers"))


def by_place(srcs: Iterable[str]) -> dict[str, str]:
    """Takes the values of `--srcs` apart; returns {place: path}."""
    return {place: path for place, _, path in (source.partition("=") for source in srcs)}


def paths(srcs: Iterable[str]) -> list[str]:
    """Takes the paths of sources from the values of `--srcs`; returns [path], in the order given."""
    return [source.partition("=")[2] for source in srcs]


def link(tree: BuildTree, srcs: Iterable[str], folders: Iterable[str]) -> list[str]:
    """Links an external module's sources into a build tree.

    Args:
      tree: where the module is built.
      srcs: [`PLACE=FILE`], the values of `--srcs`.
      folders: [place] of the folders to build, the values of `--folders`.

    Returns:
      [absolute path] of the folders to build, in the order given.

    Raises:
      KsymsError: a folder has no Kbuild file.
    """
    tree.module.link(by_place(srcs))
    found = []
    for place in folders:
        folder = os.path.normpath(os.path.join(tree.module.path, place))
        if not kbuild_files.of(folder):
            others = ", ".join(sorted({os.path.dirname(path) or "." for path in kbuild_files.below(tree.module.path)}))
            raise KsymsError(
                place,
                "is no folder of the module with a Kbuild or Makefile",
                f"name one of its folders: {others or 'none'}",
            )
        found.append(folder)
    return found


def top(tree: BuildTree, folders: list[str]) -> str:
    """Returns the folder from which modules are named: the one that is built or, of several, the module's tree."""
    return folders[0] if len(folders) == 1 else tree.module.path


def finish(arguments: BuildArguments, tree: BuildTree, srcs: list[str]) -> None:
    """Saves the tree of a step that has built an external module, and lists the unread sources; see build_step.finish.

    Args:
      arguments: of the step.
      tree: what it has built.
      srcs: [`PLACE=FILE`], the values of `--srcs`.
    """
    build_step.finish(arguments, tree, own=paths(srcs), all_headers=_have_scripts(srcs))


def _have_scripts(srcs: Iterable[str]) -> bool:
    """Tells whether sources have a script, which may read headers that no `.cmd` file names (NVIDIA's conftest.sh)."""
    for path in paths(srcs):
        if os.path.isdir(path):
            return True
        with open(path, "rb") as file:
            if file.read(2) == b"#!":
                return True
    return False
