"""A kernel's sources and objects side by side, as kbuild wants them.

The objects lie in a folder below the sources, so that kbuild names every source by a relative path (`srctree := ..`)
and nothing that it writes depends on where the action runs. The sources are links to an action's inputs, or to the
copy in a kept folder.
"""

import os
import shutil
import stat
import time

# In saved trees these stand for the folders of the action that wrote them.
_PLACES = (b"@KSYMS_RULES_WORK@", b"@KSYMS_RULES_SOURCES@")
# What kbuild and the kernel's tools/build write absolute paths to, and later compare or read.
_NAMES_PATHS = (".cmd", ".mod", ".d", "modules.order")
# Bazel passes no empty folders on, but some of kbuild's paths lead through them and back.
_FOLDERS = "empty_folders.txt"
RAW_SYMBOL_LIST = "raw_symbol_list.txt"


def is_source(name):
    """Whether an entry at the top of the sources is one, and not git's or, where a workspace is the kernel, Bazel's."""
    return not name.startswith((".git", "bazel-")) and name != "external"


def sources(source_root):
    """Gives path, relative and with /, and os.DirEntry of each file of a kernel's sources, in no order.

    Links that lead nowhere, such as to another architecture's files, or back to where they are, are passed over.
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


def _leads_back(entry):
    """Whether a folder is a link to itself or to a folder above it."""
    if not entry.is_symlink():
        return False
    target, place = os.path.realpath(entry.path), os.path.realpath(os.path.dirname(entry.path))
    return os.path.commonpath([target, place]) == target


class BuildTree:
    """Folders of one kernel build.

    Attributes:
      sources: absolute path of the folder that kbuild takes for the source tree.
      objects: absolute path of the objects' folder, below `sources`.
      external: absolute path of an external module's folder.
      paths: [path] of the sources; None if nobody has listed them.
      places: (bytes, bytes), the folders whose absolute paths kbuild may have written, as shells and as getcwd() name
        them.
    """

    def __init__(self, work, source_root):
        """Names the folders and makes those of the objects.

        Args:
          work: path of a folder that is this build's own.
          source_root: path of the kernel's sources.
        """
        # As compilers, who ask for the current folder, name it in debug information.
        self.sources = os.path.join(os.path.realpath(work), "linux")
        self.objects = os.path.join(self.sources, "objects")
        self.external = os.path.join(self.sources, "module")
        self.paths = None
        self._source_root = source_root
        self.places = (self.sources.encode(), os.path.realpath(source_root or ".").encode())
        os.makedirs(self.objects, exist_ok=True)

    def link_sources(self, copied=()):
        """Links the top level of the sources as it is today; what is below is reached through it.

        Args:
          copied: [path] of folders to copy instead, since something packs them as they are; only in a new tree.
        """
        back = os.path.join(self.objects, "source")
        if not os.path.lexists(back):
            # kbuild's own, which RHEL's Makefile looks through before it is made.
            os.symlink("..", back)
        names = {name for name in os.listdir(self._source_root or ".") if is_source(name)}
        for entry in list(os.scandir(self.sources)):
            if entry.is_symlink() and entry.name not in names:
                os.remove(entry)
        self._link(names, copied)

    def _link(self, paths, copied):
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

    def link_external(self, files):
        """Links the sources of an external module.

        Args:
          files: {path below the module's folder: path of the source}
        """
        for place, file in files.items():
            link = os.path.join(self.external, place)
            os.makedirs(os.path.dirname(link), exist_ok=True)
            if not os.path.lexists(link):
                os.symlink(os.path.abspath(file), link)

    def restore(self, saved):
        """Copies a saved tree into this one, over what is there."""
        with open(os.path.join(saved, _FOLDERS), encoding="utf-8") as file:
            for folder in file.read().splitlines():
                os.makedirs(os.path.join(self.objects, folder), exist_ok=True)
        self._copy(os.path.join(saved, "objects"), self.objects, self._to_here)
        if os.path.isdir(os.path.join(saved, "module")):
            self._copy(os.path.join(saved, "module"), self.external, self._to_here)

    def settle(self):
        """Gives all objects one time, so that none is older than another; sources that were restored are older."""
        now = time.time()
        for top in (self.objects, self.external):
            for folder, _, names in os.walk(top):
                for name in names:
                    os.utime(os.path.join(folder, name), (now, now), follow_symlinks=False)

    def save(self, folder):
        """Copies objects to a folder, so that any action can restore them at any place."""
        with open(os.path.join(folder, _FOLDERS), "w", encoding="utf-8") as file:
            for path, folders, names in os.walk(self.objects):
                if not folders and not names:
                    file.write(os.path.relpath(path, self.objects) + "\n")
        self._copy(self.objects, os.path.join(folder, "objects"), self._to_anywhere)
        if os.path.isdir(self.external):
            self._copy(self.external, os.path.join(folder, "module"), self._to_anywhere)

    def _to_anywhere(self, data):
        for path, place in zip(self.places, _PLACES, strict=True):
            data = data.replace(path, place)
        return data

    def _to_here(self, data):
        for path, place in zip(self.places, _PLACES, strict=True):
            data = data.replace(place, path)
        return data

    def _copy(self, source, target, translate):
        for folder, _, names in os.walk(source):
            into = os.path.join(target, os.path.relpath(folder, source))
            os.makedirs(into, exist_ok=True)
            for name in names:
                _copy_file(os.path.join(folder, name), os.path.join(into, name), translate)


def _copy_file(source, target, translate):
    """Copies one file, writable. Relative links are kbuild's own, which it makes anew; absolute ones a sandbox's."""
    if os.path.islink(source) and not os.path.isabs(os.readlink(source)):
        return
    if os.path.lexists(target):
        os.remove(target)
    if source.endswith(_NAMES_PATHS):
        with open(source, "rb") as file:
            data = translate(file.read())
        with open(target, "wb") as file:
            file.write(data)
    else:
        shutil.copyfile(source, target)
    copy_mode(source, target)


def copy_mode(source, target):
    """Makes a file executable if another one is, and writable in any case, which Bazel's outputs are not."""
    executable = os.stat(source).st_mode & stat.S_IXUSR
    os.chmod(target, 0o755 if executable else 0o644)
