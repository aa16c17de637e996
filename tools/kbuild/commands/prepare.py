"""prepare: generates headers and builds kbuild's own tools, which every compilation needs (make modules_prepare).

It also counts how many files the later steps will compile.
"""

import argparse
import json
import os
import shutil

from kbuild import build_step, host_tools, kernel_config, tree_files, work_folder
from kbuild.build_step import BuildArguments
from kbuild.make import MODULES_ONLY, VMLINUX_ONLY

Arguments = BuildArguments


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the flags of Arguments."""
    build_step.add_build_arguments(parser, save_required=True)


def run(arguments: Arguments) -> None:
    """Prepares the tree and saves it.

    Raises:
      FailedCheckError: a program or header that the configuration needs is missing, or make fails.
    """
    host_tools.check(arguments.toolchain, kernel_config.read(arguments.config))
    with work_folder.opened(arguments) as (tree, make):
        shutil.copyfile(arguments.config, os.path.join(tree.objects, ".config"))
        make.run("modules_prepare")
        counts = {
            "modules": make.compilations(*MODULES_ONLY, "modules.order"),
            "vmlinux": make.compilations(*VMLINUX_ONLY, "vmlinux"),
        }
        build_step.finish(arguments, tree)
        tree_files.write(os.path.join(arguments.save, work_folder.COMPILATIONS), json.dumps(counts) + "\n")
