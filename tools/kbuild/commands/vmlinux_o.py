"""vmlinux_o: compiles the kernel and links vmlinux.o, which depends on no symbol list (Linux 6.5 and later)."""

import argparse

from kbuild import build_step, work_folder
from kbuild.build_step import BuildArguments
from kbuild.make import VMLINUX_ONLY

Arguments = BuildArguments


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the flags of Arguments."""
    build_step.add_build_arguments(parser)


def run(arguments: Arguments) -> None:
    """Makes vmlinux.o.

    Raises:
      FailedCheckError: make fails.
    """
    with work_folder.opened(arguments, "vmlinux") as (tree, make):
        # Not the target vmlinux.o: kbuild takes a target that ends in .o for a single object.
        make.run(*VMLINUX_ONLY, "vmlinux_o")
        build_step.finish(arguments, tree, linked=["vmlinux.o"], of_modules=False, packed=("y",))
