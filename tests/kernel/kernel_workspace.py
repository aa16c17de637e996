"""A workspace with examples/linux and a kernel's sources to edit."""

import os
import pathlib
import shutil
import subprocess
import time

from tests.integration import example

# Kernels that nothing has changed are not built again by the next run of these tests.
DISK_CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache", "ksyms_rules/disk_cache")
# As everybody of a farm builds. Not --remote_download_outputs=all: with it Bazel 7.7 forgets what an action that was a
# cache hit has not read.
_CACHED = ("--config=remote-cache", "--remote_download_outputs=toplevel", f"--disk_cache={DISK_CACHE}")
# Of the kernel itself, what others take.
BUILT = ("vmlinux", "bzImage", "System.map", "vmlinux.symvers")
_UNUSED_SECONDS = 14 * 24 * 3600

_SOURCES = """
local_repository = use_repo_rule("@bazel_tools//tools/build_defs/repo:local.bzl", "local_repository")

local_repository(
    name = "{name}",
    path = "{path}",
)
"""


def _in_tree(path):
    """Path in the kernel's tree of a source, which Bazel names below the folder of its repository."""
    return path.split("/", 2)[2]


class KernelWorkspace(example.Example):
    """A copy of examples/linux, in which one of its kernels can be built.

    Attributes:
      kernel: name of the kernel, which is also that of its targets and repository.
      sources: pathlib.Path of its sources.
    """

    def __init__(self, folder, kernel, flags=(), machine=None):
        """Copies the example and links the sources.

        Args:
          folder: pathlib.Path, new.
          kernel: `linux_6_1` or `linux_6_12`.
          flags: of every build, but for the disk cache.
          machine: see NestedBazel.
        """
        super().__init__(folder, "linux", flags, machine)
        self.kernel = kernel
        self._originals = {}
        self.sources = folder / kernel
        original = pathlib.Path(os.environ["KSYMS_KERNEL_MAKEFILE"]).resolve().parent
        # Hard links: `edit` writes a new file, and copies of a kernel cost no time.
        subprocess.run(["cp", "--archive", "--link", original, self.sources], check=True)
        self.append("MODULE.bazel", _SOURCES.format(name=kernel, path=self.sources))

    def target(self, suffix=""):
        return f"//:{self.kernel}{suffix}"

    def everything(self):
        """What most builds are about: the kernel, its modules, and the external one."""
        return [self.target(suffix) for suffix in ("", "_config", "_hello", "_modules", "_raw_symbol_list")]

    def build_cached(self, *targets):
        """Builds with the disk cache that all runs of these tests share; Bazel touches what it uses of it."""
        return self.build(*targets, *_CACHED)

    def edit_kernel(self, file, old, new):
        """Replaces the first occurrence of `old` in a kernel source."""
        path = self.sources / file
        text = path.read_text()
        if old not in text:
            raise AssertionError(f"{file} has no {old!r}")
        self._originals.setdefault(path, text)
        path.unlink()
        path.write_text(text.replace(old, new, 1))

    def restore_kernel(self):
        """Takes all edits of kernel sources back."""
        for path, text in self._originals.items():
            path.write_text(text)
        self._originals.clear()

    def spoil_sources(self, paths, names):
        """Makes kernel sources useless: those that are among `names` have another content, the rest are removed."""
        named = {_in_tree(name) for name in names}
        for path in map(_in_tree, paths):
            (self.sources / path).unlink()
            if path in named:
                (self.sources / path).write_text("#error nobody reads this\n")

    @staticmethod
    def prune_cache():
        """Removes what no build of the last two weeks has used."""
        for path in DISK_CACHE.rglob("*"):
            if path.is_file() and time.time() - path.stat().st_mtime > _UNUSED_SECONDS:
                path.unlink()

    def kernel_and_modules(self):
        """{file name: bytes} of what is built to be installed."""
        folder = self.path / "bazel-bin"
        modules = [path for name in ("_modules", "_hello") for path in (folder / (self.kernel + name)).rglob("*.ko")]
        return {path.name: path.read_bytes() for path in [*modules, *(folder / self.kernel / name for name in BUILT)]}

    def text(self, path):
        return self.output(path).decode()

    def release(self):
        """The kernel's release, as `uname -r` prints it."""
        return self.text(f"{self.kernel}_config/prepared/objects/include/config/kernel.release").strip()

    def close(self):
        super().close()
        shutil.rmtree(self.sources)
