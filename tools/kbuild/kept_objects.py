"""Kept objects: a build folder that outlives the action, so that kbuild compiles again only what an edit reaches.

For local work only: it relies on make for kernel and modules to depend on nothing but the action's inputs. (Up to Linux
6.4 the unlinked objects of modules that export symbols are those of the last exported set.) Make goes by the times of
files. So the folder has copies of the sources, and a copy is written when the content of its source changes, whatever
time the source has.
"""

import contextlib
import fcntl
import filecmp
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator

from kbuild import tree_files
from kbuild.build_tree import sources
from kbuild.relocation import copy_mode
from ksyms.errors import FailedCheckError, KsymsError

# The user's flag, for messages.
FLAG = "--@ksyms_rules//ksyms_rules:kept_objects"

_MANIFEST, _UNFINISHED, _TOOLCHAIN = "manifest.json", "unfinished", "toolchain"


@contextlib.contextmanager
def opened(root: str, name: str, identity: str, note: Callable[[str], None]) -> Iterator[str]:
    """Gives a folder that only this action uses until it is done.

    The folder is emptied first if the last build in it did not finish, or if another toolchain has written it.

    Args:
      root: path of the folder of all kept objects; made if it does not exist.
      name: what is built, the same in each build; another name gets another folder.
      identity: of the toolchain; see host_tools.Toolchain.identity.
      note: takes a line about what happens.

    Yields:
      Path of the folder.

    Raises:
      KsymsError: nothing can be written to `root`.
    """
    folder = os.path.join(root, hashlib.sha256(name.encode()).hexdigest()[:16])
    try:
        os.makedirs(folder, exist_ok=True)
        lock = os.open(folder + ".lock", os.O_CREAT | os.O_WRONLY)
    except OSError as error:
        fix = f"set {FLAG} to a folder that you may write to"
        raise KsymsError(root, f"cannot be used ({error.strerror})", fix) from error
    with open(lock, "wb"):
        fcntl.flock(lock, fcntl.LOCK_EX)
        built_with, unfinished = os.path.join(folder, _TOOLCHAIN), os.path.join(folder, _UNFINISHED)
        if os.path.exists(unfinished) or _read(built_with) not in (identity, None):
            note(f"{folder}: emptied, since the last build was cut short or the toolchain has changed")
            shutil.rmtree(folder)
            os.makedirs(folder)
        tree_files.write(unfinished, "")
        tree_files.write(built_with, identity)
        try:
            yield folder
        except (FailedCheckError, KsymsError):
            # A make that fails removes half-written targets. Any other error, or a kill, may leave one.
            os.remove(unfinished)
            raise
        os.remove(unfinished)


def mirror(source_root: str, folder: str, target: str) -> tuple[int, list[str]]:
    """Brings the copy of a kernel's sources up to date, touching only files whose content differs.

    Args:
      source_root: path of the sources.
      folder: path that `opened` gave.
      target: path of the copy, below `folder`; files in it that `mirror` has not made are never removed.

    Returns:
      How many files were written or removed; [path] of the sources relative to `source_root`, in no order.
    """
    manifest_path = os.path.join(folder, _MANIFEST)
    old: dict[str, list[int]] = json.loads(_read(manifest_path) or "{}")
    new = dict(_states(source_root))
    if old == new:
        return 0, list(new)
    changed = 0
    for relative in old.keys() - new.keys():
        path = os.path.join(target, relative)
        with contextlib.suppress(FileNotFoundError):
            os.remove(path)
            changed += 1
        with contextlib.suppress(OSError):  # the folder is not empty
            os.removedirs(os.path.dirname(path))
    for relative, state in new.items():
        if old.get(relative) != state:
            changed += update(os.path.join(source_root, relative), os.path.join(target, relative))
    tree_files.write(manifest_path, json.dumps(new))
    return changed, list(new)


def _states(source_root: str) -> Iterator[tuple[str, list[int]]]:
    """Gives the path of each source, and numbers that differ if it has changed; the source itself is not read."""
    for path, entry in sources(source_root):
        state = entry.stat()
        yield path, [state.st_size, state.st_mtime_ns, state.st_ctime_ns, state.st_ino]


def update_all(source: str, target: str) -> None:
    """Copies all files of a folder into another, each as `update` does."""
    for folder, _, names in os.walk(source):
        into = os.path.join(target, os.path.relpath(folder, source))
        for name in names:
            update(os.path.join(folder, name), os.path.join(into, name))


def update(source: str, target: str) -> bool:
    """Copies a file, unless the copy has the same content already: its time then says when the content changed.

    Args:
      source: path of the file.
      target: path of the copy; its folder is made if it does not exist.

    Returns:
      Whether it was copied.
    """
    if os.path.exists(target) and filecmp.cmp(source, target, shallow=False):
        copy_mode(source, target)
        return False
    os.makedirs(os.path.dirname(target), exist_ok=True)
    aside = target + ".ksyms_partial"
    shutil.copyfile(source, aside)
    copy_mode(source, aside)
    os.replace(aside, target)
    return True


def _read(path: str) -> str | None:
    with contextlib.suppress(FileNotFoundError), open(path, encoding="utf-8") as file:
        return file.read()
    return None
