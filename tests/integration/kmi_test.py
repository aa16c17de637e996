"""KMI symbol lists under Bazel: which actions an edit runs again, and how a bad list stops a build."""

from absl.testing import absltest

from tests.integration import example

_EVERYTHING = ("//:generated_symbol_list", "//:symbol_list_test", "//:panel_test", "//:trimmed_kernel", "//:consumer")

_MORE_TARGETS = """
kmi_symbol_list_test(
    name = "panel_test",
    modules = [":panel"],
    symbol_lists = ["abi_symbol_list"],
)

genrule(
    name = "consumer",
    srcs = [":raw_symbol_list"],
    outs = ["consumed"],
    cmd = "cp $< $@",
)
"""


class KmiTest(example.ExampleTest):
    @classmethod
    def make(cls, folder):
        workspace = example.Example(folder, "kleaf")
        workspace.append("BUILD.bazel", _MORE_TARGETS)
        return workspace

    def setUp(self):
        super().setUp()
        self.workspace.build(*_EVERYTHING)

    def test_module_edit_that_keeps_its_symbols_stops_at_extraction(self):
        self.workspace.edit("sensor.c", 'printk("sensor")', 'printk("a sensor")')
        log = self.workspace.build(*_EVERYTHING)
        self.assertEqual(log.ran("KsymsExtract"), 1)
        self.assertEqual(
            [log.ran(mnemonic) for mnemonic in ("KsymsKmiSymbolList", "KsymsKmiCheck", "Genrule")], [0, 0, 0]
        )
        self.assertEqual(log.ran("StandIn", "vmlinux"), 0)

    def test_module_edit_runs_no_check_of_other_modules(self):
        self.workspace.edit("sensor.c", 'printk("sensor");', "")
        log = self.workspace.build(*_EVERYTHING)
        self.assertEqual(log.ran("KsymsKmiCheck", "symbol_list_test.report"), 1)
        self.assertEqual(log.ran("KsymsKmiCheck", "panel_test.report"), 0)

    def test_comment_in_a_list_stops_at_the_raw_symbol_list(self):
        self.workspace.edit("abi_symbol_list", "# commonly used symbols", "# what modules share")
        log = self.workspace.build(*_EVERYTHING)
        self.assertEqual(log.ran("KsymsRawSymbolList"), 1)
        self.assertEqual(log.ran("Genrule"), 0)

    def test_new_symbol_fails_build_and_test_until_the_list_is_updated(self):
        self.workspace.edit("sensor.c", "long size);", "long size);\nlong ktime_get(void);")
        self.workspace.edit("sensor.c", 'printk("sensor");', 'printk("sensor");\n\tktime_get();')
        with self.assertRaisesRegex(AssertionError, r"ktime_get +is in no symbol list .* needed by sensor\.ko"):
            self.workspace.build("//:trimmed_kernel")
        self.workspace.build("//:trimmed_kernel", "--norun_validations")
        with self.assertRaisesRegex(AssertionError, "bazel test failed with 3"):
            self.workspace.bazel("test", "//:symbol_list_test")
        with self.assertRaisesRegex(AssertionError, "differs from what is generated"):
            self.workspace.bazel("run", "//:update_symbol_list", "--", "--check")
        self.workspace.bazel("run", "//:update_symbol_list")
        self.assertIn("  ktime_get\n", (self.workspace.path / "abi_symbol_list").read_text())
        self.workspace.bazel("test", "//:symbol_list_test", "//:panel_test")
        self.workspace.build("//:trimmed_kernel")

    def test_generated_list_is_the_one_in_the_source_tree(self):
        listed = (self.workspace.path / "abi_symbol_list").read_bytes()
        self.assertEqual(self.workspace.output("generated_symbol_list"), listed)


if __name__ == "__main__":
    absltest.main()
