"""The same kernel at another place: from the cache where there is one, the same bytes where there is none."""

import os
import pathlib
import tempfile

from absl.testing import absltest

from tests.kernel import kernel_workspace

_KERNEL = os.environ["KSYMS_KERNEL"]
_UNREAD = {
    "linux_6_1": ("_config/prepare.unread", "/vmlinux.unread", "_modules.unread", "_hello.unread", "_objects.unread"),
    "linux_6_12": (
        *("_config/prepare.unread", "/vmlinux_o.unread", "/vmlinux.unread"),
        *("_modules.unread", "_hello.unread", "_objects.unread"),
    ),
}
_BUILT = ("/vmlinux", "/bzImage", "/System.map", "/vmlinux.symvers")


class ElsewhereTest(absltest.TestCase):
    def setUp(self):
        super().setUp()
        self.folder = pathlib.Path(tempfile.mkdtemp(dir=absltest.TEST_TMPDIR.value))

    def _workspace(self, name):
        workspace = kernel_workspace.KernelWorkspace(self.folder / name, _KERNEL)
        self.addCleanup(workspace.close)
        return workspace

    def _built(self, workspace):
        return {suffix: workspace.output(_KERNEL + suffix) for suffix in _BUILT} | {
            path.name: path.read_bytes()
            for folder in ("_modules", "_hello")
            for path in (workspace.path / f"bazel-bin/{_KERNEL}{folder}").rglob("*.ko")
        }

    def test_same_kernel_elsewhere_is_from_the_cache_and_without_it_the_same_bytes(self):
        here = self._workspace("here")
        here.build_cached(*here.everything())
        built = self._built(here)
        unread = [set(here.text(_KERNEL + suffix).splitlines()) for suffix in _UNREAD[_KERNEL]]
        self.assertGreater(len(built), 20)

        there = self._workspace("there/in/another/folder")
        log = there.build_cached(*there.everything())
        self.assertEqual([spawn["mnemonic"] for spawn in log.spawns if not spawn["cacheHit"]], [])
        self.assertEqual(self._built(there), built)

        # Never built there, and the source of a module is another: one of module_srcs, so vmlinux is in the cache.
        edited = self._workspace("edited")
        edited.edit_kernel("drivers/net/veth.c", "drivers/net/veth.c", "a virtual pair")
        log = edited.build_cached(*edited.everything())
        vmlinux = [spawn["cacheHit"] for spawn in log.spawns if spawn["mnemonic"].startswith("KbuildVmlinux")]
        self.assertNotEmpty(vmlinux)
        self.assertTrue(all(vmlinux))
        self.assertLen([spawn for spawn in log.spawns if spawn["mnemonic"] == "KbuildModuleObjects"], 1)

        # What nobody says to have read is not even there, and nothing comes from a cache.
        never_read = sorted(set.intersection(*unread))
        self.assertGreater(len(never_read), 10_000)
        bare = self._workspace("bare")
        bare.remove_sources(never_read)
        log = bare.build(*bare.everything())
        self.assertEqual(log.hits("KbuildVmlinux"), 0)
        self.assertEqual(log.ran("KbuildVmlinux"), 1)
        self.assertEqual(self._built(bare), built)


if __name__ == "__main__":
    absltest.main()
