import os
import pathlib

from absl.testing import absltest

from kbuild import work_folder
from kbuild.build_step import BuildArguments
from ksyms.errors import KsymsError


class WorkFolderTest(absltest.TestCase):
    def setUp(self):
        super().setUp()
        self.folder = pathlib.Path(self.create_tempdir().full_path)
        for name in ("include/linux", "arch/x86/include", "init"):
            (self.folder / "linux" / name).mkdir(parents=True)
        (self.folder / "linux/include/linux/a.h").write_text("")
        (self.folder / "linux/Kconfig").write_text("")

    def _arguments(self, options, kept_objects=""):
        (self.folder / "config").write_text(options)
        return BuildArguments(
            kept_objects=kept_objects,
            config=str(self.folder / "config"),
            kconfig=str(self.folder / "linux/Kconfig"),
            llvm=False,
            log=str(self.folder / "log"),
            make_vars=["ARCH=x86_64"],
            restore=[],
            save="",
            title="//:linux",
            trim="modpost",
            unread="",
        )

    def test_headers_are_copied_for_a_kernel_that_packs_them(self):
        for options, copied in (("CONFIG_IKHEADERS=m\n", True), ("# CONFIG_IKHEADERS is not set\n", False)):
            with self.subTest(options), work_folder.opened(self._arguments(options)) as (tree, _):
                sources = pathlib.Path(tree.sources)
                self.assertEqual((sources / "include").is_symlink(), not copied)
                self.assertTrue((sources / "include/linux/a.h").is_file())
                self.assertEqual(os.path.islink(sources / "arch"), not copied)
                self.assertTrue((sources / "init").is_symlink())

    def test_kernels_whose_objects_cannot_be_kept_are_refused(self):
        (self.folder / "linux/Makefile").write_text("VERSION = 5\nPATCHLEVEL = 14\n")
        for options, problem in (
            ("CONFIG_RANDSTRUCT=y\n", "config: randomizes structures, .* To fix: build without --"),
            ("CONFIG_IKHEADERS=m\n", "config: packs all headers, .* To fix: build without --"),
        ):
            arguments = self._arguments(options, kept_objects=str(self.folder / "kept"))
            with self.assertRaisesRegex(KsymsError, problem), work_folder.opened(arguments):
                pass
            self.assertFalse((self.folder / "kept").exists())


if __name__ == "__main__":
    absltest.main()
