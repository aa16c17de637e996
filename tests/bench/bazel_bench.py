"""Times Bazel with a distribution's modules: a clean build, a build with nothing to do, and one changed module."""

import functools
import os
import re
import statistics

from bazel_workspace import Build
from ksyms.formats import symbol_names
from table import Row

_DEFINE = re.compile(r"^#define __KSYM_(\S+) 1$", re.MULTILINE)
_WORKER = "--strategy=KsymsExtract=worker"
_SANDBOX = "--strategy=KsymsExtract=sandboxed"
_ONE, _MANY, _NOTHING = "//:one_target", "//:many_targets", "//:nothing"
# Limits for builds with workers, Bazel's default. Without them, the time of a sandbox with 4,000 links or of 400
# interpreters depends on the file system.
_LIMIT_SECONDS = {"cold, one target": 3, "one module changed": 0.7, "cold, 400 targets": 8}
_OVERHEAD_TARGET_SECONDS = 0.1
_LIST_TARGET = 1.5
_EXTRACTION, _LIST = "cold, extraction alone", "cold, KMI symbol list"
_NO_OP, _NO_OP_OF_NOTHING = "no-op", "no-op of an empty target"


def run(symbols, workspace, rounds, progress):
    """Checks the header, then measures.

    Args:
      symbols: {bytes}, the undefined symbols of the modules.
      workspace: bazel_workspace.Workspace with those modules; closed at the end.
      rounds: how often each is measured.
      progress: function that is called with each line of progress.

    Returns:
      [Row]

    Raises:
      AssertionError: Bazel failed.
      ValueError: the header has other symbols.
    """
    try:
        _check(workspace, symbols, progress)
        samples = {}
        for number in range(1, rounds + 1):
            for name, measured in _scenarios(workspace).items():
                samples.setdefault(name, []).append(measured())
                progress(f"round {number} of {rounds}: {name}: {samples[name][-1].seconds:.2f} s")
    finally:
        workspace.close()
    medians = {
        name: Build(
            statistics.median(build.seconds for build in builds),
            statistics.median(build.bazel_seconds for build in builds),
        )
        for name, builds in samples.items()
    }
    return _rows(medians)


def _check(workspace, symbols, progress):
    progress("building once, to fetch dependencies and start the server")
    expected = [name.decode() for name in symbol_names.exported_set(symbols, (), modversions=False)]
    for target in (_ONE, _MANY):
        workspace.build(target)
        if _DEFINE.findall(workspace.header(target.removeprefix("//:"))) != expected:
            raise ValueError(f"the symbols in the header of {target} differ from those that the reader found")


def _scenarios(workspace):
    """Returns {name: function}, what is measured; the order gives each function the state that it needs."""
    cold, changed, again = (functools.partial(how, workspace) for how in (_cold, _changed, _again))
    return {
        "cold, one target": lambda: cold(_ONE, _WORKER),
        "one module changed": lambda: changed(_ONE, _WORKER),
        _NO_OP: lambda: again(_ONE),
        _NO_OP_OF_NOTHING: lambda: again(_NOTHING),
        _LIST: lambda: cold("//:kmi_list", _WORKER),
        _EXTRACTION: lambda: cold("//:extracted", _WORKER),
        "cold, 400 targets": lambda: cold(_MANY, _WORKER),
        "one module changed of 400 targets": lambda: changed(_MANY, _WORKER),
        "no worker: cold, one target": lambda: cold(_ONE, _SANDBOX),
        "no worker: one module changed": lambda: changed(_ONE, _SANDBOX),
        "no worker: cold, 400 targets": lambda: cold(_MANY, _SANDBOX),
        "no worker: one module changed of 400 targets": lambda: changed(_MANY, _SANDBOX),
    }


def _cold(workspace, target, strategy):
    """Builds with a running server that has no outputs, cached actions, workers or file digests."""
    workspace.bazel("clean")
    for module in workspace.modules:
        os.utime(module)
    return workspace.build(strategy, target)


def _changed(workspace, target, strategy):
    """Builds after the bytes of a module have changed, but not its symbols."""
    workspace.build(strategy, target)
    with open(workspace.modules[0], "ab") as module:
        module.write(b"\0")
    return workspace.build(strategy, target)


def _again(workspace, target):
    workspace.build(target)
    return workspace.build(target)


def _rows(builds):
    rows = []
    for name, build in builds.items():
        target, met = "", None
        if name in _LIMIT_SECONDS:
            target, met = f"<= {_LIMIT_SECONDS[name]} s", build.bazel_seconds <= _LIMIT_SECONDS[name]
        elif name == _NO_OP:
            overhead = build.bazel_seconds - builds[_NO_OP_OF_NOTHING].bazel_seconds
            target, met = f"<= next + {_OVERHEAD_TARGET_SECONDS} s", overhead <= _OVERHEAD_TARGET_SECONDS
        elif name == _LIST:
            target = f"<= {_LIST_TARGET}x of next"
            met = build.bazel_seconds <= _LIST_TARGET * builds[_EXTRACTION].bazel_seconds
        ratio = build.bazel_seconds / builds[_NO_OP_OF_NOTHING].bazel_seconds
        rows.append(Row(name, build.seconds, None, None, build.bazel_seconds, ratio, target, met))
    return rows
