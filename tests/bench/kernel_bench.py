"""Measures edits of a real kernel: links of vmlinux and seconds, with plain make and with ksyms_rules.

It takes half an hour on two cores with gcc, and longer with clang and full LTO. Each edit is built by three builders:
plain make in a separate folder, the rules by default, and the rules with kept objects (--//ksyms_rules:kept_objects).
Plain make is run again if it fails, as Linux 6.1 does for a new symbol. After its first build, each builder builds
three more times without a change, because Bazel's server, a Java program, is slower in its first builds. After each
edit, the rules have to give the same vmlinux with and without kept objects, byte for byte. The exit status is 1 if they
do not, or if a target is missed.
"""

import dataclasses
import hashlib
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

from absl import app, flags

import table
from tests.kernel import kernel_workspace

_KERNEL = flags.DEFINE_enum("kernel", "linux_6_12", ["linux_6_1", "linux_6_12"], "Which kernel to build.")
_TOOLCHAIN = flags.DEFINE_enum("toolchain", "gcc", ["gcc", "llvm_lto"], "Compiler: gcc, or clang with full LTO.")
_BUILDERS = flags.DEFINE_list("builders", ["plain", "ours", "kept"], "Which builders to measure.")
_SLOW = flags.DEFINE_bool("slow", True, "Whether to measure 'ours' for edits that compile the whole kernel.")

_DUMMY = "drivers/net/dummy.c"
_CALL = "\tether_setup(dev);\n"
# {name of the edit: (file, old, new)}; applied one after the other to the same tree.
_EDITS = {
    "from clean": None,
    "nothing changed": None,
    "body of a module": (_DUMMY, "numdummies = 1;", "numdummies = 2;"),
    "new use of an exported symbol": (_DUMMY, _CALL, "\tkfree(NULL);\n" + _CALL),
    "new symbol": (_DUMMY, _CALL, "\tdump_stack();\n" + _CALL),
    "symbol dropped": (_DUMMY, "\tdump_stack();\n", ""),
    "built-in source": ("init/main.c", "Kernel command line: ", "Command line: "),
}
_WARMING = 3
# Limit for an edit for which both link vmlinux: time with kept objects, as a multiple of plain make's.
_KEPT_TARGET, _LINKING = 2, ("new symbol", "symbol dropped", "built-in source")
# After these edits the rules without kept objects compile the whole kernel.
_COMPILING_ALL = {"linux_6_1": _LINKING, "linux_6_12": ("built-in source",)}
_LTO = "CONFIG_LTO_CLANG_FULL=y\n# CONFIG_LTO_NONE is not set\n"
_LINK = re.compile(rb"^  LD +vmlinux\.o$", re.MULTILINE)
_FINAL_LINK = re.compile(rb"^  LD +vmlinux$", re.MULTILINE)


@dataclasses.dataclass(frozen=True)
class _Result:
    """Result of one edit: wall time, links of vmlinux.o and of vmlinux, runs of make, and the digest of vmlinux."""

    seconds: float
    links: int
    final_links: int
    runs: int = 1
    digest: str = ""

    def __str__(self):
        again = f", {self.runs} makes" if self.runs > 1 else ""
        return f"vmlinux.o {self.links}, vmlinux {self.final_links}{again}"


def _links(printed):
    """Returns how often make has linked vmlinux.o and vmlinux."""
    return len(_LINK.findall(printed)), len(_FINAL_LINK.findall(printed))


class _Plain:
    """Plain make, in a separate folder for objects."""

    def __init__(self, workspace, scratch):
        self._objects = scratch / "objects"
        self._command = ["make", "-C", workspace.sources, f"O={self._objects}", f"-j{os.cpu_count()}"]
        if _TOOLCHAIN.value == "llvm_lto":
            self._command.append("LLVM=1")
        self._objects.mkdir()
        config = workspace.text(f"{workspace.kernel}_config/config")
        (self._objects / ".config").write_text(config)
        (workspace.sources / "raw_symbol_list.txt").write_text("kfree\n")

    def build(self):
        start, printed = time.monotonic(), b""
        for runs in (1, 2):
            result = subprocess.run(self._command, capture_output=True, check=False)
            printed += result.stdout
            if not result.returncode:
                return _Result(time.monotonic() - start, *_links(printed), runs)
        raise AssertionError(result.stderr.decode())


class _Bazel:
    """The rules."""

    def __init__(self, workspace, kept_objects):
        self._workspace = workspace
        self._flags = [f"--@ksyms_rules//ksyms_rules:kept_objects={kept_objects}"] if kept_objects else []

    def build(self):
        workspace, kernel = self._workspace, self._workspace.kernel
        began, start = time.time(), time.monotonic()
        # Without an execution log: with fifty thousand inputs per action it takes seconds to write.
        workspace.bazel("build", *workspace.flags, *self._flags, f"//:{kernel}", f"//:{kernel}_modules")
        seconds = time.monotonic() - start
        logs = (workspace.path / f"bazel-bin/{kernel}").glob("*.log")
        printed = b"".join(log.read_bytes() for log in logs if log.stat().st_mtime >= began)
        vmlinux = hashlib.sha256(workspace.output(f"{kernel}/vmlinux")).hexdigest()
        return _Result(seconds, *_links(printed), digest=vmlinux)


def _progress(line):
    print(line, file=sys.stderr, flush=True)


def _workspace(folder):
    workspace = kernel_workspace.KernelWorkspace(folder, _KERNEL.value, ["--output_groups=+log"])
    if _TOOLCHAIN.value == "llvm_lto":
        workspace.append("small.config", _LTO)
        workspace.edit("BUILD.bazel", "trim = trim,", 'trim = trim, toolchain = "llvm",')
    return workspace


def _measure(name, scratch):
    """Builds every edit with one builder; returns {edit: _Result}."""
    workspace = _workspace(scratch / name)
    try:
        if name == "plain":
            workspace.build(workspace.target("_config"))
            builder = _Plain(workspace, scratch / name)
        else:
            builder = _Bazel(workspace, scratch / name / "kept" if name == "kept" else None)
        results = {}
        for edit, change in _EDITS.items():
            if change:
                workspace.edit_kernel(*change)
            elif results:
                for _ in range(_WARMING):
                    builder.build()
            if name == "ours" and edit in _COMPILING_ALL[_KERNEL.value] and not _SLOW.value:
                continue
            results[edit] = builder.build()
            _progress(f"{name}: {edit}: {results[edit].seconds:.1f} s, {results[edit]}")
        return results
    finally:
        workspace.close()


def _digests(measured, edit):
    """Returns the digests of the vmlinux files that the rules have built after an edit; one, if they are the same."""
    return {results[edit].digest for results in measured.values() if edit in results} - {""}


def _rows(measured):
    rows = []
    for edit in _EDITS:
        plain = measured["plain"][edit] if "plain" in measured else None
        for name, result in ((name, results[edit]) for name, results in measured.items() if edit in results):
            ratio = result.seconds / plain.seconds if plain else None
            limited = name == "kept" and plain and edit in _LINKING and plain.final_links
            target, met = (f"<= {_KEPT_TARGET}x", ratio <= _KEPT_TARGET) if limited else ("", None)
            rows.append(table.Row(f"{edit}: {name} ({result})", result.seconds, ratio=ratio, target=target, met=met))
    return rows


def main(_):
    os.environ["KSYMS_KERNEL_MAKEFILE"] = os.environ[f"KSYMS_{_KERNEL.value}".upper()]
    # Beside the disk cache, on the file system of Bazel's output base, because the sources are hard links.
    parent = kernel_workspace.DISK_CACHE.parent
    parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=parent) as scratch:
        try:
            measured = {name: _measure(name, pathlib.Path(scratch)) for name in _BUILDERS.value}
        except AssertionError as error:
            print(f"kernel_bench: {error}", file=sys.stderr)
            return 1
    differing = [edit for edit in _EDITS if len(_digests(measured, edit)) > 1]
    if differing:
        print(f"kernel_bench: vmlinux differs with kept objects: {', '.join(differing)}", file=sys.stderr)
        return 1
    rows = _rows(measured)
    print(f"{_KERNEL.value}, {_TOOLCHAIN.value}, {os.cpu_count()} cores\n\n{table.render(rows)}")
    return int(any(row.met is False for row in rows))


if __name__ == "__main__":
    app.run(main)
