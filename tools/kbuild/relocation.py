"""Copies trees of a build so that another action can use them, wherever it runs.

kbuild and configure scripts write absolute paths. In a saved tree these are replaced by placeholders.
"""

import os
import shutil
import stat
from collections.abc import Callable, Collection

# In a saved tree these stand for the folders of the action that saved it.
_PLACES = (b"@KSYMS_RULES_WORK@", b"@KSYMS_RULES_SOURCES@")
# Endings of files to which kbuild and the kernel's tools/build write absolute paths that they compare or read later.
_NAMES_PATHS = (".cmd", ".mod", ".d", "modules.order")


class Relocation:
    """The absolute paths of one action."""

    def __init__(self, paths: tuple[bytes, bytes]) -> None:
        """Takes the two paths that files may have; see BuildTree.places."""
        self._paths = paths

    def to_anywhere(self, data: bytes) -> bytes:
        """Replaces this action's paths by placeholders."""
        for path, place in zip(self._paths, _PLACES, strict=True):
            data = data.replace(path, place)
        return data

    def to_here(self, data: bytes) -> bytes:
        """Replaces placeholders by this action's paths."""
        for path, place in zip(self._paths, _PLACES, strict=True):
            data = data.replace(place, path)
        return data


def copy_tree(source: str, target: str, translate: Callable[[bytes], bytes], left_out: Collection[str] = ()) -> None:
    """Copies a tree of objects.

    Args:
      source: path of the tree.
      target: path of the copy, in which files are replaced.
      translate: of the contents of files that name paths.
      left_out: [path] of files that are not copied.
    """
    for folder, _, names in os.walk(source):
        into = os.path.join(target, os.path.relpath(folder, source))
        os.makedirs(into, exist_ok=True)
        for name in names:
            path = os.path.join(folder, name)
            if path not in left_out:
                _copy_file(path, os.path.join(into, name), translate)


def _copy_file(source: str, target: str, translate: Callable[[bytes], bytes]) -> None:
    """Copies a file, and makes it writable.

    A relative link is one that kbuild makes again: it is ignored. An absolute link is a sandbox's: its file is copied.
    """
    if os.path.islink(source) and not os.path.isabs(os.readlink(source)):
        return
    if os.path.lexists(target):
        os.remove(target)
    if source.endswith(_NAMES_PATHS):
        copy_translated(source, target, translate)
    else:
        shutil.copyfile(source, target)
        copy_mode(source, target)


def copy_translated(source: str, target: str, translate: Callable[[bytes], bytes]) -> None:
    """Copies a file and translates its contents; its folder is made if it does not exist."""
    with open(source, "rb") as file:
        data = translate(file.read())
    os.makedirs(os.path.dirname(target), exist_ok=True)
    with open(target, "wb") as file:
        file.write(data)
    copy_mode(source, target)


def copy_mode(source: str, target: str) -> None:
    """Makes `target` executable if `source` is, and writable in any case; Bazel's outputs are not."""
    executable = os.stat(source).st_mode & stat.S_IXUSR
    os.chmod(target, 0o755 if executable else 0o644)
