"""A copy of one of the examples to edit and build, and what Bazel's execution log says it ran."""

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
      spawns: [dict], Bazel's SpawnExec messages; actions that its own action cache skipped are not among them.
      processes: {str: int}, Bazel's own count by how they were run, such as `internal` or `remote cache hit`.
      messages: str, all that Bazel wrote to stderr.
    """

    spawns: list
    processes: dict
    messages: str

    def ran(self, mnemonic, output=""):
        """How many actions of a mnemonic, with an output of this file name, were executed and no cache hit."""
        return sum(not spawn.get("cacheHit") for spawn in self._of(mnemonic, output))

    def hits(self, mnemonic, output=""):
        """How many actions of a mnemonic came from a disk or remote cache."""
        return sum(bool(spawn.get("cacheHit")) for spawn in self._of(mnemonic, output))

    def missed(self):
        """Mnemonics of the actions that no cache had, in order."""
        return [spawn["mnemonic"] for spawn in self.spawns if not spawn.get("cacheHit")]

    def runners(self):
        """Set of the ways in which the actions were run, such as `worker` or `remote`."""
        return {spawn["runner"] for spawn in self.spawns}

    def digests(self):
        """{path: hash} of all outputs of the actions."""
        return {file["path"]: file["digest"]["hash"] for spawn in self.spawns for file in spawn["actualOutputs"]}

    def _of(self, mnemonic, output):
        return [
            spawn
            for spawn in self.spawns
            if spawn["mnemonic"] == mnemonic
            and any(path.endswith("/" + output) or not output for path in spawn["listedOutputs"])
        ]


class LoggedBazel(nested_bazel.NestedBazel):
    """A workspace whose builds say what they ran.

    Attributes:
      flags: [str], flags of every build.
    """

    def __init__(self, folder, name, flags=(), machine=None):
        """Makes the workspace.

        Args:
          folder: see NestedBazel.
          name: of the module.
          flags: see there.
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
            raise AssertionError(f"{file} has {text.count(old)} times {old!r}, expected once")
        path.write_text(text.replace(old, new))

    def build(self, *targets, command="build"):
        """Builds and returns the Log; raises AssertionError with Bazel's messages if it fails."""
        self._log.unlink(missing_ok=True)
        messages = self.bazel(command, f"--execution_log_json_file={self._log}", *self.flags, *targets)
        counts = [count.split(" ", 1) for count in _PROCESSES.findall(messages)[-1].split(", ")]
        return Log(_read_log(self._log), {how: int(count) for count, how in counts}, messages)

    def output(self, path):
        """Bytes of a file below bazel-bin."""
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
    """A folder of examples/ as a module of its own."""

    def __init__(self, folder, name, flags=(), machine=None):
        """Copies the sources of the example with this name; see LoggedBazel."""
        super().__init__(folder, name, flags, machine)
        sources = nested_bazel.repository() / "examples" / name
        shutil.copytree(sources, self.path, ignore=shutil.ignore_patterns("bazel-*"), dirs_exist_ok=True)


class ExampleTest(absltest.TestCase):
    """Tests of edits: each starts from the example's own sources, all in one workspace.

    A subclass has a class method `make`, from the workspace's folder to the Example.
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
    """The execution log is JSON objects one after the other."""
    text, decoder, spawns, position = path.read_text().rstrip(), json.JSONDecoder(), [], 0
    while position < len(text):
        spawn, position = decoder.raw_decode(text, position)
        position += len(text[position:]) - len(text[position:].lstrip())
        spawns.append(spawn)
    return spawns
