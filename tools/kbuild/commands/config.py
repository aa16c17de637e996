"""config: makes a `.config` from a base and fragments, and checks that it has what they ask for.

Fragments are merged by the kernel's scripts/kconfig/merge_config.sh, in the order given.
"""

import argparse
import dataclasses
import os
import shutil

from kbuild import build_step, host_tools, kernel_config, tree_files, work_folder
from kbuild.build_log import BuildLog
from kbuild.build_step import StepArguments
from kbuild.build_tree import RAW_SYMBOL_LIST
from kbuild.make import Make


@dataclasses.dataclass(frozen=True)
class Arguments(StepArguments):
    """Flags of the command.

    Attributes:
      output: path of the `.config` to write.
      base: path of a `.config` or defconfig to start from; empty if there is a `defconfig`.
      defconfig: make's target of one of the kernel's own configurations; empty if there is a `base`.
      fragments: [path] of options to merge, in this order.
    """

    output: str
    base: str
    defconfig: str
    fragments: list[str]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the flags of Arguments."""
    build_step.add_step_arguments(parser)
    parser.add_argument("--output", required=True, metavar="FILE", help="where to write the .config")
    start = parser.add_mutually_exclusive_group(required=True)
    start.add_argument("--base", default="", metavar="FILE", help="a .config or defconfig to start from")
    start.add_argument(
        "--defconfig",
        default="",
        metavar="TARGET",
        help="one of the kernel's own configurations to start from, such as tinyconfig",
    )
    parser.add_argument(
        "--fragments",
        action="append",
        default=[],
        metavar="FILE",
        help="options to merge; may be repeated, a later one wins",
    )


def run(arguments: Arguments) -> None:
    """Writes the configuration.

    Raises:
      FailedCheckError: a program is missing, or make fails.
      KsymsError: the kernel cannot be trimmed in this way, or the result is not what base and fragments ask for.
    """
    host_tools.check(arguments.toolchain, {})
    root = arguments.source_root
    kernel_config.check_mechanism(arguments.trim, root)
    log = BuildLog(arguments.log)
    with work_folder.new_tree(arguments.log, root) as tree:
        make = Make(tree, log, arguments.make_vars, arguments.llvm, arguments.title)
        result = os.path.join(tree.objects, ".config")
        if arguments.base:
            shutil.copyfile(arguments.base, result)
        else:
            make.run(arguments.defconfig)
        kernel_config.check_base(result, arguments.base or arguments.defconfig, arguments.fragments)
        fragments = [os.path.abspath(fragment) for fragment in arguments.fragments]
        own = os.path.join(tree.sources, "ksyms_rules.config")
        tree_files.write(own, f'{kernel_config.WHITELIST}="{RAW_SYMBOL_LIST}"\n')
        make.script("../scripts/kconfig/merge_config.sh", "-m", "-O", ".", ".config", *fragments, own)
        make.run("olddefconfig")
        kernel_config.check_result(result, arguments.fragments)
        shutil.copyfile(result, arguments.output)
