"""Writes an output so that it is never seen half-written."""

import contextlib
import os

from ksyms.errors import writing


def write(path: str, data: bytes) -> None:
    """Writes `data` beside `path` first, and renames it when it is complete; raises KsymsError if that fails."""
    partial = path + ".partial"
    with writing(path, "check the folder, its mode and the free space"):
        try:
            with open(partial, "wb") as file:
                file.write(data)
            os.replace(partial, path)
        except OSError:
            with contextlib.suppress(OSError):
                os.remove(partial)
            raise
