"""A copy of an example to edit and build, and the actions that Bazel executed, from its execution log."""

import dataclasses
import json
import pathlib
import re
import shutil
import tempfile

from absl.testing import absltest

from tests.integration import nested_bazel

_PROCESSES = re.compile(r"INFO: \d+ process(?:es)?: (.*)\.$", re.MULTILINE)


@dataclasses.dataclass(frozen=True)
class Log:
    """What one build executed.

    Attributes:
      spawns: [dict], Bazel's SpawnExec messages, without the actions that its local action cache skipped.
      processes: {str: int}, Bazel's count of processes by how they ran, such as `internal` or `remote cache hit`.
      messages: str, what Bazel wrote to stderr.
    """

    spawns: list
    processes: dict
    messages: str

    def ran(self, mnemonic, output=""):
        """Returns how many actions with this mnemonic and an output with this file name ran, without cache hits."""
        return sum(not spawn.get("cacheHit") for spawn in self._of(mnemonic, output))

    def hits(self, mnemonic, output=""):
        """Returns how many such actions were hits of a disk or remote cache."""
        return sum(bool(spawn.get("cacheHit")) for spawn in self._of(mnemonic, output))

    def missed(self):
        """Returns the mnemonics of the actions that were not cache hits, in order."""
        return [spawn["mnemonic"] for spawn in self.spawns if not spawn.get("cacheHit")]

    def runners(self):
        """Returns the set of runners of the actions, such as `worker` or `remote`."""
        return {spawn["runner"] for spawn in self.spawns}

    def digests(self):
        """Returns {path: hash} of all outputs of the actions."""
        return {file["path"]: file["digest"]["hash"] for spawn in self.spawns for file in spawn["actualOutputs"]}

    def _of(self, mnemonic, output):
        return [
            spawn
            for spawn in self.spawns
            if spawn["mnemonic"] == mnemonic
            and any(path.endswith("/" + output) or not output for path in spawn["listedOutputs"])
        ]


class LoggedBazel(nested_bazel.NestedBazel):
    """A workspace whose builds return a Log.

    Attributes:
      flags: [str], passed to every build.
    """

    def __init__(self, folder, name, flags=(), machine=None):
        """Makes the workspace.

        Args:
          folder: see NestedBazel.
          name: name of the module.
          flags: see the attribute.
          machine: see NestedBazel.
        """
        super().__init__(folder, name, machine)
        self._log = folder / "execution.json"
        self.flags = list(flags)

    def edit(self, file, old, new):
        """Replaces the one occurrence of `old` in a file."""
        path = self.path / file
        text = path.read_text()
        if text.count(old) != 1:
            raise AssertionError(f"{file} has {old!r} {text.count(old)} times, expected once")
        path.write_text(text.replace(old, new))

    def build(self, *targets, command="build"):
        """Builds and returns the Log; raises AssertionError with Bazel's messages if it fails."""
        self._log.unlink(missing_ok=True)
        messages = self.bazel(command, f"--execution_log_json_file={self._log}", *self.flags, *targets)
        counts = [count.split(" ", 1) for count in _PROCESSES.findall(messages)[-1].split(", ")]
        return Log(_read_log(self._log), {how: int(count) for count, how in counts}, messages)

    def output(self, path):
        """Returns the bytes of a file below bazel-bin."""
        return (self.path / "bazel-bin" / path).read_bytes()

    def prepend(self, file, text):
        """Adds text at the start of a file."""
        path = self.path / file
        path.write_text(text + path.read_text())

    def append(self, file, text):
        """Adds text at the end of a file."""
        with (self.path / file).open("a") as stream:
            stream.write(text)


class Example(LoggedBazel):
    """A copy of a folder of examples/, as a Bazel module."""

    def __init__(self, folder, name, flags=(), machine=None):
        """Copies the sources of the example with this name; arguments as in LoggedBazel."""
        super().__init__(folder, name, flags, machine)
        sources = nested_bazel.repository() / "examples" / name
        shutil.copytree(sources, self.path, ignore=shutil.ignore_patterns("bazel-*"), dirs_exist_ok=True)


class ExampleTest(absltest.TestCase):
    """Tests of edits, in one workspace; each test starts from the example's original sources.

    A subclass has a class method `make`, which takes the workspace's folder and returns the Example.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.folder = pathlib.Path(tempfile.mkdtemp(dir=absltest.TEST_TMPDIR.value))
        cls.workspace = cls.make(cls.folder / "here")
        cls._sources = cls.folder / "sources"
        shutil.copytree(cls.workspace.path, cls._sources)

    @classmethod
    def tearDownClass(cls):
        cls.workspace.close()
        super().tearDownClass()

    def setUp(self):
        super().setUp()
        shutil.copytree(self._sources, self.workspace.path, dirs_exist_ok=True)


def _read_log(path):
    """Reads an execution log, a sequence of JSON objects."""
    text, decoder, spawns, position = path.read_text().rstrip(), json.JSONDecoder(), [], 0
    while position < len(text):
        spawn, position = decoder.raw_decode(text, position)
        position += len(text[position:]) - len(text[position:].lstrip())
        spawns.append(spawn)
    return spawns
