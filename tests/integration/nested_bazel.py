"""A Bazel workspace of a test or benchmark, which depends on ksyms_rules and has a separate Bazel server."""

import dataclasses
import os
import pathlib
import shutil
import subprocess

# Prefixes of variables through which the outer Bazel and its Python would affect the inner one.
_LEAKS = ("BAZEL_", "BUILD_", "JAVA_", "PYTHON", "RUNFILES_", "TEST_", "XML_")

_MODULE = """\
module(name = "{name}")

bazel_dep(name = "ksyms_rules", version = "")
bazel_dep(name = "rules_cc", version = "0.1.1")
local_path_override(module_name = "ksyms_rules", path = "{repository}")
"""

# A sandbox has a private /tmp, without ksyms_rules if its sources are below the machine's /tmp.
_BAZELRC = "build --sandbox_add_mount_pair=/tmp\n"


def repository():
    """Returns the path of the ksyms_rules sources: the real folder, to which the runfiles link."""
    return pathlib.Path(__file__).resolve().parents[2]


@dataclasses.dataclass(frozen=True)
class Machine:
    """The user, environment and sources of a build.

    Attributes:
      rules: pathlib.Path of the ksyms_rules sources.
      environment: {str: str}, variables that replace those of this process.
      umask: int, of Bazel and the processes that it starts; -1 for that of this process.
    """

    rules: pathlib.Path = dataclasses.field(default_factory=repository)
    environment: dict = dataclasses.field(default_factory=dict)
    umask: int = -1


class NestedBazel:
    """A workspace folder and its Bazel.

    Attributes:
      path: pathlib.Path of the workspace.
    """

    def __init__(self, folder, name, machine=None):
        """Makes the workspace.

        Args:
          folder: pathlib.Path; the sources go to `src` and Bazel's outputs to `out` in it.
          name: name of the module.
          machine: Machine; None for that of this process.
        """
        self.path = folder / "src"
        self._out = folder / "out"
        self._machine = machine or Machine()
        self.path.mkdir(parents=True)
        rules = self._machine.rules
        (self.path / "MODULE.bazel").write_text(_MODULE.format(name=name, repository=rules))
        (self.path / ".bazelrc").write_text((rules / ".bazelrc").read_text() + _BAZELRC)
        shutil.copy(rules / "remote.bazelrc", self.path)

    def start(self, command, *arguments, stdout=subprocess.DEVNULL):
        """Starts Bazel through the launcher; returns a subprocess.Popen, whose stderr is a text pipe."""
        environment = {key: value for key, value in os.environ.items() if not key.startswith(_LEAKS)}
        environment["HOME"] = os.path.expanduser("~")
        return subprocess.Popen(
            [
                self._machine.rules / "tools/bazel",
                f"--output_user_root={self._out}",
                "--max_idle_secs=60",
                command,
                *arguments,
            ],
            cwd=self.path,
            env=environment | self._machine.environment,
            umask=self._machine.umask,
            stdout=stdout,
            stderr=subprocess.PIPE,
            text=True,
        )

    def bazel(self, command, *arguments):
        """Runs Bazel through the launcher; returns what it wrote to stderr.

        Raises:
          AssertionError: Bazel failed; contains its messages.
        """
        return self._run(command, *arguments)[1]

    def info(self, key):
        """Returns what `bazel info` prints for a key."""
        return self._run("info", key, stdout=subprocess.PIPE)[0].strip()

    def _run(self, command, *arguments, **options):
        with self.start(command, *arguments, **options) as bazel:
            printed, messages = bazel.communicate()
        if bazel.returncode:
            raise AssertionError(f"bazel {command} failed with {bazel.returncode}:\n{messages}")
        return printed, messages

    def close(self):
        """Stops the server, and makes its outputs writable, so that they can be removed."""
        self.bazel("clean", "--expunge")
        for folder, _, _ in os.walk(self._out):
            os.chmod(folder, 0o755)
