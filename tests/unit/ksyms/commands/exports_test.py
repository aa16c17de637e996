import argparse
import os

from absl.testing import absltest, parameterized

from ksyms.commands import exports
from ksyms.errors import KsymsError
from tests.elf_files import ar_files, module_files
from tests.elf_files.module_files import Export

_EXPORTS = [Export(b"zulu", b"GPL", b"NS"), Export(b"alpha")]


class ExportsTest(parameterized.TestCase):
    def setUp(self):
        super().setUp()
        self._folder = self.create_tempdir()
        self._output = os.path.join(self._folder.full_path, "kernel.exports")

    def _file(self, name, data):
        return self._folder.create_file(name, data).full_path

    def _run(self, *sources):
        """Runs the command; returns the output's bytes."""
        exports.run(argparse.Namespace(output=self._output, exports=sources))
        with open(self._output, "rb") as file:
            return file.read()

    def test_vmlinux(self):
        lines = self._run(self._file("vmlinux", module_files.vmlinux(_EXPORTS)))
        self.assertEqual(lines, b"alpha\tvmlinux\t\t\nzulu\tvmlinux\tGPL\tNS\n")

    def test_vmlinux_that_is_linked_again_gives_the_same_bytes(self):
        path = self._file("vmlinux", module_files.vmlinux(_EXPORTS))
        before = self._run(path)
        again = module_files.vmlinux(list(reversed(_EXPORTS)), address=0xFFFF800009000000)
        with open(path, "rb") as file:
            self.assertNotEqual(file.read(), again)
        self.assertEqual(self._run(self._file("vmlinux", again)), before)

    @parameterized.named_parameters(
        *((f"{form}_{name}", form, name) for form in module_files.EXPORT_FORMS for name in ("snd-hda.ko", "snd-hda.o"))
    )
    def test_module(self, form, name):
        lines = self._run(self._file(name, module_files.write([b"kfree"], exports=_EXPORTS, form=form)))
        self.assertEqual(lines, b"alpha\tsnd_hda\t\t\nzulu\tsnd_hda\tGPL\tNS\n")

    def test_archive(self):
        archive = ar_files.gnu({b"a.o": module_files.write(exports=_EXPORTS)})
        self.assertEqual(self._run(self._file("lib.a", archive)), b"alpha\tlib\t\t\nzulu\tlib\tGPL\tNS\n")

    def test_module_symvers_is_recognized_by_its_name(self):
        data = b"0x0\tzulu\tdrivers/x/snd-hda\tEXPORT_SYMBOL_GPL\tNS\n0x0\talpha\tvmlinux\tEXPORT_SYMBOL\t\n"
        expected = b"alpha\tvmlinux\t\t\nzulu\tsnd_hda\tGPL\tNS\n"
        self.assertEqual(self._run(self._file("Module.symvers", data)), expected)
        self.assertEqual(self._run(self._file("ext_Module.symvers", data)), expected)
        self.assertEqual(self._run(self._file("vmlinux.symvers", data)), expected)

    def test_several_sources_give_one_table_sorted_by_bytes_without_repetitions(self):
        vmlinux = self._file("vmlinux", module_files.vmlinux(_EXPORTS))
        data = b"0x0\tB\tvmlinux\tEXPORT_SYMBOL\t\n0x0\talpha\tvmlinux\tEXPORT_SYMBOL\t\n"
        symvers = self._file("Module.symvers", data)
        module = self._file("m.ko", module_files.write(exports=[Export(b"mike")]))
        lines = self._run(vmlinux, symvers, module)
        self.assertEqual(lines, b"B\tvmlinux\t\t\nalpha\tvmlinux\t\t\nmike\tm\t\t\nzulu\tvmlinux\tGPL\tNS\n")
        self.assertEqual(self._run(module, symvers, vmlinux), lines)

    def test_module_may_export_nothing_and_so_may_the_module_symvers_of_external_modules(self):
        vmlinux = self._file("vmlinux", module_files.vmlinux(_EXPORTS))
        quiet = self._file("quiet.ko", module_files.write([b"kfree"]))
        self.assertEqual(self._run(quiet, vmlinux, self._file("Module.symvers", b"")), self._run(vmlinux))

    @parameterized.named_parameters(
        ("vmlinux", "vmlinux", module_files.vmlinux([])),
        ("vmlinux_object", "vmlinux.o", module_files.write([b"kfree"])),
        ("vmlinux_symvers", "vmlinux.symvers", b""),
    )
    def test_kernel_that_exports_nothing_is_refused_whatever_else_there_is(self, name, data):
        other = self._file("Module.symvers", b"0x0\tapi\tdrivers/x\tEXPORT_SYMBOL\t\n")
        path = self._file(name, data)
        with self.assertRaisesRegex(KsymsError, rf"^{path}: exports no symbol\. To fix: .+\.$"):
            self._run(other, path)
        self.assertFalse(os.path.exists(self._output))

    def test_sources_that_export_nothing_together_are_refused(self):
        sources = [self._file("quiet.ko", module_files.write([b"kfree"])), self._file("Module.symvers", b"")]
        with self.assertRaisesRegex(KsymsError, rf"^{', '.join(sources)}: exports no symbol\. To fix: .+\.$"):
            self._run(*sources)

    @parameterized.named_parameters(
        ("name", Export(b"x\ty"), r"has the symbol name 'x\ty'"),
        ("namespace", Export(b"x", b"", b"N\nS"), r"has the namespace 'N\nS'"),
        ("namespace_not_ascii", Export(b"x", b"", b"N\xe9"), r"has the namespace 'N\xe9'"),
    )
    def test_export_that_would_break_the_table_is_refused(self, export, problem):
        path = self._file("vmlinux", module_files.vmlinux([export]))
        with self.assertRaises(KsymsError) as failure:
            self._run(path)
        self.assertStartsWith(str(failure.exception), f"{path}: {problem}")
        self.assertFalse(os.path.exists(self._output))

    def test_bad_source_leaves_the_existing_output(self):
        good = self._file("vmlinux", module_files.vmlinux(_EXPORTS))
        before = self._run(good)
        for bad in ("/nowhere/vmlinux", self._file("bad/Module.symvers", b"kfree\n"), self._file("x.ko", b"text")):
            with self.assertRaisesRegex(KsymsError, r"\. To fix: .+\.$"):
                self._run(good, bad)
        with open(self._output, "rb") as file:
            self.assertEqual(file.read(), before)

    def test_linked_object_with_another_name_than_vmlinux_is_refused(self):
        with self.assertRaisesRegex(KsymsError, r"kernel\.elf: is linked, not a relocatable ELF object"):
            self._run(self._file("kernel.elf", module_files.vmlinux(_EXPORTS)))


if __name__ == "__main__":
    absltest.main()
