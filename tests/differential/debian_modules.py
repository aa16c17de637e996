"""Debian's kernel modules, and the symbols that binutils' nm finds in objects."""

import collections
import concurrent.futures
import dataclasses
import functools
import os
import pathlib
import subprocess

# A package with fewer modules than this is not the one that the tests expect.
_AT_LEAST = 1000
_BATCH = 256  # files per nm process: starting nm costs more than reading most modules


@dataclasses.dataclass
class NmSymbols:
    """The symbols that nm finds in one object, in the order of its symbol table.

    Attributes:
      undefined: [bytes], of type `U`.
      weak: [bytes], of type `w` or `v`.
      exported: [bytes], the names after `__ksymtab_`.
    """

    undefined: list = dataclasses.field(default_factory=list)
    weak: list = dataclasses.field(default_factory=list)
    exported: list = dataclasses.field(default_factory=list)


@functools.cache
def paths():
    """Returns the sorted paths of all modules of the package."""
    folder = pathlib.Path(os.environ["DEBIAN_LINUX_IMAGE"]).absolute().parent
    found = sorted(str(path) for path in folder.glob("lib/modules/**/*.ko"))
    if len(found) < _AT_LEAST:
        raise AssertionError(f"{folder} has {len(found)} modules, expected {_AT_LEAST} or more")
    return found


def batches(files):
    """Splits the files, in order, into lists that one process can take as arguments."""
    return [files[start : start + _BATCH] for start in range(0, len(files), _BATCH)]


def nm(files):
    """Returns {path: NmSymbols}."""
    result = {path: NmSymbols() for path in files}
    with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as threads:
        for symbols in threads.map(_nm_batch, batches(files)):
            result.update(symbols)
    return result


def _nm_batch(files):
    # An output line is `path:value type name`, without a value for an undefined symbol.
    process = subprocess.run(["nm", "-A", "-p", *files], capture_output=True, check=True)
    symbols = collections.defaultdict(NmSymbols)
    for line in process.stdout.splitlines():
        kind, name = line.split()[-2:]
        if kind in b"U w v".split():
            path = line.split(b":", 1)[0].decode()
            (symbols[path].undefined if kind == b"U" else symbols[path].weak).append(name)
        elif name.startswith(b"__ksymtab_"):
            symbols[line.split(b":", 1)[0].decode()].exported.append(name.removeprefix(b"__ksymtab_"))
    return symbols
