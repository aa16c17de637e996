"""Tests of ksyms_rules' actions for every remote execution system; the test of a system inherits from them."""

import pathlib
import shutil
import tempfile

from absl.testing import absltest

from tests.integration.quickstart import Quickstart, links

# Actions and tests that the quickstart does not have.
_MORE_TARGETS = """
load("@ksyms_rules//ksyms_rules:defs.bzl", "kmi_symbol_list", "kmi_symbol_list_test", "validated_symbol_list")

kmi_symbol_list(
    name = "kmi_list",
    modules = [":module_symbols"],
    exports = ["Module.symvers"],
    signed_modules_are_gki = False,
)

kmi_symbol_list_test(
    name = "list_test",
    modules = [":module_symbols"],
    symbol_lists = ["abi_symbol_list"],
    exports = ["Module.symvers"],
)

validated_symbol_list(
    name = "checked_list",
    modules = [":module_symbols"],
    symbol_lists = ["abi_symbol_list"],
)

genrule(
    name = "interfaces",
    outs = ["interfaces.txt"],
    cmd = "python3 -c 'import socket; print([name for _, name in socket.if_nameindex()])' >$@",
)
"""
_BUILT = ("//:vmlinux", "//:raw_symbol_list", "//:kmi_list", "//:list_test", "//:checked_list", "//:hello_ko")
_KSYMS = {
    "KsymsExtract",
    "KsymsExports",
    "KsymsAutoksymsHeader",
    "KsymsRawSymbolList",
    "KsymsKmiSymbolList",
    "KsymsKmiCheck",
    "KsymsRequireEmpty",
}
_SYMVERS = "".join(
    f"0x00000000\t{symbol}\tvmlinux\tEXPORT_SYMBOL\t\n"
    for symbol in ("kfree", "kmalloc", "ktime_get", "printk", "register_driver")
)


class ExecutionCases(absltest.TestCase):
    """Test cases; a subclass has an attribute `farm`, which makes the farm in a folder."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = pathlib.Path(tempfile.mkdtemp(dir=absltest.TEST_TMPDIR.value))
        farm = cls.enterClassContext(cls.farm(folder / "farm"))
        cls.workspace = Quickstart(folder / "workspace")
        cls.addClassCleanup(cls.workspace.close)
        cls.workspace.append("BUILD.bazel", _MORE_TARGETS)
        (cls.workspace.path / "Module.symvers").write_text(_SYMVERS)
        cls.sources = folder / "sources"
        shutil.copytree(cls.workspace.path, cls.sources)
        cls.here = cls.workspace.build(*_BUILT, "--config=remote", "--spawn_strategy=sandboxed", "--remote_executor=")
        cls.workspace.flags = ["--config=remote", f"--remote_executor={farm.executor}", "--noremote_local_fallback"]

    def setUp(self):
        super().setUp()
        self.workspace.bazel("clean")
        for file in self.sources.rglob("*.c"):
            shutil.copyfile(file, self.workspace.path / file.relative_to(self.sources))

    def test_all_actions_run_remotely_and_write_the_same_bytes(self):
        log = self.workspace.build(*_BUILT, "--noremote_accept_cached")
        self.assertEqual(log.runners(), {"remote"})
        self.assertEqual(log.processes.keys(), {"internal", "remote"})
        self.assertEqual(log.processes["remote"], len(self.here.spawns))
        self.assertEqual({spawn["mnemonic"] for spawn in log.spawns if spawn["mnemonic"].startswith("Ksyms")}, _KSYMS)
        self.assertEqual(log.digests(), self.here.digests())
        # The farm has cached all results: an edit without a new symbol links nothing.
        self.workspace.bazel("clean")
        log = self.workspace.build(*_BUILT)
        self.assertEqual(log.processes["remote cache hit"], len(self.here.spawns))
        self.workspace.edit("modules/hello.c", 'printk("hello")', 'printk("good morning")')
        log = self.workspace.build(*_BUILT)
        self.assertEqual(log.runners(), {"remote"})
        self.assertEqual((links(log), log.ran("KsymsExtract"), log.ran("KsymsAutoksymsHeader")), (0, 1, 0))

    def test_tests_run_remotely(self):
        log = self.workspace.build("//:list_test", command="test")
        self.assertGreaterEqual(log.ran("TestRunner"), 1)
        self.assertEqual(log.processes.keys() - {"remote cache hit"}, {"internal", "remote"})
        self.workspace.edit("modules/hello.c", 'printk("hello");', 'printk("hello");\n\tkrealloc();')
        self.workspace.edit("modules/hello.c", "#include", "void krealloc(void);\n#include")
        with self.assertRaisesRegex(AssertionError, "bazel test failed with 3"):
            self.workspace.build("//:list_test", command="test")
        report = (self.workspace.path / "bazel-testlogs/list_test/test.log").read_text()
        self.assertRegex(report, "krealloc +is in no symbol list")

    def test_workers_have_no_network(self):
        log = self.workspace.build("//:interfaces", "--remote_download_outputs=toplevel")
        self.assertEqual(log.runners(), {"remote"})
        self.assertEqual(self.workspace.output("interfaces.txt"), b"['lo']\n")
