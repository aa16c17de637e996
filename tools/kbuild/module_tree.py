"""The folder of an external module in a build tree: its sources, and what is built beside them."""

import os
from collections.abc import Iterator, Mapping

from kbuild.relocation import Relocation, copy_translated, copy_tree

# Links that the module's build has made to files of its own, such as NVIDIA's to its binary objects.
_LINKS = "module_links.txt"
# What configure scripts leave behind beside the sources: objects of their trials, and files that name the machine.
_TRIALS = (".a", ".cmd", ".ko", ".mod", ".mod.c", ".o", "Module.symvers", "modules.order", "modules.livepatch")
_MACHINES = ("build.log", "config.cache", "config.log", "config.status", "libtool")


class ModuleTree:
    """An external module's folder.

    Attributes:
      path: absolute path of the folder.
    """

    def __init__(self, path: str, relocation: Relocation) -> None:
        """Makes nothing yet."""
        self.path = path
        self._relocation = relocation
        self._sources: set[str] = set()

    def link(self, files: Mapping[str, str]) -> None:
        """Links the module's sources. `save` leaves them out.

        Args:
          files: {path below the folder: path of the source, or of a folder that `save_sources` has written}
        """
        for place, file in _single_files(files):
            target = os.path.join(self.path, place)
            os.makedirs(os.path.dirname(target), exist_ok=True)
            if not os.path.lexists(target):
                os.symlink(os.path.abspath(file), target)
            self._sources.add(target)
        for place, folder in files.items():
            if os.path.isdir(folder):
                self._translate(os.path.join(self.path, place))

    def _translate(self, top: str) -> None:
        """Replaces links to configured sources by copies, where the script has written paths."""
        for folder, _, names in os.walk(top):
            for path in (os.path.join(folder, name) for name in names):
                with open(path, "rb") as file:
                    data = file.read()
                if os.path.islink(path) and self._relocation.to_here(data) != data:
                    original = os.readlink(path)
                    os.remove(path)
                    copy_translated(original, path, self._relocation.to_here)

    def copy(self, files: Mapping[str, str]) -> None:
        """Copies the module's sources, for a script that may write to them; see `link`."""
        for place, file in _single_files(files):
            copy_translated(file, os.path.join(self.path, place), self._relocation.to_here)

    def save_sources(self, target: str) -> None:
        """Copies the sources and what a configure script has made of them to a folder, for `link` in any action."""
        for folder, _, names in os.walk(self.path):
            into = os.path.join(target, os.path.relpath(folder, self.path))
            for name in names:
                if name not in _MACHINES and not name.endswith(_TRIALS):
                    copy_translated(os.path.join(folder, name), os.path.join(into, name), self._relocation.to_anywhere)

    def save(self, saved: str) -> None:
        """Copies what was built to the folder `module` of a saved tree; see BuildTree.save."""
        if os.path.isdir(self.path):
            links = dict(self._own_links())
            with open(os.path.join(saved, _LINKS), "w", encoding="utf-8") as file:
                file.write("".join(f"{place}\t{target}\n" for place, target in sorted(links.items())))
            left_out = self._sources.union(os.path.join(self.path, place) for place in links)
            copy_tree(self.path, os.path.join(saved, "module"), self._relocation.to_anywhere, left_out)

    def restore(self, saved: str) -> None:
        """Copies what was built from a saved tree, if it has that."""
        if os.path.isdir(os.path.join(saved, "module")):
            copy_tree(os.path.join(saved, "module"), self.path, self._relocation.to_here)
            with open(os.path.join(saved, _LINKS), encoding="utf-8") as file:
                for line in file:
                    place, target = (os.path.join(self.path, path) for path in line.rstrip("\n").split("\t"))
                    os.makedirs(os.path.dirname(place), exist_ok=True)
                    os.symlink(target, place)

    def _own_links(self) -> Iterator[tuple[str, str]]:
        """(place, target) of the absolute links that lead to files of the module, both relative to its folder."""
        for folder, _, names in os.walk(self.path):
            for link in (os.path.join(folder, name) for name in names):
                target = os.readlink(link) if os.path.islink(link) else ""
                if target.startswith(self.path + "/"):
                    yield os.path.relpath(link, self.path), os.path.relpath(target, self.path)


def _single_files(files: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """(place, path) of all files, those of folders included."""
    for place, file in files.items():
        if os.path.isdir(file):
            yield from _single_files({os.path.join(place, name): os.path.join(file, name) for name in os.listdir(file)})
        else:
            yield place, file
