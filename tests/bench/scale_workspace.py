"""A Bazel workspace with generated modules, in as many targets as asked for, each in a package of its own."""

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
# Bazel 7 looks for each file among all of its folder (DefaultSyscallCache.getType): with thousands in one that would be
# what is measured. Hardly a source tree has them so.
_A_FOLDER = 64


class ScaleWorkspace(example.LoggedBazel):
    """Some number of modules in some number of targets; `fill` says how many."""

    def __init__(self, folder, flags=()):
        super().__init__(folder, "ksyms_scale")
        self._build_flags = flags
        self._template = generated_modules.Template()
        (self.path / "symbol_list").write_text("printk\n")
        self._needs, self._targets = [], 0

    def fill(self, needs, targets):
        """Replaces all modules, and the server that knew them.

        Args:
          needs: [[int]], the symbols of each module.
          targets: how many; neighbours in `needs` go to different ones.
        """
        self.bazel("shutdown")
        for package in self.path.glob("t*"):
            shutil.rmtree(package)
        self._needs, self._targets = [list(symbols) for symbols in needs], targets
        (self.path / "BUILD.bazel").write_text(_BUILD.format(targets=targets))
        for target in range(targets):
            for folder in range(-(-len(needs) // targets // _A_FOLDER)):
                (self.path / f"t{target}/f{folder}").mkdir(parents=True)
            (self.path / f"t{target}" / "BUILD.bazel").write_text(_PACKAGE)
        for number, symbols in enumerate(self._needs):
            self._template.write(self._module(number), symbols)
        self._timed(_WITHOUT_MODULES)  # starts the server, and reads ksyms_rules and its tools

    def _module(self, number):
        in_target, target = divmod(number, self._targets)
        return self.path / f"t{target}/f{in_target // _A_FOLDER}/m{number}.ko"

    def change_bytes(self):
        """Changes a module and not its symbols."""
        with open(self._module(0), "ab") as module:
            module.write(b"\0")

    def change_symbols(self):
        """Makes a module need a symbol that no other does, in place of one that some do."""
        self._needs[0][-1] = 1 + max(max(symbols) for symbols in self._needs)
        self._template.write(self._module(0), self._needs[0])

    def seconds(self):
        """Builds the header; returns the time by Bazel's own clock."""
        return self._timed(_ALL)

    def _timed(self, target):
        return float(_ELAPSED.search(self.bazel("build", *self._build_flags, target)).group(1))

    def spawns(self):
        """Builds the header; returns what that ran, as Bazel's execution log has it."""
        return self.build(*self._build_flags, _ALL).spawns

    def check_header(self):
        """Raises ValueError if the header has other symbols than the modules need."""
        symbols = set().union(*self._needs)
        if _DEFINE.findall(self.output(_HEADER)) != sorted(map(generated_modules.name, symbols)):
            raise ValueError(f"the header of {len(self._needs)} modules has other symbols than they need")

    def usyms(self):
        """The targets' `.usyms` files."""
        folder = self.path / "bazel-bin/autoksyms.ksyms"
        return [folder / f"t{target}" / "modules.usyms" for target in range(self._targets)]

    def heap_megabytes(self):
        """What the server keeps in memory."""
        return int(self.info("used-heap-size-after-gc").removesuffix("MB"))

    def worker_megabytes(self):
        """Peak resident memory of the largest worker."""
        return max((_peak_megabytes(process) for process in self._workers()), default=0)

    def worker_seconds(self):
        """Processor time that all workers have used so far."""
        return sum(_processor_seconds(process) for process in self._workers())

    def _workers(self):
        """Their folders in /proc."""
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
    """Of the main thread, which is all that a worker has."""
    return int((process / "schedstat").read_text().split()[0]) / 1e9
