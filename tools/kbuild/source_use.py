"""Which sources a kernel build never read, from kbuild's own `.cmd` files."""

import os
import re

from build_tree import sources

# Only these are said to be unread. kbuild's commands name every other file that they read by other means than
# a compiler, or it is a Makefile, a script or a table that no `.cmd` file has to name.
_ENDINGS = (".c", ".h", ".S", ".rs", ".dts", ".dtsi")
# Built by rules of their own, or read by scripts that say nothing.
_ALWAYS_READ = ("scripts/", "tools/")
# With this option the kernel packs all headers into itself (kernel/gen_kheaders.sh).
_ALL_HEADERS = "CONFIG_IKHEADERS"
# In each command that compiles a part of a module (KBUILD_CFLAGS_MODULE, KBUILD_AFLAGS_MODULE).
_OF_A_MODULE = b" -DMODULE "
_REST = rb"/([^\s\\'\"();:|]+)"


def unread(tree, source_root, options, own, of_modules=True):
    """Lists sources that no command of a build has read.

    Args:
      tree: build_tree.BuildTree, built.
      source_root: path of the kernel's sources, as Bazel names it.
      options: {name: value} of the configuration.
      own: [path] of an external module's sources, which may lie in the kernel's folder; all count as read.
      of_modules: whether what modules have read counts, if the tree has modules.

    Returns:
      [path], below `source_root`, sorted.
    """
    if options.get(_ALL_HEADERS):
        return []
    read = _read(tree, of_modules)
    found = {
        os.path.join(source_root, path)
        for path, _ in sources(source_root)
        if path.endswith(_ENDINGS) and path not in read and not path.startswith(_ALWAYS_READ)
    }
    return sorted(found.difference(own))


def _read(tree, of_modules):
    """Paths, relative to the sources, that any command or dependency of a build names."""
    # From the objects' folder it is `..`; since Linux 6.13 external modules name the sources by their absolute path.
    patterns = {place + b"/": re.compile(re.escape(place) + _REST) for place in (b"..", *tree.places)}
    named, in_vmlinux = set(), _members_of_vmlinux(tree)
    for top in (tree.objects, tree.external):
        for folder, _, names in os.walk(top):
            for name in names:
                if name.endswith((".cmd", ".d")):
                    with open(os.path.join(folder, name), "rb") as file:
                        text = file.read()
                    if of_modules or _OF_A_MODULE not in text or in_vmlinux(folder, name):
                        for start, pattern in patterns.items():
                            if start in text:
                                named.update(pattern.findall(text))
    # Of include/dt-bindings/clock/qcom,gcc-sm8450.h it is part of the name, elsewhere it may stand between two.
    for path in [path for path in named if b"," in path]:
        named.add(path.partition(b",")[0])
        named.update(found for pattern in patterns.values() for found in pattern.findall(path))
    # As in ../include/linux/../../arch/x86/include/asm/page.h
    return {os.path.normpath(os.fsdecode(path)) for path in named}


def _members_of_vmlinux(tree):
    """Gives a function that says whether a `.cmd` file, of this folder and name, is that of an object in vmlinux.

    An object that vmlinux and a module share is compiled as a module's.
    """
    try:
        with open(os.path.join(tree.objects, "vmlinux.a"), "rb") as file:
            # A thin archive, which has the paths of its members as text: each is a line that ends in a slash.
            members = {text.rpartition(b"\n")[2] for text in file.read().split(b"/\n")}
    except FileNotFoundError:
        return lambda folder, name: True

    def is_member(folder, name):
        path = os.path.relpath(os.path.join(folder, name[1 : -len(".cmd")]), tree.objects)
        return os.fsencode(path) in members or os.path.exists(os.path.join(folder, "lib.a"))

    return is_member
