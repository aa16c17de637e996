"""Reports of checks: empty if all is well, otherwise a table for people.

//device:symbol_list_test: 1 problem

  symbol     problem                                               where
  ktime_get  is in no symbol list and exported by no other module  needed by sensor.ko

To fix: bazel run //device:update_symbol_list
"""

from collections.abc import Sequence

from ksyms.errors import reading
from ksyms.formats import output_file

_HEAD = ("symbol", "problem", "where")


def text(title: str, rows: Sequence[tuple[str, str, str]], fix: str) -> str:
    """Returns a report.

    Args:
      title: what was checked.
      rows: (symbol, problem, where) of each problem, in the order to show.
      fix: the command that fixes them.
    """
    if not rows:
        return ""
    table = [_HEAD, *rows]
    widths = [max(len(row[column]) for row in table) for column in range(2)]
    lines = [f"  {symbol:{widths[0]}}  {problem:{widths[1]}}  {where}" for symbol, problem, where in table]
    count = f"{len(rows)} problem" + ("s" if len(rows) > 1 else "")
    return f"{title}: {count}\n\n" + "\n".join(lines) + f"\n\nTo fix: {fix}\n"


def write(path: str, report: str) -> None:
    """Writes a report."""
    output_file.write(path, report.encode("utf-8", "surrogateescape"))


def read(path: str) -> str:
    """Reads a report; raises KsymsError if the file cannot be read."""
    with (
        reading(path, "give a report of kmi_check"),
        open(path, encoding="utf-8", errors="surrogateescape") as file,
    ):
        return file.read()
