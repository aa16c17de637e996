import os

from absl.testing import absltest, parameterized

from ksyms.elf import fast_reader
from ksyms.elf.export_sections import Export
from tests.elf_files import elf_files, module_files
from tests.elf_files.elf_files import Section, Symbol

_EXPORTS = [module_files.Export(b"plain"), module_files.Export(b"spaced", b"GPL", b"NETDEV")]


class FastReaderTest(parameterized.TestCase):
    def _read(self, data, base=0, with_defined=False):
        path = self.create_tempfile(content=data).full_path
        file = os.open(path, os.O_RDONLY)
        self.addCleanup(os.close, file)
        return fast_reader.read(file, base, len(data) - base, data[base : base + 64], with_defined)

    @parameterized.named_parameters(elf_files.LAYOUTS.items())
    def test_distinguishes_undefined_weak_and_defined_symbols(self, layout):
        data = module_files.write([b"printk", b"kfree"], [b"optional"], [b"init_module"], layout=layout)
        symbols = self._read(data, with_defined=True)
        self.assertEqual(symbols.undefined, [b"printk", b"kfree"])
        self.assertEqual(symbols.weak, [b"optional"])
        self.assertEqual(symbols.defined, [b"init_module"])
        self.assertEmpty(symbols.exported)

    @parameterized.named_parameters(
        (f"{name}_{form}", layout, form)
        for name, layout in elf_files.LAYOUTS.items()
        for form in module_files.EXPORT_FORMS
    )
    def test_reads_exports_with_licence_and_namespace(self, layout, form):
        data = module_files.write([b"printk"], exports=_EXPORTS, form=form, layout=layout)
        symbols = self._read(data)
        self.assertEqual(symbols.exported, [Export(b"plain"), Export(b"spaced", b"GPL", b"NETDEV")])
        self.assertEqual(symbols.undefined, [b"printk"])

    def test_common_and_absolute_symbols_are_defined(self):
        data = elf_files.write(
            [
                Symbol(b"buffer", section=elf_files.COMMON, value=8),
                Symbol(b"crc", section=elf_files.ABSOLUTE),
                Symbol(b"hook", elf_files.WEAK, section=elf_files.ABSOLUTE),
            ]
        )
        symbols = self._read(data, with_defined=True)
        self.assertEqual(symbols.defined, [b"buffer", b"crc", b"hook"])
        self.assertEmpty(symbols.undefined + symbols.weak)

    def test_defined_symbols_are_collected_only_on_request(self):
        data = module_files.write([b"printk"], defined=[b"init_module"])
        self.assertEmpty(self._read(data).defined)

    def test_local_symbols_are_ignored(self):
        local = Symbol(b"helper", elf_files.LOCAL, section=1)
        data = elf_files.write([local, Symbol(b"printk")], [Section(b".text")])
        symbols = self._read(data, with_defined=True)
        self.assertEqual(symbols.undefined, [b"printk"])
        self.assertEmpty(symbols.defined)

    def test_label_outside_the_export_sections_is_not_an_export(self):
        data = elf_files.write([Symbol(b"__ksymtab_fake", elf_files.LOCAL, section=1)], [Section(b".data")])
        self.assertEmpty(self._read(data).exported)

    def test_object_without_symbols(self):
        symbols = self._read(elf_files.write([]))
        self.assertEmpty(symbols.undefined + symbols.weak + symbols.exported)

    def test_reads_an_object_inside_another_file(self):
        data = b"ar header" + module_files.write([b"printk"], exports=_EXPORTS)
        symbols = self._read(data, base=len(b"ar header"))
        self.assertEqual(symbols.undefined, [b"printk"])
        self.assertLen(symbols.exported, 2)

    def test_global_symbol_that_the_header_counts_as_local_is_not_ignored(self):
        symbol_table = 1
        data = elf_files.write([Symbol(b"printk"), Symbol(b"kfree")])
        for first_global in (0, 2, 3, 4):
            changed = elf_files.with_section_field(data, symbol_table, elf_files.SECTION_INFO, first_global)
            with self.assertRaises(fast_reader.Irregular):
                self._read(changed)

    @parameterized.named_parameters(
        ("unknown_class", module_files.write([b"f"]).replace(b"\x7fELF\x02", b"\x7fELF\x03", 1)),
        ("shorter_than_a_header", module_files.write([b"f"])[:63]),
        ("two_symbol_tables", elf_files.write([Symbol(b"f")], more_tables=[[Symbol(b"g")]])),
        ("extended_numbering", elf_files.write([Symbol(b"f")], [Section(b"")] * 65280)),
        ("processor_specific_binding", elf_files.write([Symbol(b"f", binding=13)])),
    )
    def test_leaves_to_the_general_reader(self, data):
        with self.assertRaises(fast_reader.Irregular):
            self._read(data)


if __name__ == "__main__":
    absltest.main()
