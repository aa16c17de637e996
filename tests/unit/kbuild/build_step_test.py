import os
import pathlib

from absl.testing import absltest

from kbuild import build_step
from kbuild.build_step import BuildArguments
from kbuild.build_tree import BuildTree


class FinishTest(absltest.TestCase):
    def setUp(self):
        super().setUp()
        self.folder = pathlib.Path(self.create_tempdir().full_path)
        for name in ("linux/init", "saved"):
            (self.folder / name).mkdir(parents=True)
        for name in ("linux/Kconfig", "linux/init/main.c", "linux/init/version.h", "config"):
            (self.folder / name).write_text("")
        self.tree = BuildTree(str(self.folder / "work"), str(self.folder / "linux"))
        for name in ("vmlinux.o", "main.o"):
            pathlib.Path(self.tree.objects, name).write_text(name)

    def _finish(self, trim="modpost", kept_objects="", **kwargs):
        arguments = BuildArguments(
            config=str(self.folder / "config"),
            kconfig=str(self.folder / "linux/Kconfig"),
            kept_objects=kept_objects,
            llvm=False,
            log=str(self.folder / "log"),
            make_vars=[],
            restore=[],
            save=str(self.folder / "saved"),
            title="//:linux",
            trim=trim,
            unread=str(self.folder / "unread"),
        )
        build_step.finish(arguments, self.tree, **kwargs)

    def _saved(self):
        return {path.name for path in (self.folder / "saved").rglob("*.o")}

    def _unread(self):
        return [os.path.basename(path) for path in (self.folder / "unread").read_text().splitlines()]

    def test_whole_tree_is_saved(self):
        self._finish(linked=["vmlinux.o"])
        self.assertEqual(self._saved(), {"vmlinux.o", "main.o"})

    def test_of_kept_objects_only_what_later_steps_link_is_saved(self):
        self._finish(linked=["vmlinux.o"], kept_objects="/kept")
        self.assertEqual(self._saved(), {"vmlinux.o"})

    def test_kept_objects_that_depend_on_the_exported_set_are_not_saved(self):
        self._finish(linked=["vmlinux.o"], kept_objects="/kept", trim="autoksyms")
        self.assertEmpty(self._saved())

    def test_headers_count_as_read_if_the_kernel_packs_them(self):
        self._finish(packed=("y",))
        self.assertEqual(self._unread(), ["main.c", "version.h"])
        (self.folder / "config").write_text("CONFIG_IKHEADERS=m\n")
        self._finish(packed=("y",))
        self.assertEqual(self._unread(), ["main.c", "version.h"])
        self._finish(packed=("m", "y"))
        self.assertEqual(self._unread(), ["main.c"])

    def test_sources_of_an_external_module_are_read(self):
        self._finish(own=[str(self.folder / "linux/init/main.c")])
        self.assertEqual(self._unread(), ["version.h"])


if __name__ == "__main__":
    absltest.main()
