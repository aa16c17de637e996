"""The folder that a step of a kernel build works in: a new one, or that of kept objects."""

import contextlib
import json
import os
import shutil
from collections.abc import Collection, Iterable, Iterator

from kbuild import kept_objects, kernel_config, tree_files
from kbuild.build_log import WORK_SUFFIX, BuildLog
from kbuild.build_step import BuildArguments
from kbuild.build_tree import RAW_SYMBOL_LIST, BuildTree
from kbuild.make import Make
from ksyms.errors import KsymsError

# In a tree that `prepare` has saved: how many files each part of the kernel is compiled from, {part: number}.
COMPILATIONS = "compilations.json"
# Part of the name of a folder of kept objects: to be raised when what is in such folders changes.
_LAYOUT = 3
# {ARCH: its folder below arch/}, where the two differ, as in the kernel's Makefile.
_FOLDERS = {"i386": "x86", "parisc64": "parisc", "sparc32": "sparc", "sparc64": "sparc", "x86_64": "x86"}
# Options with which `prepare` makes a random seed.
_RANDOM = ("CONFIG_RANDSTRUCT", "CONFIG_GCC_PLUGIN_RANDSTRUCT")


@contextlib.contextmanager
def opened(arguments: BuildArguments, counted: str = "") -> Iterator[tuple[BuildTree, Make]]:
    """Gives the tree to build in, with what the step starts from.

    Args:
      arguments: of the step.
      counted: which part of the kernel is compiled, `modules` or `vmlinux`; its count by `prepare` goes to the log.
        Empty for neither.

    Yields:
      The tree, and make for it.

    Raises:
      KsymsError: the folder of kept objects cannot be used, or not for this configuration.
    """
    log = BuildLog(arguments.log)
    if counted:
        with open(os.path.join(arguments.restore[0], COMPILATIONS), encoding="utf-8") as file:
            log.note_compilations(json.load(file)[counted])
    if arguments.kept_objects:
        with _kept_tree(arguments, log) as (tree, make):
            yield tree, make
    else:
        with new_tree(arguments.log, arguments.source_root, _packed(arguments), arguments.restore) as tree:
            yield tree, _make(arguments, tree, log)


@contextlib.contextmanager
def new_tree(
    log: str, source_root: str, copied: Collection[str] = (), restore: Iterable[str] = ()
) -> Iterator[BuildTree]:
    """Gives a tree that only this step uses.

    Args:
      log: path of the step's log.
      source_root: path of the kernel's sources.
      copied: [path] of folders of the sources to copy instead of linking them; see BuildTree.link_sources.
      restore: [path] of saved trees to start from, in this order.
    """
    with _beside(log) as work:
        tree = BuildTree(work, source_root)
        tree.link_sources(copied)
        tree_files.ensure(os.path.join(tree.sources, RAW_SYMBOL_LIST))
        for saved in restore:
            tree.restore(saved)
        tree.settle()
        yield tree


@contextlib.contextmanager
def _beside(log: str) -> Iterator[str]:
    """Gives a folder of this step's own, beside its log; by it //tools/kbuild:progress finds running steps."""
    work = log + WORK_SUFFIX
    shutil.rmtree(work, ignore_errors=True)
    os.makedirs(work)
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _make(arguments: BuildArguments, tree: BuildTree, log: BuildLog) -> Make:
    return Make(tree, log, arguments.make_vars, arguments.llvm, arguments.title)


def _packed(arguments: BuildArguments) -> list[str]:
    """Folders of the sources that the kernel packs into itself; packed links would lead nowhere."""
    if not kernel_config.read(arguments.config).get(kernel_config.ALL_HEADERS):
        return []
    architecture = dict(variable.split("=", 1) for variable in arguments.make_vars).get("ARCH", "")
    return ["include", f"arch/{_FOLDERS.get(architecture, architecture)}/include"]


@contextlib.contextmanager
def _kept_tree(arguments: BuildArguments, log: BuildLog) -> Iterator[tuple[BuildTree, Make]]:
    """Gives the tree that earlier builds have left, with the sources and the configuration of today."""
    _check_keepable(arguments.config, arguments.source_root)
    # One folder for all steps, as with plain make.
    name = f"{_LAYOUT} {os.getcwd()} {arguments.config}"
    kept = kept_objects.opened(arguments.kept_objects, name, arguments.toolchain.identity(), log.note)
    with _beside(arguments.log), kept as folder:
        sources = os.path.join(folder, "sources")
        # The real path, since every access through Bazel's links would follow them again.
        changed, paths = kept_objects.mirror(os.path.realpath(arguments.source_root), folder, sources)
        log.note(f"{folder}: {changed} sources changed")
        # The tree has links to the copies instead of the copies: a saved tree is restored where there are links, too.
        tree = BuildTree(folder, sources)
        make = _make(arguments, tree, log)
        tree.paths = paths
        tree.link_sources()
        # kbuild demands that the list exists. Steps that link write what it must have.
        tree_files.ensure(os.path.join(tree.sources, RAW_SYMBOL_LIST))
        configuration = os.path.join(tree.objects, ".config")
        for saved in arguments.restore:
            # A new folder starts from what `prepare` has saved. What other steps have saved is here already, unless the
            # folder was emptied since.
            if not os.path.exists(os.path.join(saved, COMPILATIONS)):
                kept_objects.update_all(saved, tree.objects)
            elif not os.path.exists(configuration):
                tree.restore(saved)
                tree.settle()
        if kept_objects.update(arguments.config, configuration):
            make.run("modules_prepare")
        yield tree, make


def _check_keepable(config: str, source_root: str) -> None:
    """Checks that kept objects give the same kernel as a build from nothing; raises KsymsError."""
    options, without = kernel_config.read(config), f"build without {kept_objects.FLAG}, or set "
    if any(options.get(option) for option in _RANDOM):
        problem = "randomizes structures, with a seed that may differ between kept objects and external modules"
        raise KsymsError(config, problem, without + "CONFIG_RANDSTRUCT_NONE=y")
    if options.get(kernel_config.ALL_HEADERS) and kernel_config.kernel_version(source_root) < (6, 1):
        problem = (
            "packs all headers, and this kernel counts a file for each symbol that it ever exported as one of them"
        )
        raise KsymsError(config, problem, f"{without}{kernel_config.ALL_HEADERS}=n")
