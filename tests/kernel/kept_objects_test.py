"""A kernel built with kept objects has the same bytes after every edit as one built from scratch."""

import shutil

from absl.testing import absltest

from tests.kernel import kernel_case
from tests.kernel.kernel_case import BODY


class KeptObjectsTest(kernel_case.KernelTestCase):
    def _build_kept(self):
        # With the disk cache too, as in practice: it must not be used instead of the kept objects.
        flag = f"--@ksyms_rules//ksyms_rules:kept_objects={self.folder}/kept"
        return self.workspace.build_cached(*self.workspace.everything(), flag)

    def _check(self, expected, message):
        built = self.workspace.kernel_and_modules()
        self.assertGreater(len(built), 20)
        self.assertEqual([name for name in expected if built.get(name) != expected[name]], [], message)

    def test_kernel_is_the_same_after_edits_and_after_undoing_them(self):
        workspace = self.workspace
        edits = (
            (workspace.edit_kernel, "drivers/net/dummy.c", "numdummies = 1;", "numdummies = 2;"),
            (workspace.edit_kernel, "init/main.c", "Kernel command line: ", "Command line: "),
            # Each edit is of the original, so here the kept objects are those of another vmlinux. After this edit,
            # crc8.ko exports one more symbol.
            (workspace.edit, "hello/hello.c", BODY, "\tdump_stack();\n\tcrc8_populate_lsb(hello_table, 7);\n" + BODY),
        )
        for edit, *change in ((lambda: None,), *edits, (lambda: None,)):
            self.restore()
            edit(*change)
            self.build_first()
            expected = workspace.kernel_and_modules()
            self._build_kept()
            self._check(expected, change)

    def test_kept_objects_may_be_removed_between_vmlinux_and_modules(self):
        change = ("drivers/net/dummy.c", "numdummies = 1;", "numdummies = 3;")
        self.workspace.edit_kernel(*change)
        self.build_first()
        expected = self.workspace.kernel_and_modules()
        self.restore()
        self._build_kept()
        shutil.rmtree(self.folder / "kept")
        self.workspace.edit_kernel(*change)
        self.assertEqual(self._build_kept().ran("KbuildVmlinux"), 0)
        self._check(expected, change)


if __name__ == "__main__":
    absltest.main()
