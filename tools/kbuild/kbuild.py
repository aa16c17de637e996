"""kbuild: builds parts of a trimmed Linux kernel with the kernel's own make, each from declared inputs alone.

Exit status: 0 success, 1 the kernel, its configuration or the machine is at fault, 2 wrong usage. What make prints
goes to the log, and to stderr if it fails.
"""

import argparse
import errno
import os
import sys

import arguments as flags
import steps
from make import NO_SPACE

from errors import FailedCheckError, KsymsError

_COMMANDS = (
    ("config", flags.add_config, steps.config, "merge fragments into a configuration and check it"),
    ("prepare", flags.add_build, steps.prepare, "generate headers and build kbuild's own tools"),
    ("objects", flags.add_objects, steps.objects, "compile the modules in tree, without vmlinux"),
    ("external", flags.add_external, steps.external, "compile an external module, without vmlinux"),
    ("vmlinux_o", flags.add_build, steps.vmlinux_o, "compile vmlinux.o, which depends on no symbol list (6.5 on)"),
    ("vmlinux", flags.add_vmlinux, steps.vmlinux, "link vmlinux and make the bootable image"),
    ("modules", flags.add_modules, steps.modules, "link .ko files against a built vmlinux"),
)


def _parser():
    parser = argparse.ArgumentParser(
        prog="kbuild",
        description=__doc__,
        fromfile_prefix_chars="@",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name, add_arguments, run, summary in _COMMANDS:
        command = commands.add_parser(name, help=summary, description=summary)
        add_arguments(command)
        command.set_defaults(run=run)
    return parser


def main():
    arguments = _parser().parse_args()
    try:
        arguments.run(arguments)
    except (FailedCheckError, KsymsError) as error:
        print(f"{arguments.title}: {error}" if arguments.title else error, file=sys.stderr)
        return 1
    except OSError as error:
        # copytree gathers its errors in one without a number.
        if error.errno not in (errno.ENOSPC, errno.EDQUOT) and os.strerror(errno.ENOSPC) not in str(error):
            raise
        print(f"{arguments.title}: {error}. To fix: {NO_SPACE}.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
