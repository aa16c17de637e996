"""A copy of one of the examples to edit and build, and what Bazel's execution log says it ran."""

import dataclasses
import json
import pathlib
import shutil
import tempfile

from absl.testing import absltest

from tests.integration import nested_bazel


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


class Example(nested_bazel.NestedBazel):
    """A folder of examples/ as a module of its own."""

    def __init__(self, folder, name, flags=()):
        """Copies the sources.

        Args:
          folder: see NestedBazel.
          name: of the example.
          flags: flags of every build.
        """
        super().__init__(folder, name)
        self._log = folder / "execution.json"
        self._flags = list(flags)
        sources = nested_bazel.repository() / "examples" / name
        shutil.copytree(sources, self.path, ignore=shutil.ignore_patterns("bazel-*"), dirs_exist_ok=True)

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
        self.bazel("build", f"--execution_log_json_file={self._log}", *self._flags, *targets)
        return Log(_read_log(self._log))

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
