"""The unread sources of vmlinux are really unread: it is the same with their contents replaced."""

import os
import pathlib
import tempfile

from absl.testing import absltest

from tests.kernel import kernel_workspace

_KERNEL = os.environ["KSYMS_KERNEL"]
_UNREAD = ["_config/prepare.unread", "/vmlinux.unread"]
if _KERNEL != "linux_6_1":
    _UNREAD.append("_config/vmlinux_o.unread")
# The same kernel, from a list in the source tree, so that no modules are compiled for it.
_LISTED = """
load("@ksyms_rules//ksyms_rules:kbuild.bzl", "kbuild_vmlinux")

kbuild_vmlinux(
    name = "listed",
    config = ":{kernel}_config",
    raw_symbol_list = "exported",
)
"""


class UnreadSourcesTest(absltest.TestCase):
    def _workspace(self, name):
        folder = pathlib.Path(tempfile.mkdtemp(dir=absltest.TEST_TMPDIR.value))
        workspace = kernel_workspace.KernelWorkspace(folder / name, _KERNEL)
        self.addCleanup(workspace.close)
        return workspace

    def test_vmlinux_is_the_same_without_its_unread_sources(self):
        # Without a cache, because the list of unread sources of a cache hit is not written to disk.
        whole, spoiled = self._workspace("whole"), self._workspace("spoiled")
        whole.build(*whole.everything())
        unread = [set(whole.text(_KERNEL + suffix).splitlines()) for suffix in _UNREAD]
        never_read = set.intersection(*unread)
        self.assertGreater(len(never_read), 10_000)
        # The names of all headers are inputs too, so these files stay.
        spoiled.spoil_sources(never_read, whole.text(f"{_KERNEL}_config/source_names.txt").splitlines())
        (spoiled.path / "exported").write_bytes(whole.output(f"{_KERNEL}_raw_symbol_list.txt"))
        spoiled.append("BUILD.bazel", _LISTED.format(kernel=_KERNEL))
        log = spoiled.build("//:listed")
        self.assertEqual(log.ran("KbuildVmlinux"), 1)
        for name in kernel_workspace.BUILT:
            self.assertEqual(spoiled.output(f"listed/{name}"), whole.output(f"{_KERNEL}/{name}"), name)


if __name__ == "__main__":
    absltest.main()
