"""Single files of a build tree: written, copied out, made, emptied and removed."""

import contextlib
import os
import shutil
from collections.abc import Iterable, Iterator


def write(path: str, text: str) -> None:
    """Writes a text file; names in it that are not UTF-8 keep their bytes."""
    with open(path, "w", encoding="utf-8", errors="surrogateescape") as file:
        file.write(text)


def copy_out(folder: str, names: Iterable[str], target: str) -> None:
    """Copies files out of a tree.

    Args:
      folder: path of the folder that has them.
      names: [path] below `folder`.
      target: path of the folder that gets them, at the same paths; folders are made.
    """
    for name in names:
        path = os.path.join(target, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        shutil.copyfile(os.path.join(folder, name), path)


def ensure(path: str) -> None:
    """Makes an empty file unless there is one already, which keeps its time."""
    with open(path, "a", encoding="utf-8"):
        pass


def remove(folder: str, names: Iterable[str]) -> None:
    """Removes files of a folder; those that do not exist are ignored."""
    for name in names:
        with contextlib.suppress(FileNotFoundError):
            os.remove(os.path.join(folder, name))


@contextlib.contextmanager
def emptied(path: str) -> Iterator[None]:
    """Puts an empty file in place of another or of none, for a while; what was there comes back, with its time."""
    aside = f"{path}.aside"
    with contextlib.suppress(FileNotFoundError):
        os.rename(path, aside)
    ensure(path)
    try:
        yield
    finally:
        # make removes a file that it failed to write.
        with contextlib.suppress(FileNotFoundError):
            os.remove(path)
        with contextlib.suppress(FileNotFoundError):
            os.rename(aside, path)
