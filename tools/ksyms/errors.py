"""The exceptions that a user can act on. Each is shown as its text, without a traceback."""

import contextlib
from collections.abc import Iterator


class KsymsError(Exception):
    """An input or output file is missing, malformed or not supported.

    Attributes:
      file: path of the file at fault, as given on the command line; a member of an archive is written
        `archive.a(member.o)`.
      problem: what is wrong with it, without a full stop.
      fix: what the user can do about it, without a full stop.
    """

    def __init__(self, file: str, problem: str, fix: str) -> None:
        """Puts the text together: file, problem and fix."""
        super().__init__(f"{file}: {problem}. To fix: {fix}.")
        self.file = file
        self.problem = problem
        self.fix = fix


class FailedCheckError(Exception):
    """A check found problems; the text is its report."""


def unreadable(file: str, error: OSError, fix: str) -> KsymsError:
    """Returns the KsymsError of a file that cannot be read."""
    return KsymsError(file, f"cannot be read ({error.strerror})", fix)


@contextlib.contextmanager
def reading(file: str, fix: str) -> Iterator[None]:
    """Turns a failure to read a file into a KsymsError, with `fix` as what to do about it."""
    try:
        yield
    except OSError as error:
        raise unreadable(file, error, fix) from error


@contextlib.contextmanager
def writing(file: str, fix: str) -> Iterator[None]:
    """Turns a failure to write a file into a KsymsError, with `fix` as what to do about it."""
    try:
        yield
    except OSError as error:
        raise KsymsError(file, f"cannot be written ({error.strerror})", fix) from error
