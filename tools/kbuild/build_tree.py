"""A kernel's sources and objects side by side, as kbuild wants them.

The objects are in a folder below the sources. So kbuild names every source by a relative path (`srctree := ..`), and
nothing that it writes depends on where the action runs. The sources are links to an action's inputs, or to the copies
beside kept objects.
"""

import os
import shutil
import time
from collections.abc import Collection, Iterable, Iterator

from kbuild.module_tree import ModuleTree
from kbuild.relocation import Relocation, copy_tree

# Bazel drops empty folders, but some of kbuild's paths lead through one and back.
_FOLDERS = "empty_folders.txt"
RAW_SYMBOL_LIST = "raw_symbol_list.txt"


def is_source(name: str) -> bool:
    """Tells whether an entry at the top of the sources is one.

    Others are git's or, if the workspace itself is the kernel, Bazel's.
    """
    return not name.startswith((".git", "bazel-")) and name != "external"


def sources(source_root: str) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """Lists the files of a kernel's sources.

    Ignored are links that lead nowhere, such as to the files of another architecture, and links to a folder that the
    link itself is in.

    Args:
      source_root: path of the sources; empty for the current folder.

    Yields:
      Path relative to `source_root`, and entry of each file, in no order.
    """
    folders = [""]
    while folders:
        inside = folders.pop()
        with os.scandir(os.path.join(source_root, inside) or ".") as entries:
            for entry in entries:
                if inside or is_source(entry.name):
                    path = inside + entry.name
                    if entry.is_file(follow_symlinks=False) or (entry.is_symlink() and os.path.isfile(entry.path)):
                        yield path, entry
                    elif os.path.isdir(entry.path) and not _leads_back(entry):
                        folders.append(path + "/")


def _leads_back(entry: os.DirEntry[str]) -> bool:
    """Tells whether a folder is a link to a folder that the link is in."""
    if not entry.is_symlink():
        return False
    target, place = os.path.realpath(entry.path), os.path.realpath(os.path.dirname(entry.path))
    return os.path.commonpath([target, place]) == target


class BuildTree:
    """Folders of one kernel build.

    Attributes:
      sources: absolute path of the folder that kbuild takes for the source tree.
      objects: absolute path of the objects' folder, below `sources`.
      module: an external module's folder, below `sources`.
      paths: [path] of the sources, relative to them; None if they were not listed.
      places: absolute paths that kbuild may have written for `sources`: as shells name the folder they are in, with the
        links of this tree, and as getcwd() does, with the links followed.
    """

    def __init__(self, work: str, source_root: str) -> None:
        """Names the folders and makes that of the objects.

        Args:
          work: path of a folder that only this build uses.
          source_root: path of the kernel's sources; empty for the current folder.
        """
        # The real path, which compilers write to debug information: they ask for the current folder.
        self.sources = os.path.join(os.path.realpath(work), "linux")
        self.objects = os.path.join(self.sources, "objects")
        self.paths: list[str] | None = None
        self._source_root = source_root
        self.places: tuple[bytes, bytes] = (self.sources.encode(), os.path.realpath(source_root or ".").encode())
        self._relocation = Relocation(self.places)
        self.module = ModuleTree(os.path.join(self.sources, "module"), self._relocation)
        os.makedirs(self.objects, exist_ok=True)

    def link_sources(self, copied: Collection[str] = ()) -> None:
        """Links what the top folder of the sources has today, and removes links to what is gone.

        Args:
          copied: [path] of folders to copy instead, since something packs them as they are; in new trees only.
        """
        back = os.path.join(self.objects, "source")
        if not os.path.lexists(back):
            # kbuild makes this link itself, but RHEL's Makefile uses it before that.
            os.symlink("..", back)
        names = {name for name in os.listdir(self._source_root or ".") if is_source(name)}
        for entry in list(os.scandir(self.sources)):
            if entry.is_symlink() and entry.name not in names:
                os.remove(entry)
        self._link(names, copied)

    def _link(self, paths: Iterable[str], copied: Collection[str]) -> None:
        for path in paths:
            source, link = os.path.abspath(os.path.join(self._source_root, path)), os.path.join(self.sources, path)
            if path in copied:
                shutil.copytree(source, link, ignore_dangling_symlinks=True)
            elif any(folder.startswith(path + "/") for folder in copied):
                os.mkdir(link)
                self._link([f"{path}/{name}" for name in os.listdir(source)], copied)
            else:
                if os.path.islink(link) and os.readlink(link) != source:
                    os.remove(link)
                if not os.path.lexists(link):
                    os.symlink(source, link)

    def restore(self, saved: str) -> None:
        """Copies a saved tree into this one, replacing files that exist.

        Args:
          saved: path of a folder that `save` has written.
        """
        with open(os.path.join(saved, _FOLDERS), encoding="utf-8") as file:
            for folder in file.read().splitlines():
                os.makedirs(os.path.join(self.objects, folder), exist_ok=True)
        copy_tree(os.path.join(saved, "objects"), self.objects, self._relocation.to_here)
        self.module.restore(saved)

    def settle(self) -> None:
        """Gives all objects the present time, so that none is older than another or than its sources."""
        now = time.time()
        for top in (self.objects, self.module.path):
            for folder, _, names in os.walk(top):
                for name in names:
                    os.utime(os.path.join(folder, name), (now, now), follow_symlinks=False)

    def save(self, folder: str) -> None:
        """Copies the objects to a folder, so that any action can restore them, wherever it runs.

        Args:
          folder: path of an empty folder.
        """
        with open(os.path.join(folder, _FOLDERS), "w", encoding="utf-8") as file:
            for path, folders, names in os.walk(self.objects):
                if not folders and not names:
                    file.write(os.path.relpath(path, self.objects) + "\n")
        copy_tree(self.objects, os.path.join(folder, "objects"), self._relocation.to_anywhere)
        self.module.save(folder)
