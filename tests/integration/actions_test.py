"""The actions write the same bytes under each of Bazel's strategies, and report clear errors."""

import pathlib
import tempfile

from absl.testing import absltest

from tests.integration import example

_OUTPUTS = (
    "autoksyms/include/generated/autoksyms.h",
    "autoksyms/raw_symbol_list.txt",
    "module_symbols.ksyms/counter.ksyms.jsonl",
    "module_symbols.ksyms/counter.usyms",
    "module_symbols.ksyms/hello.ksyms.jsonl",
    "module_symbols.ksyms/hello.usyms",
)
_TARGETS = ("//:autoksyms", "//:module_symbols", "--output_groups=+raw_symbol_list")
_HELLO = '":hello",\n    ],'


class ActionsTest(absltest.TestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.workspace = example.Example(pathlib.Path(tempfile.mkdtemp(dir=absltest.TEST_TMPDIR.value)), "quickstart")

    @classmethod
    def tearDownClass(cls):
        cls.workspace.close()
        super().tearDownClass()

    def _build(self, *flags):
        """Does a clean build; returns the log and the outputs' bytes."""
        self.workspace.bazel("clean")
        log = self.workspace.build(*_TARGETS, *flags)
        self.assertEqual(log.ran("KsymsExtract"), 2)
        self.assertEqual(log.ran("KsymsAutoksymsHeader"), 1)
        self.assertEqual(log.ran("KsymsRawSymbolList"), 1)
        return log, {path: self.workspace.output(path) for path in _OUTPUTS}

    def _runners(self, log):
        return {spawn["runner"] for spawn in log.spawns if spawn["mnemonic"].startswith("Ksyms")}

    def test_worker_sandbox_and_plain_process_write_the_same_bytes(self):
        by_worker_log, by_worker = self._build("--spawn_strategy=worker,local")
        in_sandbox_log, in_sandbox = self._build("--spawn_strategy=sandboxed")
        plain_log, plain = self._build("--spawn_strategy=local")
        self.assertEqual(self._runners(by_worker_log), {"worker"})
        self.assertEqual(len(self._runners(in_sandbox_log)), 1)
        self.assertRegex(self._runners(in_sandbox_log).pop(), "sandbox")
        self.assertEqual(self._runners(plain_log), {"local"})
        self.assertEqual(in_sandbox, by_worker)
        self.assertEqual(plain, by_worker)
        self.assertIn(b"#define __KSYM_printk 1\n", by_worker["autoksyms/include/generated/autoksyms.h"])

    def test_stripped_output_paths_write_the_same_bytes(self):
        # Bazel maps paths only in a sandbox, so a worker has to be sandboxed too.
        _, plain = self._build()
        for strategy in ("--worker_sandboxing", "--spawn_strategy=sandboxed"):
            log, stripped = self._build("--experimental_output_paths=strip", strategy)
            for spawn in log.spawns:
                if spawn["mnemonic"].startswith("Ksyms"):
                    command = " ".join(spawn["commandArgs"])
                    self.assertIn("@bazel-out/cfg/bin/", command)
                    self.assertNotIn("bazel-out/k8", command)
            self.assertEqual(stripped, plain)

    def test_bad_module_is_one_line_and_the_worker_keeps_working(self):
        self.workspace.build(*_TARGETS)
        good = self.workspace.output(_OUTPUTS[0])
        (self.workspace.path / "torn.ko").write_bytes(b"\x7fELF\x02\x01\x01" + bytes(100))
        self.workspace.edit("BUILD.bazel", _HELLO, '":hello", "torn.ko",\n    ],')
        with self.assertRaises(AssertionError) as failure:
            self.workspace.build(*_TARGETS)
        message = str(failure.exception)
        self.assertRegex(message, r"\ntorn\.ko: .*\. To fix: .*\.\n")
        self.assertNotIn("Traceback", message)
        self.workspace.edit("BUILD.bazel", '":hello", "torn.ko",\n    ],', _HELLO)
        self.workspace.build(*_TARGETS)
        self.assertEqual(self.workspace.output(_OUTPUTS[0]), good)

    def test_missing_symbol_list_is_named(self):
        header = '    name = "autoksyms",\n'
        listed = header + '    symbol_lists = ["no_such_list"],\n'
        self.workspace.edit("BUILD.bazel", header, listed)
        with self.assertRaisesRegex(AssertionError, "no_such_list"):
            self.workspace.build(*_TARGETS)
        self.workspace.edit("BUILD.bazel", listed, header)


if __name__ == "__main__":
    absltest.main()
