"""A Bazel workspace with a distribution's modules, as its own module that uses ksyms_rules."""

import dataclasses
import os
import re
import shutil
import subprocess
import time

_GROUPS = 400
# Variables by which the outer Bazel and its Python would leak into the inner one.
_LEAKS = ("BAZEL_", "BUILD_", "JAVA_", "PYTHON", "RUNFILES_", "TEST_")
_ELAPSED = re.compile(r"Elapsed time: ([0-9.]+)s")

_MODULE = """\
module(name = "ksyms_bench")

bazel_dep(name = "ksyms_rules", version = "")
local_path_override(module_name = "ksyms_rules", path = "{repository}")
"""

_BUILD = """\
load("@ksyms_rules//ksyms_rules:defs.bzl", "autoksyms_header")

GROUPS = {groups}

filegroup(name = "nothing")

filegroup(name = "modules", srcs = glob(["modules/**"]))

autoksyms_header(name = "one_target", modules = [":modules"])

[filegroup(name = "group_%d" % number, srcs = files) for number, files in enumerate(GROUPS)]

autoksyms_header(name = "many_targets", modules = ["group_%d" % number for number in range(len(GROUPS))])
"""


@dataclasses.dataclass(frozen=True)
class Build:
    """Time of one build in seconds: by the wall clock, and as Bazel reports it."""

    seconds: float
    bazel_seconds: float


class Workspace:
    """Copies of the modules, and a Bazel server of its own."""

    def __init__(self, folder, repository, modules, flags=()):
        """Writes the workspace.

        Args:
          folder: pathlib.Path to write to.
          repository: pathlib.Path of the ksyms_rules sources; its tools/bazel is used.
          modules: [pathlib.Path]
          flags: [str], of every build.
        """
        self._source = folder / "src"
        self._out = folder / "out"
        self._flags = flags
        self._launcher = repository / "tools/bazel"
        root = os.path.commonpath(modules)
        names = [os.path.join("modules", os.path.relpath(module, root)) for module in modules]
        for name, module in zip(names, modules, strict=True):
            (self._source / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(module, self._source / name)
        self.modules = [self._source / name for name in names]
        groups = [names[number::_GROUPS] for number in range(_GROUPS)]
        (self._source / "MODULE.bazel").write_text(_MODULE.format(repository=repository))
        (self._source / ".bazelrc").write_text((repository / ".bazelrc").read_text())
        (self._source / "BUILD.bazel").write_text(_BUILD.format(groups=groups))

    def build(self, *arguments):
        """Runs `bazel build`; returns Build."""
        return self.bazel("build", *self._flags, *arguments)

    def bazel(self, command, *arguments):
        """Runs Bazel; returns Build.

        Raises:
          ValueError: it failed; with its messages.
        """
        environment = {key: value for key, value in os.environ.items() if not key.startswith(_LEAKS)}
        start = time.perf_counter()
        result = subprocess.run(
            [self._launcher, f"--output_user_root={self._out}", "--max_idle_secs=60", command, *arguments],
            cwd=self._source,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        seconds = time.perf_counter() - start
        if result.returncode:
            raise ValueError(f"bazel {command} failed with {result.returncode}:\n{result.stderr}")
        elapsed = _ELAPSED.search(result.stderr)
        return Build(seconds, float(elapsed.group(1)) if elapsed else seconds)

    def header(self, target):
        """Text of the built header."""
        return (self._source / "bazel-bin" / target / "include/generated/autoksyms.h").read_text()

    def close(self):
        """Stops the server and makes its outputs removable."""
        self.bazel("clean", "--expunge")
        for folder, _, _ in os.walk(self._out):
            os.chmod(folder, 0o755)
