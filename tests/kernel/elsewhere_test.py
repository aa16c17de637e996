"""The same kernel comes from the cache in another folder, and on a machine that has only the sources in common."""

import os
import pathlib
import tempfile

from absl.testing import absltest

from tests.kernel import kernel_workspace
from tests.remote import machines, servers

_KERNEL = os.environ["KSYMS_KERNEL"]
_FETCH_ONLY = ("--noremote_upload_local_results", "--remote_download_outputs=toplevel")


class ElsewhereTest(absltest.TestCase):
    def setUp(self):
        super().setUp()
        self.folder = pathlib.Path(tempfile.mkdtemp(dir=absltest.TEST_TMPDIR.value))

    def _workspace(self, name, machine=None):
        workspace = kernel_workspace.KernelWorkspace(self.folder / name, _KERNEL, machine=machine)
        self.addCleanup(workspace.close)
        return workspace

    def test_kernel_comes_from_the_cache_elsewhere(self):
        here = self._workspace("here")
        here.build_cached(*here.everything())
        built = here.kernel_and_modules()
        self.assertGreater(len(built), 20)

        # Another machine gets everything from a server that has the results of this one.
        nginx = servers.NginxCache(self.folder / "nginx", disk_cache=kernel_workspace.DISK_CACHE)
        self.addCleanup(nginx.server.close)
        there = self._workspace("there/in/another/folder", machines.other_machine(self.folder / "machine"))
        machines.age(there.path)
        there.flags = ["--config=remote-cache", f"--remote_cache={nginx.url('disk_cache')}", *_FETCH_ONLY]
        log = there.build(*there.everything())
        self.assertEqual(log.missed(), [])
        self.assertEqual(log.processes.keys(), {"internal", "remote cache hit"})
        self.assertEqual(there.kernel_and_modules(), built)

        # A workspace without builds, and an edit of a module: its source is in module_srcs, so vmlinux is in the cache.
        edited = self._workspace("edited")
        edited.edit_kernel("drivers/net/veth.c", "drivers/net/veth.c", "a virtual pair")
        log = edited.build_cached(*edited.everything())
        self.assertEqual((log.hits("KbuildVmlinux"), log.ran("KbuildVmlinux"), log.ran("KbuildVmlinuxO")), (1, 0, 0))
        self.assertEqual(log.ran("KbuildModuleObjects") + log.hits("KbuildModuleObjects"), 1)


if __name__ == "__main__":
    absltest.main()
