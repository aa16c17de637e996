"""ksyms: reads the symbols of kernel modules and writes the set that the kernel has to export.

One executable for all actions of ksyms_rules. `@FILE` reads arguments from a file, one a line;
`--persistent_worker` serves Bazel's JSON worker protocol instead of running once, with the same results.
Exit status: 0 success, 1 an input is at fault, 2 wrong usage.
"""

import argparse
import functools
import gc
import sys

import exported_set
import exports_file
import extract
import kmi_check
import kmi_list
import worker
from errors import FailedCheckError, KsymsError

_COMMANDS = (
    ("extract", extract.add_arguments, extract.run, "read modules: undefined and exported symbols"),
    ("header", exported_set.add_arguments, exported_set.run_header, "write autoksyms.h (kernels up to 6.4)"),
    ("raw_list", exported_set.add_arguments, exported_set.run_raw_list, "write a raw symbol list (from 6.5 on)"),
    ("exports", exports_file.add_arguments, exports_file.run, "read what vmlinux, Module.symvers or modules export"),
    ("kmi_list", kmi_list.add_arguments, kmi_list.run, "write a KMI symbol list in libabigail form"),
    ("kmi_check", kmi_check.add_arguments, kmi_check.run, "check KMI symbol lists and write a report"),
    ("require_empty", kmi_check.add_require_empty_arguments, kmi_check.run_require_empty, "fail with a report, if any"),
)


@functools.cache  # a worker parses hundreds of requests; making the parser costs more than reading ten modules
def _parser():
    parser = argparse.ArgumentParser(
        prog="ksyms",
        description=__doc__,
        fromfile_prefix_chars="@",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--persistent_worker", action="store_true", help="serve work requests on stdin until it ends")
    parser.set_defaults(run=None)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    for name, add_arguments, run, summary in _COMMANDS:
        command = commands.add_parser(name, help=summary, description=summary)
        add_arguments(command)
        command.set_defaults(run=run)
    return parser


def _execute(arguments):
    """Runs a parsed command; returns the exit status."""
    if not arguments.run:
        _parser().error("expected a command: " + ", ".join(name for name, *_ in _COMMANDS))
    try:
        arguments.run(arguments)
        return 0
    except (FailedCheckError, KsymsError) as error:
        print(error, file=sys.stderr)
        return 1


def _serve():
    """Serves work requests as an absl.app, whose start-up takes longer than most actions and is paid once here."""
    from absl import app

    app.run(lambda _: worker.serve(sys.stdin, sys.stdout, _run), argv=sys.argv[:1])


def _run(arguments):
    return _execute(_parser().parse_args(arguments))


def main():
    arguments = _parser().parse_args()
    if arguments.persistent_worker:
        _serve()
        return 0
    # The process ends before garbage in cycles could matter, and looking for it costs a KMI list a sixth of its time.
    gc.disable()
    return _execute(arguments)


if __name__ == "__main__":
    sys.exit(main())
