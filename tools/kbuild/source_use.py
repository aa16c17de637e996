"""Which sources a kernel build never read, from kbuild's own `.cmd` files."""

import os
import re

from build_tree import sources

# Only these are said to be unread. kbuild's commands name every other file that they read by other means than
# a compiler, or it is a Makefile, a script or a table that no `.cmd` file has to name.
_ENDINGS = (".c", ".h", ".S", ".rs", ".dts", ".dtsi")
# Built by rules of their own, read by scripts that say nothing, or copied for boot images (powerpc, xtensa).
_ALWAYS_READ = ("scripts/", "tools/", "lib/zlib_inflate/", "lib/decompress", "include/linux/z")
# In each command that compiles a part of a module (KBUILD_CFLAGS_MODULE, KBUILD_AFLAGS_MODULE).
_OF_A_MODULE = b" -DMODULE "
_REST = rb"/([^\s\\'\"();:|]+)"


def unread(tree, source_root, own, all_headers=False, of_modules=True, of_vmlinux=True):
    """Lists sources that no command of a build has read.

    Args:
      tree: build_tree.BuildTree, built.
      source_root: path of the kernel's sources, as Bazel names it.
      own: [path] of an external module's sources, which may lie in the kernel's folder; all count as read.
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


def _read(tree, of_modules, of_vmlinux):
    """Paths, relative to the sources, that any command or dependency of a build names."""
    # From the objects' folder it is `..`; since Linux 6.13 external modules name the sources by their absolute path.
    patterns = {place + b"/": re.compile(re.escape(place) + _REST) for place in (b"..", *tree.places)}
    named, counts = set(), _selection(tree, of_modules, of_vmlinux)
    for top in (tree.objects, tree.external):
        for folder, _, names in os.walk(top):
            for name in names:
                if name.endswith((".cmd", ".d")):
                    with open(os.path.join(folder, name), "rb") as file:
                        text = file.read()
                    if counts(text, folder, name):
                        for start, pattern in patterns.items():
                            if start in text:
                                named.update(pattern.findall(text))
    # Of include/dt-bindings/clock/qcom,gcc-sm8450.h it is part of the name, elsewhere it may stand between two.
    for path in [path for path in named if b"," in path]:
        named.add(path.partition(b",")[0])
        named.update(found for pattern in patterns.values() for found in pattern.findall(path))
    # As in ../include/linux/../../arch/x86/include/asm/page.h
    return {os.path.normpath(os.fsdecode(path)) for path in named}


def _selection(tree, of_modules, of_vmlinux):
    """Gives a function that says whether a `.cmd` file, of this text, folder and name, counts."""
    if of_modules and of_vmlinux:
        return lambda text, folder, name: True
    members = _members_of_vmlinux(tree)

    def is_member(folder, name):
        path = os.path.relpath(os.path.join(folder, name[1 : -len(".cmd")]), tree.objects)
        return members is not None and os.fsencode(path) in members

    def counts(text, folder, name):
        if _OF_A_MODULE not in text:
            return of_vmlinux or not is_member(folder, name)
        if of_modules or members is None:
            return True
        # An object that vmlinux and a module share is compiled as a module's; and nobody lists those in lib.a.
        return is_member(folder, name) or os.path.exists(os.path.join(folder, "lib.a"))

    return counts


def _members_of_vmlinux(tree):
    """Paths, as bytes, of the objects in vmlinux.a; None if there is none."""
    archives = [os.path.join(tree.objects, "vmlinux.a")]
    if not os.path.exists(archives[0]):
        # Before Linux 6.1 each folder has its own, and some are in that of the folder above.
        folders = [folder for folder, _, names in os.walk(tree.objects) if "built-in.a" in names]
        archives = [os.path.join(folder, "built-in.a") for folder in folders]
    members = set()
    for archive in archives:
        folder = os.fsencode(os.path.relpath(os.path.dirname(archive), tree.objects))
        with open(archive, "rb") as file:
            # A thin archive, which has the paths of its members as text: each is a line that ends in a slash.
            paths = [text.rpartition(b"\n")[2] for text in file.read().split(b"/\n")]
        members.update(os.path.normpath(os.path.join(folder, path)) for path in paths)
    return members if archives else None
