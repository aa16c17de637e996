"""The table of results: what was measured, and the targets."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Row:
    """One line of the table.

    Attributes:
      name: what was measured.
      seconds: median wall time.
      cpu_seconds: median processor time; None if not measured.
      peak_megabytes: peak resident memory of the largest process; None if not measured.
      bazel_seconds: median of the time that Bazel itself reports; None if Bazel was not measured.
      ratio: of the time to ours, in the first row; None if there is nothing to compare with.
      target: as text; empty if there is none.
      met: whether the target is met; None if there is none.
    """

    name: str
    seconds: float
    cpu_seconds: float | None = None
    peak_megabytes: float | None = None
    bazel_seconds: float | None = None
    ratio: float | None = None
    target: str = ""
    met: bool | None = None


_HEAD = ("name", "time", "CPU", "Bazel's", "peak MB", "ratio", "target", "met")


def render(rows):
    """Returns the rows as aligned text, without the columns that are empty in all rows."""
    cells = [_HEAD, *(_cells(row) for row in rows)]
    columns = [column for column in zip(*cells, strict=True) if any(column[1:])]
    widths = [max(map(len, column)) for column in columns]
    lines = [
        " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in zip(*columns, strict=True)
    ]
    return "\n".join([lines[0], "-+-".join("-" * width for width in widths), *lines[1:]])


def _cells(row):
    return (
        row.name,
        f"{row.seconds:.2f} s",
        "" if row.cpu_seconds is None else f"{row.cpu_seconds:.2f} s",
        "" if row.bazel_seconds is None else f"{row.bazel_seconds:.2f} s",
        "" if row.peak_megabytes is None else f"{row.peak_megabytes:.0f}",
        "" if row.ratio is None else f"{row.ratio:.1f}x",
        row.target,
        "" if row.met is None else "yes" if row.met else "NO",
    )
