"""The `require_empty` command: makes a failed action of a report that is not empty."""

import output_file
from errors import FailedCheckError, reading


def add_arguments(parser):
    parser.add_argument("--output", required=True, metavar="FILE", help="an empty file to write on success")
    parser.add_argument("report", metavar="REPORT", help="an output of `kmi_check`")


def run(arguments):
    """Writes an empty file if a report is empty, or fails with the report."""
    with (
        reading(arguments.report, "give a report of kmi_check"),
        open(arguments.report, encoding="utf-8", errors="surrogateescape") as file,
    ):
        text = file.read()
    if text:
        raise FailedCheckError(text)
    output_file.write(arguments.output, b"")
