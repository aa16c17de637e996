import os
import pathlib

from absl.testing import absltest

from kbuild import build_tree
from kbuild.build_tree import BuildTree


class BuildTreeTest(absltest.TestCase):
    def setUp(self):
        super().setUp()
        self.folder = pathlib.Path(self.create_tempdir().full_path)
        self.sources = self.folder / "execroot/linux"
        (self.sources / "init").mkdir(parents=True)
        (self.sources / "Makefile").write_text("all:\n")
        (self.sources / "init/main.c").write_text("int main;\n")

    def _tree(self, work):
        tree = BuildTree(str(self.folder / work), str(self.sources))
        tree.link_sources()
        return tree

    def test_sources_can_be_reached_from_the_objects(self):
        tree = self._tree("here")
        self.assertEqual((pathlib.Path(tree.objects) / "../init/main.c").read_text(), "int main;\n")

    def test_folders_that_are_packed_as_they_are_have_files_and_no_links(self):
        headers = self.sources / "arch/x86/include"
        headers.mkdir(parents=True)
        (self.folder / "page.h").write_text("page")
        (headers / "page.h").symlink_to(self.folder / "page.h")
        (self.sources / "arch/Kconfig").write_text("")
        tree = BuildTree(str(self.folder / "here"), str(self.sources))
        tree.link_sources(copied=["arch/x86/include"])
        sources = pathlib.Path(tree.sources)
        self.assertFalse((sources / "arch/x86/include/page.h").is_symlink())
        self.assertEqual((sources / "arch/x86/include/page.h").read_text(), "page")
        self.assertTrue((sources / "arch/Kconfig").is_symlink())
        self.assertTrue((sources / "init").is_symlink())

    def test_place_is_as_compilers_name_it(self):
        (self.folder / "home").symlink_to("real")
        (self.folder / "real").mkdir()
        tree = BuildTree(str(self.folder / "home"), str(self.sources))
        self.assertEqual(tree.sources, os.path.realpath(self.folder / "real/linux"))

    def test_links_follow_what_is_at_the_top(self):
        self._tree("here")
        (self.sources / "Makefile").unlink()
        (self.sources / "Kbuild").write_text("obj-y :=\n")
        linked = pathlib.Path(self._tree("here").sources)
        self.assertEqual(sorted(path.name for path in linked.iterdir()), ["Kbuild", "init", "objects"])

    def test_links_that_lead_back_or_nowhere_are_no_sources(self):
        for name, target in (("itself", "itself"), ("init/back", ".."), ("gone", "../nowhere"), ("aside", "init")):
            (self.sources / name).symlink_to(target)
        found = sorted(path for path, _ in build_tree.sources(str(self.sources)))
        self.assertEqual(found, ["Makefile", "aside/main.c", "init/main.c"])

    def test_saved_tree_is_restored_at_another_place(self):
        here, there = self._tree("here"), self._tree("far/there")
        objects = pathlib.Path(here.objects)
        (objects / "tools").mkdir()
        command = f"cmd := ld {here.objects}/tools/fixdep.o {os.path.realpath(self.sources)}/tools/fixdep.c\n"
        (objects / "tools/.fixdep.cmd").write_text(command)
        (objects / "tools/fixdep").write_bytes(b"\x7fELF" + here.objects.encode())
        (objects / "tools/fixdep").chmod(0o555)
        self.assertEqual(os.readlink(objects / "source"), "..")
        (objects / "bzImage").symlink_to("tools/fixdep")
        (objects / "arch/x86/entry").mkdir(parents=True)
        # Bazel makes the folder of an output.
        (self.folder / "saved").mkdir()
        here.save(str(self.folder / "saved"))
        saved = (self.folder / "saved/objects/tools/.fixdep.cmd").read_text()
        self.assertNotIn(str(self.folder), saved)
        self.assertCountEqual(os.listdir(self.folder / "saved/objects"), ["arch", "tools"])
        (self.folder / "saved/objects/arch/x86/entry").rmdir()

        there.restore(str(self.folder / "saved"))
        restored = pathlib.Path(there.objects)
        self.assertEqual((restored / "tools/.fixdep.cmd").read_text(), command.replace(here.objects, there.objects))
        self.assertEqual((restored / "tools/fixdep").read_bytes(), (objects / "tools/fixdep").read_bytes())
        self.assertTrue(os.access(restored / "tools/fixdep", os.X_OK | os.W_OK))
        self.assertTrue((restored / "arch/x86/entry").is_dir())

    def test_links_of_a_sandbox_are_followed_and_not_written_through(self):
        original = self.folder / "cas/main.o"
        original.parent.mkdir()
        original.write_text("object")
        (self.folder / "saved/objects").mkdir(parents=True)
        (self.folder / "saved/objects/main.o").symlink_to(original)
        (self.folder / "saved/empty_folders.txt").write_text("")
        tree = self._tree("here")
        tree.restore(str(self.folder / "saved"))
        (pathlib.Path(tree.objects) / "main.o").write_text("another")
        self.assertEqual(original.read_text(), "object")

    def test_no_object_is_older_than_another_after_settling(self):
        tree = self._tree("here")
        for number, name in enumerate(("a.o", "b.h", "c.o")):
            (pathlib.Path(tree.objects) / name).write_text("")
            os.utime(os.path.join(tree.objects, name), (number, number))
        tree.settle()
        self.assertLen({os.stat(os.path.join(tree.objects, name)).st_mtime_ns for name in ("a.o", "b.h", "c.o")}, 1)

    def test_what_git_and_bazel_keep_is_no_source(self):
        for name in (".git", ".gitignore", "bazel-out", "external"):
            (self.sources / name).mkdir()
        self.assertCountEqual(os.listdir(self._tree("here").sources), ["Makefile", "init", "objects"])


if __name__ == "__main__":
    absltest.main()
