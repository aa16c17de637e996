"""kbuild: builds the parts of a trimmed Linux kernel with the kernel's own make.

Bazel runs one command per action. `@FILE` reads arguments from a file, one per line. What make prints goes to the log,
and to stderr if make fails.

Exit status: 0 success, 1 the kernel, its configuration or the machine is at fault, 2 wrong usage.
"""

import argparse
import errno
import os
import sys
import types

from kbuild.commands import (
    config,
    configured_sources,
    external_module,
    module_objects,
    modules,
    prepare,
    vmlinux,
    vmlinux_o,
)
from kbuild.make import NO_SPACE
from ksyms.errors import FailedCheckError, KsymsError

# {command: (its module, summary)}
_COMMANDS: dict[str, tuple[types.ModuleType, str]] = {
    "config": (config, "merge fragments into a configuration and check it"),
    "prepare": (prepare, "generate headers and build kbuild's own tools"),
    "module_objects": (module_objects, "compile the in-tree modules, without vmlinux"),
    "configured_sources": (configured_sources, "run the configure script of an external module"),
    "external_module": (external_module, "compile an external module, without vmlinux"),
    "vmlinux_o": (vmlinux_o, "compile vmlinux.o, which depends on no symbol list (Linux 6.5 and later)"),
    "vmlinux": (vmlinux, "link vmlinux and make the bootable image"),
    "modules": (modules, "link .ko files against a built vmlinux"),
}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="kbuild",
        description=__doc__,
        epilog="kbuild COMMAND --help lists the flags of a command.",
        fromfile_prefix_chars="@",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name, (command, summary) in _COMMANDS.items():
        flags = commands.add_parser(
            name,
            help=summary,
            description=command.__doc__,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        command.add_arguments(flags)
        flags.set_defaults(command=command)
    return parser


def main() -> int:
    """Runs the command that the command line names; returns the exit status."""
    flags = vars(_parser().parse_args())
    command = flags.pop("command")
    arguments = command.Arguments(**flags)
    try:
        command.run(arguments)
    except (FailedCheckError, KsymsError) as error:
        print(f"{arguments.title}: {error}" if arguments.title else error, file=sys.stderr)
        return 1
    except OSError as error:
        # copytree raises one error for all files, which has no number.
        if error.errno not in (errno.ENOSPC, errno.EDQUOT) and os.strerror(errno.ENOSPC) not in str(error):
            raise
        print(f"{arguments.title}: {error}. To fix: {NO_SPACE}.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
