"""vmlinux: links vmlinux, which exports the raw symbol list, and makes the bootable image.

Up to Linux 6.4 it compiles the kernel too, since objects depend on what is exported.
"""

import argparse
import dataclasses
import os
import shutil

from kbuild import build_step, kernel_config, tree_files, vmlinux_link, work_folder
from kbuild.vmlinux_link import LinkArguments
from ksyms.errors import KsymsError


@dataclasses.dataclass(frozen=True)
class Arguments(LinkArguments):
    """Flags of the command.

    Attributes:
      image_target: make's target that builds the bootable image.
      output: [`BUILT=FILE`]: paths below the objects, and where to copy them.
    """

    image_target: str
    output: list[str]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the flags of Arguments."""
    vmlinux_link.add_arguments(parser)
    parser.add_argument(
        "--image_target", required=True, metavar="TARGET", help="make's target that builds the bootable image"
    )
    parser.add_argument(
        "--output",
        action="append",
        default=[],
        metavar="BUILT=FILE",
        help="a file that make builds, and where to copy it; may be repeated",
    )


def run(arguments: Arguments) -> None:
    """Links vmlinux and copies what was built.

    Raises:
      FailedCheckError: make fails.
      KsymsError: make does not build one of the outputs.
    """
    # Where vmlinux.o is made by a step of its own, there is next to nothing left to compile.
    counted = "vmlinux" if arguments.trim == kernel_config.AUTOKSYMS else ""
    with work_folder.opened(arguments, counted) as (tree, make):
        # If they are kept objects: make does not know all that they are made from, such as scripts/kallsyms.
        tree_files.remove(tree.objects, ["vmlinux", "vmlinux.symvers", "vmlinux.unstripped"])
        vmlinux_link.link(arguments, tree, make, "vmlinux", arguments.image_target)
        for output in arguments.output:
            built, _, target = output.partition("=")
            path = os.path.join(tree.objects, built)
            if not os.path.exists(path):
                fix = "set image_file to what image_target builds"
                raise KsymsError(built, f"was not built by make {arguments.image_target}", fix)
            shutil.copyfile(path, target)
        build_step.finish(arguments, tree, of_modules=False, packed=("y",))
