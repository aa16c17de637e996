"""A kernel's sources and objects side by side, as kbuild wants them.

The objects are in a folder below the sources. So kbuild names every source by a relative path (`srctree := ..`), and
nothing that it writes depends on where the action runs. The sources are links to an action's inputs, or to the copies
beside kept objects.
"""

import os
import shutil
import stat
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

# In a saved tree these stand for the folders of the action that saved it.
_PLACES = (b"@KSYMS_RULES_WORK@", b"@KSYMS_RULES_SOURCES@")
# Endings of files to which kbuild and the kernel's tools/build write absolute paths that they compare or read later.
_NAMES_PATHS = (".cmd", ".mod", ".d", "modules.order")
# Bazel drops empty folders, but some of kbuild's paths lead through one and back.
_FOLDERS = "empty_folders.txt"
# Links that an external module's build has made to files of its own, such as NVIDIA's to its binary objects.
_LINKS = "module_links.txt"
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
      external: absolute path of an external module's folder.
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
        self.external = os.path.join(self.sources, "module")
        self.paths: list[str] | None = None
        self._source_root = source_root
        self._sources_of_module: set[str] = set()
        self.places: tuple[bytes, bytes] = (self.sources.encode(), os.path.realpath(source_root or ".").encode())
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

    def link_external(self, files: Mapping[str, str]) -> None:
        """Links the sources of an external module. `save` leaves them out.

        Args:
          files: {path below the module's folder: path of the source, or of a folder of sources}
        """
        for place, file in files.items():
            link = os.path.join(self.external, place)
            if os.path.isdir(file):
                self.link_external({os.path.join(place, name): os.path.join(file, name) for name in os.listdir(file)})
                continue
            os.makedirs(os.path.dirname(link), exist_ok=True)
            if not os.path.lexists(link):
                os.symlink(os.path.abspath(file), link)
            self._sources_of_module.add(link)

    def restore(self, saved: str) -> None:
        """Copies a saved tree into this one, replacing files that exist.

        Args:
          saved: path of a folder that `save` has written.
        """
        with open(os.path.join(saved, _FOLDERS), encoding="utf-8") as file:
            for folder in file.read().splitlines():
                os.makedirs(os.path.join(self.objects, folder), exist_ok=True)
        self._copy(os.path.join(saved, "objects"), self.objects, self._to_here)
        if os.path.isdir(os.path.join(saved, "module")):
            self._copy(os.path.join(saved, "module"), self.external, self._to_here)
            with open(os.path.join(saved, _LINKS), encoding="utf-8") as file:
                for line in file:
                    place, target = (os.path.join(self.external, path) for path in line.rstrip("\n").split("\t"))
                    os.makedirs(os.path.dirname(place), exist_ok=True)
                    os.symlink(target, place)

    def settle(self) -> None:
        """Gives all objects the present time, so that none is older than another or than its sources."""
        now = time.time()
        for top in (self.objects, self.external):
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
        self._copy(self.objects, os.path.join(folder, "objects"), self._to_anywhere)
        if os.path.isdir(self.external):
            links = self._links_of_module()
            tree_links = "".join(f"{place}\t{target}\n" for place, target in sorted(links.items()))
            with open(os.path.join(folder, _LINKS), "w", encoding="utf-8") as file:
                file.write(tree_links)
            left_out = self._sources_of_module.union(os.path.join(self.external, place) for place in links)
            self._copy(self.external, os.path.join(folder, "module"), self._to_anywhere, left_out)

    def _links_of_module(self) -> dict[str, str]:
        """{place: target} of the absolute links that lead to files of the module, both relative to its folder."""
        found = {}
        for folder, _, names in os.walk(self.external):
            for name in names:
                link = os.path.join(folder, name)
                target = os.readlink(link) if os.path.islink(link) else ""
                if target.startswith(self.external + "/"):
                    found[os.path.relpath(link, self.external)] = os.path.relpath(target, self.external)
        return found

    def _to_anywhere(self, data: bytes) -> bytes:
        for path, place in zip(self.places, _PLACES, strict=True):
            data = data.replace(path, place)
        return data

    def _to_here(self, data: bytes) -> bytes:
        for path, place in zip(self.places, _PLACES, strict=True):
            data = data.replace(place, path)
        return data

    def _copy(
        self, source: str, target: str, translate: Callable[[bytes], bytes], left_out: Collection[str] = ()
    ) -> None:
        for folder, _, names in os.walk(source):
            into = os.path.join(target, os.path.relpath(folder, source))
            os.makedirs(into, exist_ok=True)
            for name in names:
                path = os.path.join(folder, name)
                if path not in left_out or not os.path.islink(path):
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
        with open(source, "rb") as file:
            data = translate(file.read())
        with open(target, "wb") as file:
            file.write(data)
    else:
        shutil.copyfile(source, target)
    copy_mode(source, target)


def copy_mode(source: str, target: str) -> None:
    """Makes `target` executable if `source` is, and writable in any case; Bazel's outputs are not."""
    executable = os.stat(source).st_mode & stat.S_IXUSR
    os.chmod(target, 0o755 if executable else 0o644)
