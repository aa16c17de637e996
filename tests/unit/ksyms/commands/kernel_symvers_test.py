import argparse
import pathlib

from absl.testing import absltest

from ksyms.commands import kernel_symvers
from ksyms.errors import KsymsError
from tests.elf_files import module_files
from tests.elf_files.module_files import Export


class KernelSymversTest(absltest.TestCase):
    def setUp(self):
        super().setUp()
        self.folder = pathlib.Path(self.create_tempdir().full_path)
        self._write("modules/drivers/net/snd-hda.o", [Export(b"snd_hda_bind", b"GPL", b"SND_HDA")])

    def _write(self, name, exports):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(module_files.write([b"kfree"], exports=exports, form=module_files.EXPORT_SYMBOL))

    def _run(self):
        kernel_symvers.run(
            argparse.Namespace(
                output=str(self.folder / "out"),
                vmlinux_o=str(self.folder / "tree"),
                modules=str(self.folder / "modules"),
            )
        )
        return (self.folder / "out").read_text()

    def test_has_what_vmlinux_and_modules_may_export(self):
        for name in ("tree/vmlinux.o", "tree/objects/vmlinux.o"):
            with self.subTest(name):
                self._write(name, [Export(b"vfree"), Export(b"kfree", b"GPL")])
                self.assertEqual(
                    self._run(),
                    "0x00000000\tkfree\tvmlinux\tEXPORT_SYMBOL_GPL\t\n"
                    "0x00000000\tsnd_hda_bind\tdrivers/net/snd-hda\tEXPORT_SYMBOL_GPL\tSND_HDA\n"
                    "0x00000000\tvfree\tvmlinux\tEXPORT_SYMBOL\t\n",
                )

    def test_kernel_without_exports_is_refused(self):
        self._write("tree/vmlinux.o", [])
        with self.assertRaisesRegex(KsymsError, r"vmlinux\.o: exports no symbol\. To fix: use Linux 6\.5 or later"):
            self._run()


if __name__ == "__main__":
    absltest.main()
