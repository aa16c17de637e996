"""The `merge` command: one `.usyms` file of several, so that a change in one target does not read those of all."""

from typing import Protocol

from ksyms.command_line import Parser
from ksyms.formats import usyms


class Arguments(Protocol):
    """See add_arguments."""

    output: str
    usyms: list[str]


def add_arguments(parser: Parser) -> None:
    """Declares the flags."""
    parser.add_argument("--output", required=True, metavar="FILE", help="where to write the union")
    parser.add_argument(
        "--usyms", action="append", default=[], metavar="FILE", help="a .usyms file of `extract` or `merge`"
    )


def run(arguments: Arguments) -> None:
    """Writes the union; raises KsymsError and writes nothing if a file cannot be read."""
    usyms.write(arguments.output, usyms.read(arguments.usyms))
