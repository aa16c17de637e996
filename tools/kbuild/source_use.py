"""Which sources a kernel build never read, from kbuild's own `.cmd` files."""

import os
import re

from build_tree import is_source

# Only these are said to be unread. kbuild's commands name every other file that they read by other means than
# a compiler, or it is a Makefile, a script or a table that no `.cmd` file has to name.
_ENDINGS = (".c", ".h", ".S", ".rs", ".dts", ".dtsi")
# Built by rules of their own, or read by scripts that say nothing.
_ALWAYS_READ = ("scripts", "tools")
# With this option the kernel packs all headers into itself (kernel/gen_kheaders.sh).
_ALL_HEADERS = "CONFIG_IKHEADERS"
_PATH = re.compile(rb"\.\./[^\s\\'\"();:,|]+")


def unread(tree, source_root, options, own):
    """Lists sources that no command of a build has read.

    Args:
      tree: build_tree.BuildTree, built.
      source_root: path of the kernel's sources, as Bazel names it.
      options: {name: value} of the configuration.
      own: [path] of an external module's sources, which may lie in the kernel's folder; all count as read.

    Returns:
      [path], below `source_root`, sorted.
    """
    if options.get(_ALL_HEADERS):
        return []
    read = _read(tree)
    found = []
    for folder, folders, names in os.walk(source_root or ".", followlinks=False):
        inside = os.path.relpath(folder, source_root or ".")
        if inside == ".":
            folders[:] = [name for name in folders if is_source(name) and name not in _ALWAYS_READ]
        for name in names:
            path = os.path.normpath(os.path.join(inside, name))
            if name.endswith(_ENDINGS) and path not in read:
                found.append(os.path.normpath(os.path.join(source_root, path)))
    return sorted(set(found).difference(own))


def _read(tree):
    """Paths, relative to the sources, that any command or dependency of a build names."""
    named = set()
    for top in (tree.objects, tree.external):
        for folder, _, names in os.walk(top):
            for name in names:
                if name.endswith((".cmd", ".d")):
                    with open(os.path.join(folder, name), "rb") as file:
                        named.update(_PATH.findall(file.read()))
    # As in ../include/linux/../../arch/x86/include/asm/page.h
    return {os.path.normpath(os.fsdecode(path)[len("../") :]) for path in named}
