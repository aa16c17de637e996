"""Where a step of a kernel build works: a tree of its own, or one that outlives it."""

import contextlib
import json
import os
import shutil

import build_cache
import host_tools
import kernel_config
from build_tree import RAW_SYMBOL_LIST, BuildTree
from make import Make

from errors import KsymsError

# In a tree that `prepare` has saved: how many files each part of the kernel is compiled from.
COMPILATIONS = "compilations.json"
# Of kept folders; another one when what is in them changes.
_LAYOUT = 3
# {ARCH: its folder below arch/, where that is another}, as in the kernel's Makefile.
_FOLDERS = {"i386": "x86", "parisc64": "parisc", "sparc32": "sparc", "sparc64": "sparc", "x86_64": "x86"}
# Options with which `prepare` makes a random seed.
_RANDOM = ("CONFIG_RANDSTRUCT", "CONFIG_GCC_PLUGIN_RANDSTRUCT")


@contextlib.contextmanager
def opened(arguments, counted=""):
    """Gives the tree to build in, with what it starts from.

    Args:
      arguments: of a command.
      counted: whose compilations `prepare` has counted, for the log; empty for nobody's.

    Yields:
      (BuildTree, Make)
    """
    root = os.path.dirname(arguments.kconfig)
    with contextlib.ExitStack() as stack:
        make = Make(arguments.make_var, arguments.llvm, arguments.log, arguments.title)
        if counted:
            with open(os.path.join(arguments.restore[0], COMPILATIONS), encoding="utf-8") as file:
                make.note(f"compilations: {json.load(file)[counted]}")
        if arguments.build_cache:
            tree = stack.enter_context(_kept_tree(arguments, root, make))
        else:
            tree = stack.enter_context(new_tree(arguments, root))
            make.tree = tree
        yield tree, make


@contextlib.contextmanager
def _work_folder(arguments):
    """A folder of this action's own, beside its log; //tools/kbuild:progress knows running actions by it."""
    work = arguments.log + ".work"
    shutil.rmtree(work, ignore_errors=True)
    os.makedirs(work)
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


@contextlib.contextmanager
def new_tree(arguments, root):
    """A tree for this action only."""
    with _work_folder(arguments) as work:
        tree = BuildTree(work, root)
        tree.link_sources(copied=_packed(arguments))
        ensure(os.path.join(tree.sources, RAW_SYMBOL_LIST))
        for saved in getattr(arguments, "restore", ()):
            tree.restore(saved)
        tree.settle()
        yield tree


def _packed(arguments):
    """Folders of the sources that the kernel packs into itself, where links would lead nowhere."""
    if not hasattr(arguments, "config") or not kernel_config.read(arguments.config).get(kernel_config.ALL_HEADERS):
        return []
    architecture = dict(variable.split("=", 1) for variable in arguments.make_var).get("ARCH", "")
    return ["include", f"arch/{_FOLDERS.get(architecture, architecture)}/include"]


@contextlib.contextmanager
def _kept_tree(arguments, root, make):
    """A tree that was left by earlier runs, with today's sources and configuration."""
    _check_keepable(arguments.config, root)
    # All steps use one folder, as plain make does.
    name = f"{_LAYOUT} {os.getcwd()} {arguments.config}"
    identity = host_tools.toolchain(arguments.llvm, arguments.make_var).identity()
    kept = build_cache.opened(arguments.build_cache, name, identity, make.note)
    with _work_folder(arguments), kept as folder:
        sources = os.path.join(folder, "sources")
        # Not through Bazel's links, which every look at a file would follow again.
        changed, paths = build_cache.mirror(os.path.realpath(root), folder, sources)
        make.note(f"{folder}: {changed} sources changed")
        # Links to these, not these: a tree that is saved is restored where there are links.
        tree = make.tree = BuildTree(folder, sources)
        tree.paths = paths
        tree.link_sources()
        # kbuild asks that it is there; the steps that link put in what counts.
        ensure(os.path.join(tree.sources, RAW_SYMBOL_LIST))
        configuration = os.path.join(tree.objects, ".config")
        for saved in arguments.restore:
            # What `prepare` has saved starts a new folder; what other steps have is here, unless it was emptied.
            if not os.path.exists(os.path.join(saved, COMPILATIONS)):
                build_cache.update_all(saved, tree.objects)
            elif not os.path.exists(configuration):
                tree.restore(saved)
                tree.settle()
        if build_cache.update(arguments.config, configuration):
            make.run("modules_prepare")
        yield tree


def _check_keepable(config, root):
    """Checks that a kernel built in a kept folder is that of a new one; raises KsymsError."""
    options, without = kernel_config.read(config), "build without --@ksyms_rules//ksyms_rules:build_cache, or set "
    if any(options.get(option) for option in _RANDOM):
        problem = "randomizes structures, with a seed that kept objects and external modules may not have in common"
        raise KsymsError(config, problem, without + "CONFIG_RANDSTRUCT_NONE=y")
    if options.get(kernel_config.ALL_HEADERS) and kernel_config.kernel_version(root) < (6, 1):
        problem = "packs headers, among which this kernel counts a file for each symbol that it ever exported"
        raise KsymsError(config, problem, f"{without}{kernel_config.ALL_HEADERS}=n")


def is_compiled(arguments, tree, result):
    """Whether an earlier step has compiled here what a link needs: not if a kept folder was emptied since."""
    # Up to Linux 6.4 objects change with the set.
    return arguments.trim == kernel_config.MODPOST and os.path.exists(os.path.join(tree.objects, result))


@contextlib.contextmanager
def emptied(path):
    """Has an empty file in the place of another or of none; what was there is back afterwards, with its time."""
    aside = f"{path}.aside"
    with contextlib.suppress(FileNotFoundError):
        os.rename(path, aside)
    ensure(path)
    try:
        yield
    finally:
        # make removes what it failed to write.
        with contextlib.suppress(FileNotFoundError):
            os.remove(path)
        with contextlib.suppress(FileNotFoundError):
            os.rename(aside, path)


def ensure(path):
    """Makes an empty file unless there is one, whose time then stays as it is."""
    with open(path, "a", encoding="utf-8"):
        pass


def remove(folder, names):
    """Removes files, if they are there."""
    for name in names:
        with contextlib.suppress(FileNotFoundError):
            os.remove(os.path.join(folder, name))
