"""The log of a build step: what make prints, and a few lines of ours that `progress` reads.

The step writes `compilations: N` if it is known how many files will be compiled, and each command after a `$ `. The
folder that the step works in, beside the log, has the log's name and WORK_SUFFIX: it shows that the step is running.
"""

import re

WORK_SUFFIX = ".work"

_EXPECTED = re.compile(rb"^compilations: (\d+)$", re.MULTILINE)
# kbuild's line for a file that it compiles, such as `  CC [M]  drivers/net/dummy.o`.
_COMPILATION = re.compile(rb"^  (?:CC|AS)(?: \[M\])? ", re.MULTILINE)


class BuildLog:
    """The log of one step.

    Attributes:
      path: of the file.
    """

    def __init__(self, path: str) -> None:
        """Starts an empty log at a path."""
        self.path = path
        with open(path, "w", encoding="utf-8"):
            pass

    def note(self, text: str) -> None:
        """Adds a line."""
        with open(self.path, "a", encoding="utf-8") as log:
            log.write(text + "\n")

    def note_compilations(self, count: int) -> None:
        """Adds how many files will be compiled."""
        self.note(f"compilations: {count}")


def expected_compilations(text: bytes) -> int | None:
    """Reads from a log how many files will be compiled; None if it does not say."""
    found = _EXPECTED.search(text)
    return int(found[1]) if found else None


def compilations(text: bytes) -> int:
    """Counts the files that are compiled so far, from a log."""
    return len(_COMPILATION.findall(text))
