import os
import pathlib
import types

import step_tree
from absl.testing import absltest

from errors import KsymsError


class StepTreeTest(absltest.TestCase):
    def setUp(self):
        super().setUp()
        self.folder = pathlib.Path(self.create_tempdir().full_path)
        for name in ("include/linux", "arch/x86/include", "init"):
            (self.folder / "linux" / name).mkdir(parents=True)
        (self.folder / "linux/include/linux/a.h").write_text("")
        (self.folder / "linux/Kconfig").write_text("")

    def _arguments(self, options, build_cache=""):
        (self.folder / "config").write_text(options)
        return types.SimpleNamespace(
            build_cache=build_cache,
            config=str(self.folder / "config"),
            kconfig=str(self.folder / "linux/Kconfig"),
            llvm=False,
            log=str(self.folder / "log"),
            make_var=["ARCH=x86_64"],
            restore=[],
            title="//:linux",
            trim="modpost",
        )

    def test_headers_are_copied_for_a_kernel_that_packs_them(self):
        for options, copied in (("CONFIG_IKHEADERS=m\n", True), ("# CONFIG_IKHEADERS is not set\n", False)):
            with self.subTest(options), step_tree.opened(self._arguments(options)) as (tree, _):
                sources = pathlib.Path(tree.sources)
                self.assertEqual((sources / "include").is_symlink(), not copied)
                self.assertTrue((sources / "include/linux/a.h").is_file())
                self.assertEqual(os.path.islink(sources / "arch"), not copied)
                self.assertTrue((sources / "init").is_symlink())

    def test_a_file_that_was_emptied_is_back_with_its_time(self):
        path = self.folder / "modules.order"
        path.write_text("a.ko\n")
        os.utime(path, (1, 1))
        with self.assertRaises(KsymsError), step_tree.emptied(path):
            self.assertEqual(path.read_text(), "")
            raise KsymsError("a", "b", "c")
        self.assertEqual((path.read_text(), path.stat().st_mtime), ("a.ko\n", 1))

    def test_no_file_is_left_where_none_was(self):
        with step_tree.emptied(self.folder / "modules.order"):
            self.assertTrue((self.folder / "modules.order").exists())
        self.assertEqual([path.name for path in self.folder.iterdir()], ["linux"])

    def test_kernels_whose_objects_cannot_be_kept_are_refused(self):
        (self.folder / "linux/Makefile").write_text("VERSION = 5\nPATCHLEVEL = 14\n")
        for options, problem in (
            ("CONFIG_RANDSTRUCT=y\n", "config: randomizes structures, .* To fix: build without --"),
            ("CONFIG_IKHEADERS=m\n", "config: packs headers, .* To fix: build without --"),
        ):
            arguments = self._arguments(options, build_cache=str(self.folder / "kept"))
            with self.assertRaisesRegex(KsymsError, problem), step_tree.opened(arguments):
                pass
            self.assertFalse((self.folder / "kept").exists())


if __name__ == "__main__":
    absltest.main()
