"""A workspace with examples/linux and a kernel's sources to edit."""

import os
import pathlib
import shutil
import subprocess
import time

from tests.integration import example

# The next run of these tests does not build an unchanged kernel again.
DISK_CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache", "ksyms_rules/disk_cache")
# As users of a build farm build. Not --remote_download_outputs=all: with it, Bazel 7.7 forgets the unread sources of an
# action that was a cache hit.
_CACHED = ("--config=remote-cache", "--remote_download_outputs=toplevel", f"--disk_cache={DISK_CACHE}")
# The outputs of the kernel target that other targets use.
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
    """Returns the path of a source in the kernel's tree, from its path `external/REPOSITORY/…`."""
    return path.split("/", 2)[2]


class KernelWorkspace(example.Example):
    """A copy of examples/linux, in which one of its kernels can be built.

    Attributes:
      kernel: name of the kernel, and prefix of its targets and name of its repository.
      sources: pathlib.Path of its sources.
    """

    def __init__(self, folder, kernel, flags=(), machine=None):
        """Copies the example and links the sources.

        Args:
          folder: pathlib.Path, which must not exist yet.
          kernel: `linux_6_1`, `linux_6_12` or `linux_7_2`.
          flags: flags for every build, without those for the disk cache.
          machine: see NestedBazel.
        """
        super().__init__(folder, "linux", flags, machine)
        self.kernel = kernel
        self._originals = {}
        self.sources = folder / kernel
        original = pathlib.Path(os.environ["KSYMS_KERNEL_MAKEFILE"]).resolve().parent
        # Hard links, so that copies of a kernel cost no time; `edit_kernel` writes a new file.
        subprocess.run(["cp", "--archive", "--link", original, self.sources], check=True)
        self.append("MODULE.bazel", _SOURCES.format(name=kernel, path=self.sources))

    def target(self, suffix=""):
        return f"//:{self.kernel}{suffix}"

    def everything(self):
        """Returns the targets of most builds: the kernel, its modules, and the external module."""
        return [self.target(suffix) for suffix in ("", "_config", "_hello", "_modules", "_raw_symbol_list")]

    def build_cached(self, *targets):
        """Builds with the disk cache that all runs of these tests share; Bazel touches the files that it uses."""
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
        """Undoes all edits of kernel sources."""
        for path, text in self._originals.items():
            path.write_text(text)
        self._originals.clear()

    def spoil_sources(self, paths, names):
        """Makes kernel sources useless: replaces the content of those that are among `names`, and removes the rest."""
        named = {_in_tree(name) for name in names}
        for path in map(_in_tree, paths):
            (self.sources / path).unlink()
            if path in named:
                (self.sources / path).write_text("#error this file is unread\n")

    @staticmethod
    def prune_cache():
        """Removes files from the disk cache that no build of the last two weeks has used."""
        for path in DISK_CACHE.rglob("*"):
            if path.is_file() and time.time() - path.stat().st_mtime > _UNUSED_SECONDS:
                path.unlink()

    def kernel_and_modules(self):
        """Returns {file name: bytes} of the built kernel and modules."""
        folder = self.path / "bazel-bin"
        modules = [path for name in ("_modules", "_hello") for path in (folder / (self.kernel + name)).rglob("*.ko")]
        return {path.name: path.read_bytes() for path in [*modules, *(folder / self.kernel / name for name in BUILT)]}

    def text(self, path):
        return self.output(path).decode()

    def release(self):
        """Returns the kernel's release, as `uname -r` prints it."""
        return self.text(f"{self.kernel}_config/prepared/objects/include/config/kernel.release").strip()

    def close(self):
        super().close()
        shutil.rmtree(self.sources)
