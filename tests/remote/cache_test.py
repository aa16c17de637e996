"""A shared remote cache: a machine does not build again what another one has built from the same sources."""

import pathlib
import shutil
import tempfile

from absl.testing import absltest

from tests.integration.quickstart import Quickstart, links
from tests.remote import machines, servers

_HEADER = "autoksyms/include/generated/autoksyms.h"
_NEW_SYMBOL = ("modules/hello.c", 'printk("hello");', 'printk("hello");\n\tktime_get();')
_NEW_BODY = ("modules/hello.c", 'printk("hello")', 'printk("good morning")')


class CacheTest(absltest.TestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = pathlib.Path(tempfile.mkdtemp(dir=absltest.TEST_TMPDIR.value))
        cls.nginx = servers.NginxCache(folder / "nginx")
        cls.addClassCleanup(lambda: cls.nginx.server.close())
        cls.here = Quickstart(folder / "here")
        cls.addClassCleanup(cls.here.close)
        cls.sources = folder / "sources"
        shutil.copytree(cls.here.path, cls.sources)
        place = folder / "another/place"
        cls.there = Quickstart(place, machine=machines.other_machine(place))
        cls.addClassCleanup(cls.there.close)
        machines.age(cls.there.path)

    def setUp(self):
        """Each test starts with an empty cache and two machines that have built nothing."""
        super().setUp()
        for workspace in (self.here, self.there):
            for file in self.sources.rglob("*.c"):
                shutil.copyfile(file, workspace.path / file.relative_to(self.sources))
            workspace.bazel("clean")
            workspace.flags = ["--config=remote-cache", f"--remote_cache={self.nginx.url(self._testMethodName)}"]

    def assert_all_hits(self, log):
        self.assertEqual(log.missed(), [])
        self.assertEqual(log.processes["remote cache hit"], len(log.spawns))
        self.assertEqual(log.processes.keys(), {"internal", "remote cache hit"})

    def test_other_machine_gets_every_action(self):
        self.assertEqual(links(self.here.build("//:vmlinux", "//:raw_symbol_list")), 1)
        log = self.there.build("//:vmlinux", "//:raw_symbol_list")
        self.assert_all_hits(log)
        hits = {
            mnemonic: log.hits(mnemonic) for mnemonic in ("KsymsExtract", "KsymsAutoksymsHeader", "KsymsRawSymbolList")
        }
        self.assertEqual(hits, {"KsymsExtract": 2, "KsymsAutoksymsHeader": 1, "KsymsRawSymbolList": 1})
        self.assertEqual(log.hits("CppLink", "vmlinux"), 1)
        # It fetches only the requested outputs.
        vmlinux, header = (self.there.path / "bazel-bin" / path for path in ("vmlinux", _HEADER))
        self.assertFalse(vmlinux.exists())
        self.there.build("//:vmlinux", "--remote_download_outputs=toplevel")
        self.assertEqual(self.there.exports(), ["kfree", "kmalloc", "printk", "register_driver"])
        self.assertFalse(header.exists())

    def test_vmlinux_is_a_hit_after_a_module_edit_that_no_machine_has_built(self):
        self.here.build()
        self.there.edit(*_NEW_BODY)
        log = self.there.build()
        self.assertEqual(sorted(log.missed()), ["CppCompile", "KsymsExtract"])
        self.assertEqual(log.hits("KsymsAutoksymsHeader"), 1)
        self.assertEqual(log.hits("CppLink", "vmlinux"), 1)

    def test_module_edit_is_built_once_and_links_nothing(self):
        self.here.build()
        self.there.build()
        self.here.edit(*_NEW_BODY)
        self.assertEqual(sorted(self.here.build().missed()), ["CppCompile", "KsymsExtract"])
        self.there.edit(*_NEW_BODY)
        log = self.there.build()
        self.assert_all_hits(log)
        self.assertEqual(len(log.spawns), 2)
        # As on a machine that builds for the first time after the edit.
        self.there.bazel("clean")
        log = self.there.build()
        self.assert_all_hits(log)
        self.assertEqual(log.hits("CppLink", "vmlinux"), 1)

    def test_new_symbol_is_linked_once_for_both_machines(self):
        self.here.build()
        self.there.build()
        for workspace in (self.here, self.there):
            workspace.edit(*_NEW_SYMBOL)
        self.assertEqual(links(self.here.build()), 1)
        log = self.there.build("//:vmlinux", "--remote_download_outputs=toplevel")
        self.assert_all_hits(log)
        self.assertEqual(log.hits("CppLink", "vmlinux"), 1)
        self.assertIn("ktime_get", self.there.exports())

    def test_environment_prevents_hits_without_the_preset(self):
        # A control: the counts above notice an action that depends on the user's environment.
        self.here.build()
        self.there.flags.append("--noincompatible_strict_action_env")
        self.assertIn("CppLink", self.there.build().missed())


if __name__ == "__main__":
    absltest.main()
