"""Objects whose symbols are stripped, or not there before LTO, are refused: never read as if they needed less."""

from absl.testing import absltest, parameterized

from ksyms.elf import object_file
from ksyms.errors import KsymsError
from tests.elf_files import ar_files, elf_files, module_files
from tests.elf_files.elf_files import Section, Symbol

_EXPORTS = [module_files.Export(b"plain"), module_files.Export(b"spaced", b"GPL", b"NETDEV")]
_LTO_SECTIONS = [Section(b".gnu.lto_.lto.3e1a", bytes(8)), Section(b".gnu.lto_.symtab.3e1a", b"kfree\0")]
_SLIM_LTO = Symbol(b"__gnu_lto_slim", section=elf_files.COMMON, value=1)
_NOBITS = 8


def _slim(layout=elf_files.X86_64):
    return elf_files.write([_SLIM_LTO], _LTO_SECTIONS, layout)


class MissingSymbolsTest(parameterized.TestCase):
    def _file(self, data, name="module.o"):
        return self.create_tempfile(name, data).full_path

    def _refusal(self, path, read=object_file.read):
        with self.assertRaises(KsymsError) as failure:
            read(path)
        self.assertRegex(str(failure.exception), r"\. To fix: .+\.$")
        return str(failure.exception).removeprefix(path)

    @parameterized.named_parameters(elf_files.LAYOUTS.items())
    def test_object_of_gcc_before_lto_is_refused(self, layout):
        self.assertStartsWith(self._refusal(self._file(_slim(layout))), ": is an object of GCC's LTO without code")

    @parameterized.named_parameters(("gnu", ar_files.gnu), ("bsd", ar_files.bsd))
    def test_member_before_lto_is_refused_with_its_archive(self, write):
        data = write({b"a.o": module_files.write([b"kfree"]), b"slim.o": _slim()})
        self.assertStartsWith(
            self._refusal(self._file(data, "lib.a")), "(slim.o): is an object of GCC's LTO without code"
        )

    def test_object_with_code_before_and_after_lto_is_refused(self):
        # As `ld -r` without GCC's plugin links them.
        data = elf_files.write([_SLIM_LTO, Symbol(b"kfree")], _LTO_SECTIONS)
        self.assertStartsWith(self._refusal(self._file(data)), ": is an object of GCC's LTO without code")

    @parameterized.named_parameters(
        ("fat_object_of_gcc", [], _LTO_SECTIONS),
        ("symbol_that_lto_has_left_in_a_module", [_SLIM_LTO], []),
        ("fat_object_of_clang", [], [Section(b".llvm.lto", b"BC\xc0\xde")]),
    )
    def test_object_with_all_its_code_is_read(self, symbols, sections):
        data = elf_files.write([*symbols, Symbol(b"kfree")], sections)
        self.assertEqual(object_file.read(self._file(data)).undefined, [b"kfree"])

    @parameterized.parameters(*module_files.EXPORT_FORMS)
    def test_exports_without_labels_are_refused(self, form):
        # As `strip --strip-unneeded` leaves them: labels are local symbols.
        sections, labels = module_files.export_sections(_EXPORTS, form, first=1)
        named = elf_files.write([*labels, Symbol(b"kfree")], sections)
        self.assertLen(object_file.read(self._file(named)).exported, 2)
        stripped = elf_files.write([Symbol(b"kfree")], sections)
        section = sections[0].name.decode().replace("+", r"\+")
        self.assertRegex(
            self._refusal(self._file(stripped)), f"^: has exports in its section {section}, but not their names"
        )

    def test_exports_of_which_one_section_has_no_labels_are_refused(self):
        sections, labels = module_files.export_sections(_EXPORTS, module_files.LINKED, first=1)
        labels = [label for label in labels if b"spaced" not in label.name]
        data = elf_files.write(labels, sections)
        self.assertStartsWith(self._refusal(self._file(data)), ": has exports in its section __ksymtab_gpl, ")

    def test_vmlinux_without_labels_is_refused(self):
        sections, _ = module_files.export_sections(_EXPORTS, module_files.LINKED, first=1)
        data = elf_files.write([Symbol(b"plain", section=1)], sections, object_type=elf_files.EXECUTABLE)
        message = self._refusal(self._file(data, "vmlinux"), object_file.read_linked)
        self.assertStartsWith(message, ": has exports in its section __ksymtab, but not their names")

    def test_debug_information_without_contents_is_refused_if_these_matter(self):
        exporting = module_files.write([b"kfree"], exports=_EXPORTS)
        data = elf_files.with_section_field(exporting, 4, elf_files.SECTION_TYPE, _NOBITS)
        self.assertStartsWith(self._refusal(self._file(data)), ": has nothing in its section __ksymtab_strings. ")
        data = elf_files.with_section_field(module_files.write([b"kfree"]), 1, elf_files.SECTION_TYPE, _NOBITS)
        self.assertEqual(object_file.read(self._file(data)).undefined, [b"kfree"])

    def test_empty_symbol_table_is_refused(self):
        symbol_table = 1
        data = elf_files.write([Symbol(b"kfree")])
        data = elf_files.with_section_field(data, symbol_table, elf_files.SECTION_SIZE, 0)
        self.assertStartsWith(self._refusal(self._file(data)), ": has an empty symbol table. ")

    def test_linked_module_has_at_least_one_global_symbol(self):
        local = elf_files.write([Symbol(b"helper", elf_files.LOCAL, section=1)], [Section(b".text")])
        self.assertStartsWith(self._refusal(self._file(local, "module.ko")), ": has no global symbol")
        self.assertEmpty(object_file.read(self._file(local, "module.o")).undefined)
        quiet = module_files.write(defined=[b"__this_module"])
        self.assertEmpty(object_file.read(self._file(quiet, "module.ko")).undefined)


if __name__ == "__main__":
    absltest.main()
