"""A kernel built in a folder that outlives the build: the same bytes as one built from nothing, after every edit."""

from absl.testing import absltest

from tests.kernel import kernel_case
from tests.kernel.kernel_case import BODY, KERNEL


class KeptObjectsTest(kernel_case.KernelTestCase):
    def test_kernel_is_the_same_after_edits_and_when_they_are_taken_back(self):
        workspace = self.workspace
        edits = (
            (workspace.edit_kernel, "drivers/net/dummy.c", "numdummies = 1;", "numdummies = 2;"),
            (workspace.edit, "hello/hello.c", BODY, "\tdump_stack();\n" + BODY),
            (workspace.edit_kernel, "init/main.c", "Kernel command line: ", "Command line: "),
        )
        for edit, *change in ((lambda: None,), *edits):
            self.restore()
            edit(*change)
            workspace.build_cached(*workspace.everything())
            expected = workspace.output(f"{KERNEL}/vmlinux")
            workspace.build(workspace.target(), f"--@ksyms_rules//ksyms_rules:build_cache={self.folder}/kept")
            self.assertEqual(workspace.output(f"{KERNEL}/vmlinux"), expected)


if __name__ == "__main__":
    absltest.main()
