from absl.testing import absltest, parameterized

from ksyms.elf import export_sections
from ksyms.elf.export_sections import Export


class ExportSectionsTest(parameterized.TestCase):
    @parameterized.named_parameters(
        ("plain_in_an_object", b"___ksymtab+f", b""),
        ("gpl_in_an_object", b"___ksymtab_gpl+f", b"GPL"),
        ("plain_linked", b"__ksymtab", b""),
        ("gpl_linked", b"__ksymtab_gpl", b"GPL"),
        ("plain_of_a_symbol_called_gpl", b"___ksymtab+_gpl", b""),
    )
    def test_licence_follows_from_the_section(self, section, licence):
        found = export_sections.exports([(b"__ksymtab_f", 1, 0)], [b"", section], lambda index: b"")
        self.assertEqual(found, [Export(b"f", licence)])

    def test_namespace_is_found_by_its_label(self):
        strings = b"before\0USB_STORAGE\0"
        labels = [(b"__kstrtabns_f", 2, len(b"before\0")), (b"__ksymtab_f", 1, 0), (b"__ksymtab_g", 1, 12)]
        found = export_sections.exports(
            labels, [b"", b"__ksymtab", b"__ksymtab_strings"], [b"", bytes(24), strings].__getitem__
        )
        self.assertEqual(found, [Export(b"f", b"", b"USB_STORAGE"), Export(b"g")])

    def test_export_symbol_section_has_licence_and_namespace(self):
        data = b"GPL\0CRYPTO\0" + bytes(5) + b"\0\0"
        labels = [(b"__export_symbol_f", 1, 0), (b"__export_symbol_g", 1, 16)]
        found = export_sections.exports(labels, [b"", b".export_symbol"], lambda index: data)
        self.assertEqual(found, [Export(b"f", b"GPL", b"CRYPTO"), Export(b"g")])

    @parameterized.named_parameters(
        ("before_the_section", -1), ("in_an_unfinished_string", 6), ("after_the_section", 100)
    )
    def test_string_outside_its_section_is_an_error(self, offset):
        with self.assertRaises(ValueError):
            export_sections.exports(
                [(b"__kstrtabns_f", 1, offset)], [b"", b"__ksymtab_strings"], lambda index: b"first\0rest"
            )

    def test_sections_that_can_hold_labels_are_known(self):
        for name in (b"__ksymtab", b"__ksymtab_gpl", b"__ksymtab_strings", b"___ksymtab+f", b"___ksymtab_gpl+f"):
            self.assertTrue(export_sections.is_export_section(name), name)
        self.assertTrue(export_sections.is_export_section(b".export_symbol"))

    def test_other_sections_cannot_hold_labels(self):
        for name in (b".text", b".rela___ksymtab+f", b".export_symbol.other", b""):
            self.assertFalse(export_sections.is_export_section(name), name)


if __name__ == "__main__":
    absltest.main()
