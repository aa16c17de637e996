"""A kernel built in a folder that outlives the build: the same bytes as one built from nothing, after every edit."""

from absl.testing import absltest

from tests.kernel import kernel_case
from tests.kernel.kernel_case import BODY, KERNEL


class KeptObjectsTest(kernel_case.KernelTestCase):
    def _built(self):
        folder = self.workspace.path / "bazel-bin"
        modules = [path for name in ("_modules", "_hello") for path in (folder / (KERNEL + name)).rglob("*.ko")]
        return {
            path.name: path.read_bytes()
            for path in [*modules, *(folder / KERNEL / name for name in ("vmlinux", "bzImage", "vmlinux.symvers"))]
        }

    def test_kernel_is_the_same_after_edits_and_when_they_are_taken_back(self):
        workspace = self.workspace
        edits = (
            (workspace.edit_kernel, "drivers/net/dummy.c", "numdummies = 1;", "numdummies = 2;"),
            (workspace.edit_kernel, "init/main.c", "Kernel command line: ", "Command line: "),
            # On top of the original: the folder then has objects of another vmlinux.
            (workspace.edit, "hello/hello.c", BODY, "\tdump_stack();\n" + BODY),
        )
        for edit, *change in ((lambda: None,), *edits):
            self.restore()
            edit(*change)
            workspace.build_cached(*workspace.everything())
            expected = self._built()
            # With the disk cache, as people have it: it must not stand in for the folder.
            workspace.build_cached(
                *workspace.everything(), f"--@ksyms_rules//ksyms_rules:build_cache={self.folder}/kept"
            )
            built = self._built()
            self.assertGreater(len(built), 20)
            self.assertEqual([name for name in expected if built.get(name) != expected[name]], [], change)


if __name__ == "__main__":
    absltest.main()
