"""A Bazel workspace that a test or benchmark makes, with a server of its own, as a consumer of ksyms_rules."""

import os
import pathlib
import subprocess

# Variables by which the outer Bazel and its Python would leak into the inner one.
_LEAKS = ("BAZEL_", "BUILD_", "JAVA_", "PYTHON", "RUNFILES_", "TEST_", "XML_")

_MODULE = """\
module(name = "{name}")

bazel_dep(name = "ksyms_rules", version = "")
bazel_dep(name = "rules_cc", version = "0.1.1")
local_path_override(module_name = "ksyms_rules", path = "{repository}")
"""

# A sandbox has a /tmp of its own, in which ksyms_rules would be missing when its sources are below the machine's.
_BAZELRC = "build --sandbox_add_mount_pair=/tmp\n"


def repository():
    """Path of the ksyms_rules sources: the real folder behind the runfiles' links."""
    return pathlib.Path(__file__).resolve().parents[2]


class NestedBazel:
    """A workspace folder and its Bazel.

    Attributes:
      path: pathlib.Path of the workspace.
    """

    def __init__(self, folder, name):
        """Makes the workspace.

        Args:
          folder: pathlib.Path; the sources go to `src` and Bazel's outputs to `out` in it.
          name: of the module.
        """
        self.path = folder / "src"
        self._out = folder / "out"
        self.path.mkdir(parents=True)
        (self.path / "MODULE.bazel").write_text(_MODULE.format(name=name, repository=repository()))
        (self.path / ".bazelrc").write_text((repository() / ".bazelrc").read_text() + _BAZELRC)

    def bazel(self, command, *arguments):
        """Runs Bazel through the launcher; returns what it wrote to stderr.

        Raises:
          AssertionError: it failed; with its messages.
        """
        environment = {key: value for key, value in os.environ.items() if not key.startswith(_LEAKS)}
        environment["HOME"] = os.path.expanduser("~")
        result = subprocess.run(
            [
                repository() / "tools/bazel",
                f"--output_user_root={self._out}",
                "--max_idle_secs=60",
                command,
                *arguments,
            ],
            cwd=self.path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if result.returncode:
            raise AssertionError(f"bazel {command} failed with {result.returncode}:\n{result.stderr}")
        return result.stderr

    def close(self):
        """Stops the server and makes its outputs removable: Bazel writes them read-only."""
        self.bazel("clean", "--expunge")
        for folder, _, _ in os.walk(self._out):
            os.chmod(folder, 0o755)
