"""Every action writes the same bytes under every strategy and configuration, and mapped paths share cache entries."""

import pathlib
import tempfile

from absl.testing import absltest

from tests.integration import every_rule

# Ways in which Bazel may run an action, and the runner in its log. Bazel maps paths only in a sandbox.
_STRATEGIES = {
    "worker": (("--spawn_strategy=worker,local",), r"worker"),
    "sandboxed worker": (("--spawn_strategy=worker,local", "--worker_sandboxing"), r"worker"),
    "sandbox": (("--spawn_strategy=sandboxed",), r".*sandbox"),
    "plain": (("--spawn_strategy=local",), r"local"),
    "sandboxed worker, mapped": (("--worker_sandboxing", "--experimental_output_paths=strip"), r"worker"),
}
_CONFIGURATIONS = (("-c", "opt"), ("-c", "dbg"), ("--platform_suffix=another",))
_MAPPED = _STRATEGIES["sandboxed worker, mapped"][0]


class ConfigurationsTest(absltest.TestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.folder = pathlib.Path(tempfile.mkdtemp(dir=absltest.TEST_TMPDIR.value))
        cls.workspace = every_rule.EveryRule(cls.folder)

    @classmethod
    def tearDownClass(cls):
        cls.workspace.close()
        super().tearDownClass()

    def _build(self, *flags, targets=every_rule.TARGETS):
        log = self.workspace.build_clean(*flags, *targets)
        if targets == every_rule.TARGETS:
            self.assertEqual(self._mnemonics(log), every_rule.MNEMONICS)
        return log

    def _mnemonics(self, log):
        return {spawn["mnemonic"] for spawn in every_rule.ksyms_spawns(log)}

    def _differing(self, outputs, others):
        """Returns the paths of outputs that differ or are missing on one side."""
        return sorted(path for path in {*outputs, *others} if outputs.get(path) != others.get(path))

    def _missed(self, log):
        """Returns the mnemonics of actions that were not cache hits."""
        return [spawn["mnemonic"] for spawn in every_rule.ksyms_spawns(log) if not spawn.get("cacheHit")]

    def test_every_strategy_writes_the_same_bytes(self):
        written = {}
        for name, (flags, runner) in _STRATEGIES.items():
            log = self._build(*flags)
            for spawn in every_rule.ksyms_spawns(log):
                self.assertRegex(spawn["runner"], rf"\A{runner}\Z")
                self.assertEqual("bazel-out/cfg/bin" in spawn["commandArgs"][-1], "mapped" in name)
            written[name] = self.workspace.outputs(log)
        expected = written.pop("plain")
        self.assertIn(b"32 problems", expected["bad_list_test.report"])
        for name, outputs in written.items():
            self.assertEqual(self._differing(outputs, expected), [], name)

    def test_every_configuration_writes_the_same_bytes(self):
        expected = self.workspace.outputs(self._build())
        for configuration in _CONFIGURATIONS:
            outputs = self.workspace.outputs(self._build(*configuration))
            self.assertEqual(self._differing(outputs, expected), [], configuration)

    def test_all_configurations_share_cache_entries_with_mapped_paths(self):
        cache = f"--disk_cache={self.folder / 'mapped'}"
        first = self._build(cache, *_MAPPED)
        self.assertEqual(len(self._missed(first)), len(every_rule.ksyms_spawns(first)))
        for configuration in _CONFIGURATIONS:
            self.assertEqual(self._missed(self._build(cache, *_MAPPED, *configuration)), [], configuration)
        of_tools = self._build(cache, *_MAPPED, targets=["//:tool"])
        # A target that uses these as tools requests no output groups and no validation.
        self.assertEqual(self._mnemonics(of_tools), every_rule.MNEMONICS - {"KsymsRawSymbolList", "KsymsRequireEmpty"})
        self.assertEqual(self._missed(of_tools), [])

    def test_configurations_share_no_cache_entries_without_mapped_paths(self):
        # A control: if entries were shared anyway, the test above would prove nothing.
        cache = f"--disk_cache={self.folder / 'plain'}"
        self._build(cache, "-c", "opt")
        log = self._build(cache, "-c", "dbg")
        self.assertIn("KsymsExtract", self._missed(log))

    def test_action_that_writes_its_folder_or_its_arguments_is_caught(self):
        sandbox = "--spawn_strategy=sandboxed"
        in_sandbox, plain, mapped, opt = (
            self.workspace.outputs(self._build(*flags, targets=["//:leak"]))
            for flags in (
                [sandbox],
                ["--spawn_strategy=local"],
                [sandbox, "--experimental_output_paths=strip"],
                [sandbox, "-c", "opt"],
            )
        )
        for other in (plain, mapped, opt):
            self.assertEqual(self._differing(in_sandbox, other), ["leak"])


if __name__ == "__main__":
    absltest.main()
