"""A Bazel workspace of its own that a test edits and builds, and what Bazel's execution log says it ran."""

import dataclasses
import json
import os
import pathlib
import shutil
import subprocess

# Variables by which the outer test and its Python would leak into the inner build.
_LEAKS = ("BAZEL_", "BUILD_", "JAVA_", "PYTHON", "RUNFILES_", "TEST_", "XML_")

_MODULE = """\
module(name = "quickstart")

bazel_dep(name = "ksyms_rules", version = "")
bazel_dep(name = "rules_cc", version = "0.1.1")
local_path_override(module_name = "ksyms_rules", path = "{repository}")
"""


def repository():
    """Path of the ksyms_rules sources: the real folder behind the runfiles' links."""
    return pathlib.Path(__file__).resolve().parents[2]


@dataclasses.dataclass(frozen=True)
class Log:
    """What one build executed.

    Attributes:
      spawns: [dict], Bazel's SpawnExec messages; actions that its own action cache skipped are not among them.
    """

    spawns: list

    def ran(self, mnemonic, output=""):
        """How many actions of a mnemonic, with an output of this file name, were executed and no cache hit."""
        return sum(not spawn.get("cacheHit") for spawn in self._of(mnemonic, output))

    def hits(self, mnemonic, output=""):
        """How many actions of a mnemonic came from a disk or remote cache."""
        return sum(bool(spawn.get("cacheHit")) for spawn in self._of(mnemonic, output))

    def _of(self, mnemonic, output):
        return [
            spawn
            for spawn in self.spawns
            if spawn["mnemonic"] == mnemonic
            and any(path.endswith("/" + output) or not output for path in spawn["listedOutputs"])
        ]


class Workspace:
    """A copy of examples/quickstart as a module of its own, with a Bazel server of its own."""

    def __init__(self, folder, flags=()):
        """Copies the sources.

        Args:
          folder: pathlib.Path to make; the sources go to `src` and Bazel's outputs to `out` in it.
          flags: flags of every build.
        """
        self.path = folder / "src"
        self._out = folder / "out"
        self._log = folder / "execution.json"
        self._flags = list(flags)
        shutil.copytree(repository() / "examples/quickstart", self.path, ignore=shutil.ignore_patterns("bazel-*"))
        (self.path / "MODULE.bazel").write_text(_MODULE.format(repository=repository()))
        (self.path / ".bazelrc").write_text((repository() / ".bazelrc").read_text())

    def edit(self, file, old, new):
        """Replaces the one occurrence of `old` in a file."""
        path = self.path / file
        text = path.read_text()
        if text.count(old) != 1:
            raise AssertionError(f"{file} has {text.count(old)} times {old!r}, expected once")
        path.write_text(text.replace(old, new))

    def build(self, *targets):
        """Builds and returns the Log; raises AssertionError with Bazel's messages if it fails."""
        self._log.unlink(missing_ok=True)
        self.bazel("build", f"--execution_log_json_file={self._log}", *self._flags, *(targets or ["//:vmlinux"]))
        return Log(_read_log(self._log))

    def output(self, path):
        """Bytes of a file below bazel-bin."""
        return (self.path / "bazel-bin" / path).read_bytes()

    def exports(self):
        """The symbols that the built vmlinux exports, sorted."""
        printed = subprocess.run([self.path / "bazel-bin/vmlinux"], check=True, capture_output=True, text=True).stdout
        return sorted(printed.split(":")[1].split())

    def bazel(self, command, *arguments):
        """Runs Bazel through the launcher."""
        environment = {key: value for key, value in os.environ.items() if not key.startswith(_LEAKS)}
        environment["HOME"] = os.path.expanduser("~")
        launcher = repository() / "tools/bazel"
        result = subprocess.run(
            [launcher, f"--output_user_root={self._out}", "--max_idle_secs=60", command, *arguments],
            cwd=self.path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if result.returncode:
            raise AssertionError(f"bazel {command} failed with {result.returncode}:\n{result.stderr}")
        return result.stdout

    def shutdown(self):
        """Stops the server and removes its outputs, which Bazel has made read-only."""
        self.bazel("clean", "--expunge")
        for folder, _, _ in os.walk(self._out):
            os.chmod(folder, 0o755)


def _read_log(path):
    """The execution log is JSON objects one after the other."""
    text, decoder, spawns, position = path.read_text(), json.JSONDecoder(), [], 0
    while position < len(text.rstrip()):
        spawn, position = decoder.raw_decode(text, position)
        position += len(text[position:]) - len(text[position:].lstrip())
        spawns.append(spawn)
    return spawns
