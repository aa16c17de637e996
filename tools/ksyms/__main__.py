"""ksyms: reads the symbols of kernel modules, and writes the exported set of the kernel and KMI symbol lists.

One executable for all actions of ksyms_rules. `@FILE` reads arguments from a file, one per line;
`--persistent_worker` serves Bazel's JSON worker protocol instead of running once, with the same results.
Exit status: 0 success, 1 an input is at fault, 2 wrong usage.
"""

import contextlib
import functools
import gc
import importlib
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from ksyms import command_line
from ksyms.errors import FailedCheckError, KsymsError, unreadable

if TYPE_CHECKING:
    import argparse

# Each is a module in ksyms.commands, with the functions add_arguments and run.
_COMMANDS = {
    "extract": "read modules: undefined and exported symbols",
    "merge": "write one .usyms file of several",
    "autoksyms_header": "write autoksyms.h (Linux up to 6.4)",
    "raw_symbol_list": "write a raw symbol list (Linux 6.5 and later)",
    "exports": "read what vmlinux, Module.symvers or modules export",
    "kernel_symvers": "write the Module.symvers of all that a kernel may export (Linux 6.5 and later)",
    "kmi_symbol_list": "write a KMI symbol list in libabigail form",
    "kmi_check": "check KMI symbol lists and write a report",
    "require_empty": "fail with a report that is not empty",
}


def _declare(command: str, parser: command_line.Parser) -> Callable[[Any], None]:
    """Declares a command's arguments to a parser; returns its function. Its module is imported only now."""
    module = importlib.import_module("ksyms.commands." + command)
    module.add_arguments(parser)
    run: Callable[[Any], None] = module.run
    return run


@functools.cache  # a worker parses hundreds of requests
def _plain_parser(command: str) -> tuple[command_line.PlainParser, Callable[[Any], None]]:
    parser = command_line.PlainParser()
    return parser, _declare(command, parser)


@functools.cache
def _full_parser() -> "argparse.ArgumentParser":
    import argparse  # the lines that Bazel writes do not need it; see command_line

    parser = argparse.ArgumentParser(
        prog="ksyms", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--persistent_worker", action="store_true", help="serve work requests on stdin until it ends")
    parser.set_defaults(run=None)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    for name, summary in _COMMANDS.items():
        command = commands.add_parser(name, help=summary, description=summary)
        command.set_defaults(run=_declare(name, command))
    return parser


def _expanded(words: Iterable[str]) -> Iterator[str]:
    """Replaces each `@FILE` by the lines of the file."""
    for word in words:
        if word.startswith("@"):
            try:
                with open(word[1:], "rb") as file:
                    yield from map(os.fsdecode, file.read().splitlines())
            except OSError as error:
                _full_parser().error(str(unreadable(word, error, "check the path behind the @")))
        else:
            yield word


def _parse(words: list[str]) -> tuple[Callable[[Any], None], Any]:
    """Returns the function of the command and its arguments."""
    if words and words[0] in _COMMANDS:
        parser, run = _plain_parser(words[0])
        with contextlib.suppress(command_line.Unusual):
            return run, parser.parse_args(words[1:])
    arguments = _full_parser().parse_args(words)
    if not arguments.run:
        _full_parser().error("expected a command: " + ", ".join(_COMMANDS))
    return arguments.run, arguments


def _run(words: Iterable[str]) -> int:
    """Runs a command line; returns the exit status."""
    run, arguments = _parse(list(_expanded(words)))
    try:
        run(arguments)
        return 0
    except (FailedCheckError, KsymsError) as error:
        print(error, file=sys.stderr)
        return 1


def _serve() -> None:
    """Serves work requests as an absl.app, whose start-up takes longer than most actions and is paid once here."""
    from absl import app

    from ksyms import worker

    app.run(lambda _: worker.serve(sys.stdin, sys.stdout, _run), argv=sys.argv[:1])


def main() -> int:
    """Runs the command line of this process; returns the exit status."""
    if sys.argv[1:] == ["--persistent_worker"]:
        _serve()
        return 0
    gc.disable()  # the process ends before garbage in cycles could matter, and looking for it takes time
    return _run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
