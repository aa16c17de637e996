import os
import pathlib

from absl.testing import absltest

from kbuild.build_tree import BuildTree


class ModuleTreeTest(absltest.TestCase):
    def setUp(self):
        super().setUp()
        self.folder = pathlib.Path(self.create_tempdir().full_path)
        for name in ("linux", "saved", "configured"):
            (self.folder / name).mkdir()
        self.source = self.folder / "driver.c"
        self.source.write_text("source")

    def _tree(self, name):
        return BuildTree(str(self.folder / name), str(self.folder / "linux"))

    def test_sources_keep_their_places(self):
        module = self._tree("here").module
        module.link({"include/driver.h": str(self.source)})
        self.assertEqual((pathlib.Path(module.path) / "include/driver.h").resolve(), self.source)

    def test_saved_tree_has_what_was_built_but_not_the_sources(self):
        sources = {"driver.c": str(self.source), "core.o_binary": str(self.source)}
        here = self._tree("here")
        here.module.link(sources)
        module = pathlib.Path(here.module.path)
        (module / "driver.o").write_text("object")
        (module / "core.o").symlink_to(module / "core.o_binary")
        here.save(str(self.folder / "saved"))
        self.assertEqual(os.listdir(self.folder / "saved/module"), ["driver.o"])
        there = self._tree("there")
        there.restore(str(self.folder / "saved"))
        there.module.link(sources)
        restored = pathlib.Path(there.module.path)
        self.assertEqual((restored / "driver.o").read_text(), "object")
        self.assertEqual((restored / "core.o").resolve(), self.source)
        self.assertEqual(os.readlink(restored / "core.o"), str(restored / "core.o_binary"))

    def test_configured_sources_name_the_place_that_they_are_in(self):
        here = self._tree("here")
        here.module.copy({"module/driver.c": str(self.source)})
        module = pathlib.Path(here.module.path, "module")
        (module / "Kbuild").write_text(f"ccflags-y := -I{module} -I{here.objects}\nobj-m := driver.o\n")
        for name in ("conftest.o", ".conftest.o.cmd"):
            (module / name).write_text("trial")
        (module.parent / "config.log").write_text("host")
        here.module.save_sources(str(self.folder / "configured"))
        self.assertCountEqual(os.listdir(self.folder / "configured/module"), ["Kbuild", "driver.c"])
        self.assertEqual(os.listdir(self.folder / "configured"), ["module"])
        self.assertNotIn(str(self.folder), (self.folder / "configured/module/Kbuild").read_text())

        there = self._tree("there")
        there.module.link({"": str(self.folder / "configured")})
        module = pathlib.Path(there.module.path, "module")
        self.assertStartsWith((module / "Kbuild").read_text(), f"ccflags-y := -I{module} -I{there.objects}\n")
        self.assertTrue((module / "driver.c").is_symlink())
        self.assertFalse(module.is_symlink())
        there.save(str(self.folder / "saved"))
        self.assertEmpty([path for path in (self.folder / "saved/module").rglob("*") if path.is_file()])


if __name__ == "__main__":
    absltest.main()
