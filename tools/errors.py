"""The exceptions of the tools that are the user's to act on; each is shown as its text, without a traceback."""

import contextlib


class KsymsError(Exception):
    """An input file is missing, malformed or not supported.

    Args:
      file: path of the file at fault, as given on the command line; an archive's member is
        written `archive.a(member.o)`.
      problem: what is wrong with it, without a full stop.
      fix: what the user can do about it, without a full stop.
    """

    def __init__(self, file, problem, fix):
        super().__init__(f"{file}: {problem}. To fix: {fix}.")
        self.file = file
        self.problem = problem
        self.fix = fix


class FailedCheckError(Exception):
    """A check found problems; the text is its report."""


@contextlib.contextmanager
def reading(path, fix):
    """Turns a failure to read a file into a KsymsError, with `fix` as what to do about it."""
    try:
        yield
    except OSError as error:
        raise KsymsError(path, f"cannot be read ({error.strerror})", fix) from error
