"""A build folder that outlives the action, so that kbuild compiles again only what an edit reaches.

For local work only: that an action's kernel and modules depend on its inputs alone is make's word. (Up to Linux 6.4
objects of modules that export symbols, not linked yet, are those of the last set.) Make goes by time stamps, so the
folder has copies of the sources, each written anew when its content changes, whatever time the original carries.
"""

import contextlib
import fcntl
import filecmp
import hashlib
import json
import os
import shutil

from build_tree import copy_mode, sources

from errors import FailedCheckError, KsymsError

_MANIFEST, _UNFINISHED, _TOOLCHAIN = "manifest.json", "unfinished", "toolchain"


@contextlib.contextmanager
def opened(root, name, identity, note):
    """Gives a folder that only this action uses until it is done.

    A folder that a build has not finished, or that another toolchain has written, is emptied first.

    Args:
      root: path of the folder that has all build folders; made if it is missing.
      name: what is built, the same every time; folders of other names have nothing to do with it.
      identity: str, host_tools.Toolchain.identity().
      note: function that takes a line about what happens.

    Yields:
      str, path of the folder.
    """
    folder = os.path.join(root, hashlib.sha256(name.encode()).hexdigest()[:16])
    try:
        os.makedirs(folder, exist_ok=True)
        lock = os.open(folder + ".lock", os.O_CREAT | os.O_WRONLY)
    except OSError as error:
        fix = "set --@ksyms_rules//ksyms_rules:build_cache to a folder of yours"
        raise KsymsError(root, f"cannot be used ({error.strerror})", fix) from error
    with open(lock, "wb"):
        fcntl.flock(lock, fcntl.LOCK_EX)
        built_with, unfinished = os.path.join(folder, _TOOLCHAIN), os.path.join(folder, _UNFINISHED)
        if os.path.exists(unfinished) or _read(built_with) not in (identity, None):
            note(f"{folder}: made anew, the last build was cut short or the toolchain has changed")
            shutil.rmtree(folder)
            os.makedirs(folder)
        _write(unfinished, "")
        _write(built_with, identity)
        try:
            yield folder
        except (FailedCheckError, KsymsError):
            # A failed make leaves no half-written target. What else fails, or kills this process, may leave one.
            os.remove(unfinished)
            raise
        os.remove(unfinished)


def mirror(source_root, folder, target):
    """Makes a folder's sources those of the kernel, touching only files whose content differs.

    Args:
      source_root: path of the sources.
      folder: path that `opened` gave.
      target: path of the copy, below `folder`; of what is in it only files that `mirror` has made are removed.

    Returns:
      (int, how many files were written or removed; [path] of the sources)
    """
    manifest_path = os.path.join(folder, _MANIFEST)
    old, new = json.loads(_read(manifest_path) or "{}"), dict(_states(source_root))
    if old == new:
        return 0, list(new)
    changed = 0
    for relative in old.keys() - new.keys():
        path = os.path.join(target, relative)
        with contextlib.suppress(FileNotFoundError):
            os.remove(path)
            changed += 1
        with contextlib.suppress(OSError):  # of a folder that is not empty
            os.removedirs(os.path.dirname(path))
    for relative, state in new.items():
        if old.get(relative) != state:
            changed += update(os.path.join(source_root, relative), os.path.join(target, relative))
    _write(manifest_path, json.dumps(new))
    return changed, list(new)


def _states(source_root):
    """Gives the path of each source, and what shows without reading it whether it has changed."""
    for path, entry in sources(source_root):
        state = entry.stat()
        yield path, [state.st_size, state.st_mtime_ns, state.st_ctime_ns, state.st_ino]


def update_all(source, target):
    """Copies the files of a folder, as `update` does."""
    for folder, _, names in os.walk(source):
        into = os.path.join(target, os.path.relpath(folder, source))
        for name in names:
            update(os.path.join(folder, name), os.path.join(into, name))


def update(source, target):
    """Copies a file unless the copy has its content already, so that the copy's time says when it changed.

    Returns:
      bool, whether it was copied.
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


def _read(path):
    with contextlib.suppress(FileNotFoundError), open(path, encoding="utf-8") as file:
        return file.read()
    return None


def _write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
