"""The sources of an external module: their flags, and their place in the build tree."""

import argparse
import os
from collections.abc import Iterable

from kbuild.build_tree import BuildTree


def add_arguments(parser: argparse.ArgumentParser, required: bool) -> None:
    """Declares the flags `--kbuild_file` and `--srcs`.

    Args:
      parser: of the command.
      required: whether the command builds only external modules.
    """
    parser.add_argument(
        "--kbuild_file",
        required=required,
        default="",
        metavar="PLACE",
        help="the external module's Kbuild file or Makefile, by its place in the module's tree",
    )
    parser.add_argument(
        "--srcs",
        action="append",
        default=[],
        metavar="PLACE=FILE",
        help="a source of the external module and its place in the module's tree; may be repeated",
    )


def paths(srcs: Iterable[str]) -> list[str]:
    """Takes the paths of sources from the values of `--srcs`; returns [path], in the order given."""
    return [source.split("=", 1)[1] for source in srcs]


def link(tree: BuildTree, srcs: Iterable[str], kbuild_file: str) -> str:
    """Links an external module's sources into a build tree.

    Args:
      tree: where the module is built.
      srcs: [`PLACE=FILE`], the values of `--srcs`.
      kbuild_file: place of the module's Kbuild file.

    Returns:
      Absolute path of the folder that has the Kbuild file.
    """
    tree.link_external(dict(source.split("=", 1) for source in srcs))
    return os.path.normpath(os.path.join(tree.external, os.path.dirname(kbuild_file)))
