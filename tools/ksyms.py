"""ksyms: reads the symbols of kernel modules and writes the set that the kernel has to export.

One executable for all actions of ksyms_rules. `@FILE` reads arguments from a file, one a line;
`--persistent_worker` serves Bazel's JSON worker protocol instead of running once, with the same results.
Exit status: 0 success, 1 an input is at fault, 2 wrong usage.
"""

import contextlib
import functools
import gc
import importlib
import os
import sys

import command_line
from errors import FailedCheckError, KsymsError

_COMMANDS = {  # by name: module, function in it, and what it does
    "extract": ("extract", "run", "read modules: undefined and exported symbols"),
    "merge": ("merge", "run", "write one .usyms of several"),
    "header": ("exported_set", "run_header", "write autoksyms.h (kernels up to 6.4)"),
    "raw_list": ("exported_set", "run_raw_list", "write a raw symbol list (from 6.5 on)"),
    "exports": ("exports", "run", "read what vmlinux, Module.symvers or modules export"),
    "kmi_list": ("kmi_list", "run", "write a KMI symbol list in libabigail form"),
    "kmi_check": ("kmi_check", "run", "check KMI symbol lists and write a report"),
    "require_empty": ("require_empty", "run", "fail with a report, if any"),
}


def _declare(command, parser):
    """Declares a command's arguments to a parser; returns its function. Its module is imported only now."""
    module, function, _ = _COMMANDS[command]
    implementation = importlib.import_module(module)
    implementation.add_arguments(parser)
    return getattr(implementation, function)


@functools.cache  # a worker parses hundreds of requests
def _plain_parser(command):
    parser = command_line.PlainParser()
    return parser, _declare(command, parser)


@functools.cache
def _full_parser():
    import argparse  # not needed by the lines that Bazel writes; see command_line

    parser = argparse.ArgumentParser(
        prog="ksyms", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--persistent_worker", action="store_true", help="serve work requests on stdin until it ends")
    parser.set_defaults(run=None)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    for name, (_, _, summary) in _COMMANDS.items():
        command = commands.add_parser(name, help=summary, description=summary)
        command.set_defaults(run=_declare(name, command))
    return parser


def _expanded(words):
    """Replaces each `@FILE` by the lines of the file."""
    for word in words:
        if word.startswith("@"):
            try:
                with open(word[1:], "rb") as file:
                    yield from map(os.fsdecode, file.read().splitlines())
            except OSError as error:
                _full_parser().error(f"{word}: cannot be read ({error.strerror})")
        else:
            yield word


def _parse(words):
    """Returns the function of the command and its arguments."""
    if words and words[0] in _COMMANDS:
        parser, run = _plain_parser(words[0])
        with contextlib.suppress(command_line.Unusual):
            return run, parser.parse_args(words[1:])
    arguments = _full_parser().parse_args(words)
    if not arguments.run:
        _full_parser().error("expected a command: " + ", ".join(_COMMANDS))
    return arguments.run, arguments


def _run(words):
    """Runs a command line; returns the exit status."""
    run, arguments = _parse(list(_expanded(words)))
    try:
        run(arguments)
        return 0
    except (FailedCheckError, KsymsError) as error:
        print(error, file=sys.stderr)
        return 1


def _serve():
    """Serves work requests as an absl.app, whose start-up takes longer than most actions and is paid once here."""
    from absl import app

    import worker

    app.run(lambda _: worker.serve(sys.stdin, sys.stdout, _run), argv=sys.argv[:1])


def main():
    if sys.argv[1:] == ["--persistent_worker"]:
        _serve()
        return 0
    gc.disable()  # the process ends before garbage in cycles could matter, and looking for it takes time
    return _run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
