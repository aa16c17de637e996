"""Finds the sources that a kernel build never read, by kbuild's own `.cmd` files."""

import os
import re
from collections.abc import Callable, Iterable

from kbuild.build_tree import BuildTree, sources

# Only files with these endings may be unread. Any other file that is read without a compiler is named by a command of
# kbuild, or it is a Makefile, a script or a table, which a `.cmd` file need not name.
_ENDINGS = (".c", ".h", ".S", ".rs", ".dts", ".dtsi")
# Built by rules of their own, read by scripts that do not report it, or copied for boot images (powerpc, xtensa).
_ALWAYS_READ = ("scripts/", "tools/", "lib/zlib_inflate/", "lib/decompress", "include/linux/z")
# In each command that compiles a part of a module (KBUILD_CFLAGS_MODULE, KBUILD_AFLAGS_MODULE).
_OF_A_MODULE = b" -DMODULE "
_REST = rb"/([^\s\\'\"();:|]+)"


def find(
    tree: BuildTree,
    source_root: str,
    own: Iterable[str],
    all_headers: bool = False,
    of_modules: bool = True,
    of_vmlinux: bool = True,
) -> list[str]:
    """Finds the sources that no command of a build has read.

    Args:
      tree: what was built.
      source_root: path of the kernel's sources, as Bazel names it.
      own: [path] of an external module's sources, which may be in the kernel's folder; all of them count as read.
      all_headers: whether every header counts as read, since the build packed them.
      of_modules: whether what modules have read counts, if the tree has modules.
      of_vmlinux: whether what vmlinux has read counts, if the tree has vmlinux.

    Returns:
      [path], below `source_root`, sorted.
    """
    read = _read(tree, of_modules, of_vmlinux)
    endings = tuple(ending for ending in _ENDINGS if not (all_headers and ending == ".h"))
    found = {
        os.path.join(source_root, path)
        for path in tree.paths or [path for path, _ in sources(source_root)]
        if path.endswith(endings) and path not in read and not path.startswith(_ALWAYS_READ)
    }
    return sorted(found.difference(own))


def _read(tree: BuildTree, of_modules: bool, of_vmlinux: bool) -> set[str]:
    """Paths, relative to the sources, that any command or dependency of a build names."""
    # Seen from the objects the sources are `..`. Since Linux 6.13 external modules name them by their absolute path.
    patterns = {place + b"/": re.compile(re.escape(place) + _REST) for place in (b"..", *tree.places)}
    named: set[bytes] = set()
    counts = _selection(tree, of_modules, of_vmlinux)
    for top in (tree.objects, tree.module.path):
        for folder, _, names in os.walk(top):
            for name in names:
                if name.endswith((".cmd", ".d")):
                    with open(os.path.join(folder, name), "rb") as file:
                        text = file.read()
                    if counts(text, folder, name):
                        for start, pattern in patterns.items():
                            if start in text:
                                named.update(pattern.findall(text))
    # In include/dt-bindings/clock/qcom,gcc-sm8450.h the comma is part of the name; elsewhere it may separate two names.
    for path in [path for path in named if b"," in path]:
        named.add(path.partition(b",")[0])
        named.update(found for pattern in patterns.values() for found in pattern.findall(path))
    # For names such as ../include/linux/../../arch/x86/include/asm/page.h
    return {os.path.normpath(os.fsdecode(path)) for path in named}


def _selection(tree: BuildTree, of_modules: bool, of_vmlinux: bool) -> Callable[[bytes, str, str], bool]:
    """Returns a function that tells whether a `.cmd` file counts, by its text, its folder and its name."""
    if of_modules and of_vmlinux:
        return lambda text, folder, name: True
    members = _members_of_vmlinux(tree)

    def is_member(folder: str, name: str) -> bool:
        path = os.path.relpath(os.path.join(folder, name[1 : -len(".cmd")]), tree.objects)
        return members is not None and os.fsencode(path) in members

    def counts(text: bytes, folder: str, name: str) -> bool:
        if _OF_A_MODULE not in text:
            return of_vmlinux or not is_member(folder, name)
        if of_modules or members is None:
            return True
        # An object that vmlinux and a module share is compiled as a module's. Those in a lib.a are listed nowhere.
        return is_member(folder, name) or os.path.exists(os.path.join(folder, "lib.a"))

    return counts


def _members_of_vmlinux(tree: BuildTree) -> set[bytes] | None:
    """Paths, relative to the objects, of what vmlinux.a has; None if there is no such archive."""
    archives = [os.path.join(tree.objects, "vmlinux.a")]
    if not os.path.exists(archives[0]):
        # Before Linux 6.1 each folder has an archive, and some of these are members of the one in the folder above.
        folders = [folder for folder, _, names in os.walk(tree.objects) if "built-in.a" in names]
        archives = [os.path.join(folder, "built-in.a") for folder in folders]
    members: set[bytes] = set()
    for archive in archives:
        folder = os.fsencode(os.path.relpath(os.path.dirname(archive), tree.objects))
        with open(archive, "rb") as file:
            # A thin archive has the paths of its members as text, one per line, each with a slash at its end.
            paths = [text.rpartition(b"\n")[2] for text in file.read().split(b"/\n")]
        members.update(os.path.normpath(os.path.join(folder, path)) for path in paths)
    return members if archives else None
