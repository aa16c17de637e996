"""A Bazel workspace with generated modules in any number of targets, one per package."""

import contextlib
import os
import pathlib
import re
import shutil

import generated_modules
from tests.integration import example

_ELAPSED = re.compile(r"Elapsed time: ([0-9.]+)s")
_DEFINE = re.compile(rb"^#define __KSYM_(\S+) 1$", re.MULTILINE)
_PEAK = re.compile(r"^VmHWM:\s+([0-9]+) kB$", re.MULTILINE)
_HEADER = "autoksyms/include/generated/autoksyms.h"
_ALL, _WITHOUT_MODULES = "//:autoksyms", "//:without_modules"

_BUILD = """\
load("@ksyms_rules//ksyms_rules:defs.bzl", "autoksyms_header")

autoksyms_header(name = "autoksyms", modules = ["//t%d:modules" % number for number in range({targets})])

autoksyms_header(name = "without_modules", symbol_lists = ["symbol_list"])
"""
_PACKAGE = 'filegroup(name = "modules", srcs = glob(["**/*.ko"]), visibility = ["//visibility:public"])\n'
# For each file, Bazel 7 searches the list of its folder (DefaultSyscallCache.getType). With thousands of files per
# folder, which are rare in source trees, that search would be most of what is measured.
_FILES_PER_FOLDER = 64


class ScaleWorkspace(example.LoggedBazel):
    """Modules in targets; `fill` sets how many."""

    def __init__(self, folder, flags=()):
        super().__init__(folder, "ksyms_scale")
        self._build_flags = flags
        self._template = generated_modules.Template()
        (self.path / "symbol_list").write_text("printk\n")
        self._needs, self._targets = [], 0

    def fill(self, needs, targets):
        """Replaces all modules, and restarts the server so that it has no memory of them.

        Args:
          needs: [[int]], the undefined symbols of each module.
          targets: number of targets; neighbours in `needs` go to different targets.
        """
        self.bazel("shutdown")
        for package in self.path.glob("t*"):
            shutil.rmtree(package)
        self._needs, self._targets = [list(symbols) for symbols in needs], targets
        (self.path / "BUILD.bazel").write_text(_BUILD.format(targets=targets))
        for target in range(targets):
            for folder in range(-(-len(needs) // targets // _FILES_PER_FOLDER)):
                (self.path / f"t{target}/f{folder}").mkdir(parents=True)
            (self.path / f"t{target}" / "BUILD.bazel").write_text(_PACKAGE)
        for number, symbols in enumerate(self._needs):
            self._template.write(self._module(number), symbols)
        self._timed(_WITHOUT_MODULES)  # starts the server, and loads ksyms_rules and its tools

    def _module(self, number):
        in_target, target = divmod(number, self._targets)
        return self.path / f"t{target}/f{in_target // _FILES_PER_FOLDER}/m{number}.ko"

    def change_bytes(self):
        """Changes the bytes of a module, but not its symbols."""
        with open(self._module(0), "ab") as module:
            module.write(b"\0")

    def change_symbols(self):
        """Replaces an undefined symbol of a module, which others may have too, by one that no other module has."""
        self._needs[0][-1] = 1 + max(max(symbols) for symbols in self._needs)
        self._template.write(self._module(0), self._needs[0])

    def seconds(self):
        """Builds the header; returns the time that Bazel reports."""
        return self._timed(_ALL)

    def _timed(self, target):
        return float(_ELAPSED.search(self.bazel("build", *self._build_flags, target)).group(1))

    def spawns(self):
        """Builds the header; returns the executed actions, from Bazel's execution log."""
        return self.build(*self._build_flags, _ALL).spawns

    def check_header(self):
        """Raises ValueError if the symbols in the header are not those that the modules need."""
        symbols = set().union(*self._needs)
        if _DEFINE.findall(self.output(_HEADER)) != sorted(map(generated_modules.name, symbols)):
            raise ValueError(f"the header of {len(self._needs)} modules does not have the symbols that they need")

    def usyms(self):
        """Returns the paths of the targets' `.usyms` files."""
        folder = self.path / "bazel-bin/autoksyms.ksyms"
        return [folder / f"t{target}" / "modules.usyms" for target in range(self._targets)]

    def heap_megabytes(self):
        """Returns the size of the server's heap after garbage collection."""
        return int(self.info("used-heap-size-after-gc").removesuffix("MB"))

    def worker_megabytes(self):
        """Returns the peak resident memory of the largest worker."""
        return max((_peak_megabytes(process) for process in self._workers()), default=0)

    def worker_seconds(self):
        """Returns the processor time that all workers have used so far."""
        return sum(_processor_seconds(process) for process in self._workers())

    def _workers(self):
        """Yields the folders of the workers in /proc."""
        execution_root = self.info("execution_root")
        for process in pathlib.Path("/proc").glob("[0-9]*"):
            # A process may end at any time.
            with contextlib.suppress(OSError):
                runs_here = os.readlink(process / "cwd").startswith(execution_root)
                if runs_here and b"--persistent_worker" in (process / "cmdline").read_bytes():
                    yield process


def _peak_megabytes(process):
    return int(_PEAK.search((process / "status").read_text()).group(1)) / 1024


def _processor_seconds(process):
    """Returns the processor time of the main thread, which is a worker's only one."""
    return int((process / "schedstat").read_text().split()[0]) / 1e9
