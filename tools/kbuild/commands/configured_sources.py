"""configured_sources: runs the configure script of an external module against a kernel that is not built yet.

The script sees the kernel's sources and its build folder, with a Module.symvers of all that the kernel may export. In
that folder the kernel is one that is not trimmed: OpenZFS refuses others, since it cannot know that it is on the list.
"""

import argparse
import dataclasses
import os
import re

from kbuild import build_step, external_sources, tree_files, work_folder
from kbuild.build_step import BuildArguments
from kbuild.build_tree import BuildTree
from ksyms.errors import KsymsError

_REFERENCE = re.compile(r"\$\((\w+)\)")


@dataclasses.dataclass(frozen=True)
class Arguments(BuildArguments):
    """Flags of the command.

    Attributes:
      output: path of the folder that gets the configured sources.
      srcs: [`PLACE=FILE`] of all sources.
      kernel_symvers: path of a Module.symvers of all that the kernel may export; empty for none.
      configure: place of the script in the module's tree.
      args: [argument] of the script, in which `$(srctree)` and `$(objtree)` are the kernel's folders.
    """

    output: str
    srcs: list[str]
    kernel_symvers: str
    configure: str
    args: list[str]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the flags of Arguments."""
    build_step.add_build_arguments(parser)
    parser.add_argument("--output", required=True, metavar="DIR", help="where to write the configured sources")
    external_sources.add_srcs(parser)
    external_sources.add_kernel_symvers(parser)
    parser.add_argument(
        "--configure", required=True, metavar="PLACE", help="the script, by its place in the module's tree"
    )
    parser.add_argument(
        "--args", action="append", default=[], metavar="ARGUMENT", help="an argument of the script; may be repeated"
    )


def run(arguments: Arguments) -> None:
    """Runs the script.

    Raises:
      FailedCheckError: the script fails.
      KsymsError: there is no such script, or an argument has an unknown reference.
    """
    with work_folder.opened(arguments) as (tree, make):
        external_sources.copy_symvers(tree, arguments.kernel_symvers)
        _hide_trimming(tree)
        tree.module.copy(external_sources.by_place(arguments.srcs))
        script = os.path.join(tree.module.path, arguments.configure)
        if not os.path.isfile(script):
            raise KsymsError(arguments.configure, "is no file of srcs", "name the script in configure by its place")
        os.chmod(script, 0o755)
        folder, name = os.path.split(script)
        make.configure(folder, f"./{name}", *(_expanded(argument, tree) for argument in arguments.args))
        tree.module.save_sources(arguments.output)


def _hide_trimming(tree: BuildTree) -> None:
    """Takes CONFIG_TRIM_UNUSED_KSYMS out of all forms of the configuration."""
    for name in (".config", "include/config/auto.conf", "include/generated/autoconf.h"):
        path = os.path.join(tree.objects, name)
        with open(path, encoding="utf-8") as file:
            lines = [line for line in file if "CONFIG_TRIM_UNUSED_KSYMS" not in line]
        tree_files.write(path, "".join(lines))


def _expanded(argument: str, tree: BuildTree) -> str:
    folders = {"objtree": tree.objects, "srctree": tree.sources}
    for name in _REFERENCE.findall(argument):
        if name not in folders:
            raise KsymsError(argument, f"has $({name}), which is unknown", "use $(srctree) or $(objtree)")
    return _REFERENCE.sub(lambda match: folders[match[1]], argument)
