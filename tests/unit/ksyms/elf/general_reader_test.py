import struct

from absl.testing import absltest, parameterized

from ksyms.elf import general_reader
from ksyms.elf.export_sections import Export
from ksyms.errors import KsymsError
from tests.elf_files import elf_files, module_files
from tests.elf_files.elf_files import Section, Symbol

_EXPORTS = [module_files.Export(b"plain"), module_files.Export(b"spaced", b"GPL", b"NETDEV")]
# So many that even 0xFFF1 (absolute) and 0xFFF2 (common) are indexes of sections.
_MANY_SECTIONS = [Section(b".text.f%d" % number) for number in range(0xFFF8)]
_SHT_SYMTAB_SHNDX, _SHN_XINDEX = 18, 0xFFFF - 0x10000
# Indexes of the sections that elf_files.write makes without sections of the caller.
_SYMTAB, _SHSTRTAB = 1, 3


class GeneralReaderTest(parameterized.TestCase):
    @parameterized.named_parameters(
        (f"{name}_{form}", layout, form)
        for name, layout in elf_files.LAYOUTS.items()
        for form in module_files.EXPORT_FORMS
    )
    def test_reads_all_layouts_and_forms_of_exports(self, layout, form):
        data = module_files.write([b"printk"], [b"optional"], [b"init_module"], _EXPORTS, form, layout)
        symbols = general_reader.read(data, "a.o", with_defined=True)
        self.assertEqual(symbols.undefined, [b"printk"])
        self.assertEqual(symbols.weak, [b"optional"])
        self.assertEqual(symbols.exported, [Export(b"plain"), Export(b"spaced", b"GPL", b"NETDEV")])
        self.assertEqual(symbols.defined, [b"init_module", b"plain", b"spaced"])

    def test_symbol_in_a_section_with_extended_numbering_is_defined(self):
        far = Symbol(b"far", section=65280)
        where_common_is = Symbol(b"where_common_is", section=0xFFF2)
        data = elf_files.write([Symbol(b"printk"), far, where_common_is], _MANY_SECTIONS)
        symbols = general_reader.read(data, "lto.o", with_defined=True)
        self.assertEqual(symbols.undefined, [b"printk"])
        self.assertEqual(symbols.defined, [b"far", b"where_common_is"])

    def test_export_in_a_section_with_extended_numbering_is_found(self):
        sections, labels = module_files.export_sections(
            _EXPORTS, module_files.SECTION_EACH, first=1 + len(_MANY_SECTIONS)
        )
        data = elf_files.write([*labels, Symbol(b"printk")], [*_MANY_SECTIONS, *sections])
        symbols = general_reader.read(data, "lto.o")
        self.assertEqual(symbols.exported, [Export(b"plain"), Export(b"spaced", b"GPL", b"NETDEV")])

    def test_extended_index_without_its_table_is_refused(self):
        index_table = 1 + len(_MANY_SECTIONS) + 2
        data = elf_files.write([Symbol(b"far", section=65280)], _MANY_SECTIONS)
        data = elf_files.with_section_field(data, index_table, elf_files.SECTION_TYPE, 1)
        with self.assertRaisesRegex(KsymsError, "SHN_XINDEX"):
            general_reader.read(data, "lto.o")

    def test_extended_index_of_no_section_is_undefined(self):
        indexes = Section(b".symtab_shndx", bytes(8), _SHT_SYMTAB_SHNDX, link=2, entry_size=4)
        data = elf_files.write([Symbol(b"lost", section=_SHN_XINDEX)], [indexes])
        self.assertEqual(general_reader.read(data, "lto.o").undefined, [b"lost"])

    def test_too_few_extended_indexes_are_refused(self):
        indexes = Section(b".symtab_shndx", bytes(4), _SHT_SYMTAB_SHNDX, link=2, entry_size=4)
        data = elf_files.write([Symbol(b"lost", section=_SHN_XINDEX)], [indexes])
        with self.assertRaisesRegex(KsymsError, "section .symtab_shndx is shorter than the symbol table"):
            general_reader.read(data, "lto.o")

    def test_extended_indexes_without_their_symbol_table_are_refused(self):
        data = elf_files.write([Symbol(b"printk")], [Section(b".symtab_shndx", b"", _SHT_SYMTAB_SHNDX, link=1000)])
        with self.assertRaisesRegex(KsymsError, "malformed"):
            general_reader.read(data, "lto.o")

    def test_several_symbol_tables_are_read_together(self):
        data = elf_files.write([Symbol(b"printk")], more_tables=[[Symbol(b"kfree"), Symbol(b"hook", elf_files.WEAK)]])
        symbols = general_reader.read(data, "a.o")
        self.assertEqual(symbols.undefined, [b"printk", b"kfree"])
        self.assertEqual(symbols.weak, [b"hook"])

    def test_undefined_symbol_with_processor_specific_binding_is_undefined(self):
        data = elf_files.write([Symbol(b"special", binding=13)])
        self.assertEqual(general_reader.read(data, "a.o").undefined, [b"special"])

    def test_stripped_object_is_refused(self):
        data = elf_files.with_section_field(elf_files.write([Symbol(b"printk")]), _SYMTAB, elf_files.SECTION_TYPE, 1)
        with self.assertRaisesRegex(KsymsError, r"^a\.ko: has no symbol table\. To fix: .*--strip-debug"):
            general_reader.read(data, "a.ko")

    @parameterized.named_parameters(
        (
            "global_symbol_among_the_local_ones",
            _SYMTAB,
            elf_files.SECTION_INFO,
            2,
            "'printk' is global and yet among the local",
        ),
        ("symbol_with_another_size", _SYMTAB, elf_files.SECTION_ENTRY_SIZE, 48, "a symbol has 48 bytes instead of 24"),
        ("symbol_without_size", _SYMTAB, elf_files.SECTION_ENTRY_SIZE, 0, ""),
        ("part_of_a_symbol", _SYMTAB, elf_files.SECTION_SIZE, 47, "multiple of entry size"),
        ("names_in_no_string_table", _SYMTAB, elf_files.SECTION_LINK, 0, ""),
        ("names_in_the_symbol_table", _SYMTAB, elf_files.SECTION_LINK, _SYMTAB, ""),
        ("names_in_no_section", _SYMTAB, elf_files.SECTION_LINK, 1000, ""),
        ("names_end_after_the_file", 2, elf_files.SECTION_SIZE, 1 << 40, "after the file"),
        ("name_without_end", 2, elf_files.SECTION_SIZE, 7, ""),
        ("section_names_end_after_the_file", _SHSTRTAB, elf_files.SECTION_OFFSET, 1 << 40, "after the file"),
    )
    def test_malformed_object_is_refused(self, section, field, value, detail):
        data = elf_files.with_section_field(elf_files.write([Symbol(b"printk")]), section, field, value)
        with self.assertRaisesRegex(KsymsError, rf"^a\.o: is a truncated or malformed ELF object \(.*{detail}"):
            general_reader.read(data, "a.o")

    def test_undefined_local_symbol_is_refused(self):
        data = elf_files.write([Symbol(b"lost", elf_files.LOCAL)])
        with self.assertRaisesRegex(KsymsError, "'lost' is undefined and yet local"):
            general_reader.read(data, "a.o")

    def test_section_names_in_no_section_are_refused(self):
        data = bytearray(elf_files.write([Symbol(b"printk")]))
        struct.pack_into("<H", data, 62, 1000)
        with self.assertRaisesRegex(KsymsError, "malformed"):
            general_reader.read(bytes(data), "a.o")

    def test_section_headers_of_another_size_are_refused(self):
        data = bytearray(elf_files.write([Symbol(b"printk")]))
        struct.pack_into("<H", data, 58, 80)
        with self.assertRaisesRegex(KsymsError, "malformed"):
            general_reader.read(bytes(data), "a.o")


if __name__ == "__main__":
    absltest.main()
