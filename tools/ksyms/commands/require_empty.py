"""The `require_empty` command: turns a report that is not empty into a failed action."""

from typing import Protocol

from ksyms.command_line import Parser
from ksyms.errors import FailedCheckError
from ksyms.formats import output_file, report


class Arguments(Protocol):
    """See add_arguments."""

    output: str
    report: str


def add_arguments(parser: Parser) -> None:
    """Declares the flags."""
    parser.add_argument("--output", required=True, metavar="FILE", help="an empty file to write on success")
    parser.add_argument("report", metavar="REPORT", help="an output of `kmi_check`")


def run(arguments: Arguments) -> None:
    """Writes an empty file if a report is empty, or raises FailedCheckError with the report."""
    text = report.read(arguments.report)
    if text:
        raise FailedCheckError(text)
    output_file.write(arguments.output, b"")
