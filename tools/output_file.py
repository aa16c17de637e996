"""Writes an output so that it is never seen half-written."""

import contextlib
import os

from errors import KsymsError


def write(path, data):
    """Writes `data` (bytes) to `path`, aside first and then renamed; KsymsError if that fails."""
    aside = path + ".partial"
    try:
        with open(aside, "wb") as file:
            file.write(data)
        os.replace(aside, path)
    except OSError as error:
        with contextlib.suppress(OSError):
            os.remove(aside)
        raise KsymsError(path, f"cannot be written ({error.strerror})", "check folder, mode and free space") from error
