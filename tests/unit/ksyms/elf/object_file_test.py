import os

from absl.testing import absltest, parameterized

from ksyms.elf import general_reader, object_file
from ksyms.errors import KsymsError
from tests.elf_files import ar_files, elf_files, module_files
from tests.elf_files.elf_files import Section, Symbol

_NEEDS_KFREE = module_files.write([b"kfree", b"shared"], [b"hook"], [b"init_module"])
_DEFINES_SHARED = module_files.write([b"printk"], defined=[b"shared", b"hook"], exports=[module_files.Export(b"api")])


class ObjectFileTest(parameterized.TestCase):
    def _file(self, data, name="module.ko"):
        return self.create_tempfile(name, data).full_path

    def _refusal(self, data, name="module.ko"):
        path = self._file(data, name)
        with self.assertRaises(KsymsError) as failure:
            object_file.read(path)
        self.assertStartsWith(str(failure.exception), path)
        return str(failure.exception).removeprefix(path)

    def test_name_of_an_object_does_not_matter(self):
        for name in ("module.o", "module.ko", "module"):
            symbols = object_file.read(self._file(_NEEDS_KFREE, name))
            self.assertEqual(symbols.undefined, [b"kfree", b"shared"], name)

    def test_this_module_is_undefined_before_modpost_and_defined_after(self):
        before = object_file.read(self._file(module_files.write([b"__this_module", b"printk"]), "module.o"))
        after = object_file.read(self._file(module_files.write([b"printk"], defined=[b"__this_module"]), "module.ko"))
        self.assertEqual(before.undefined, [b"__this_module", b"printk"])
        self.assertEqual(after.undefined, [b"printk"])

    def test_extended_numbering_gives_the_symbols_of_the_plain_object(self):
        exports = [module_files.Export(b"api", b"GPL", b"NS")]
        sections, labels = module_files.export_sections(exports, module_files.SECTION_EACH, first=1)
        symbols = [*labels, Symbol(b"api", section=1), Symbol(b"printk"), Symbol(b"hook", elf_files.WEAK)]
        fillers = [Section(b".text.f%d" % number) for number in range(65280)]
        plain = object_file.read(self._file(elf_files.write(symbols, sections), "plain.o"))
        extended = object_file.read(self._file(elf_files.write(symbols, [*sections, *fillers]), "lto.o"))
        self.assertEqual(extended, plain)
        self.assertEqual(plain.undefined, [b"printk"])
        self.assertLen(plain.exported, 1)

    def test_plain_object_does_not_need_the_general_reader(self):
        with absltest.mock.patch.object(general_reader, "read", side_effect=AssertionError):
            self.assertEqual(object_file.read(self._file(_NEEDS_KFREE)).undefined, [b"kfree", b"shared"])

    @parameterized.named_parameters(
        ("bitcode", b"BC\xc0\xde\x35\x14", "is LLVM bitcode, not an ELF object", "CONFIG_LTO_NONE=y"),
        ("wrapped_bitcode", b"\xde\xc0\x17\x0b\0\0", "is wrapped LLVM bitcode, not an ELF object", "CONFIG_LTO_NONE=y"),
        ("gzip", b"\x1f\x8b\x08\0", "is compressed with gzip, not an ELF object", "`gunzip`"),
        ("xz", b"\xfd7zXZ\x00\0\4", "is compressed with xz, not an ELF object", "`unxz`"),
        ("zstd", b"\x28\xb5\x2f\xfd\x04", "is compressed with zstd, not an ELF object", "`unzstd`"),
        ("bzip2", b"BZh91AY", "is compressed with bzip2, not an ELF object", "`bunzip2`"),
        ("empty", b"", "is empty", "build the module again"),
        (
            "text",
            b"kernel/a.o\n",
            "is not an ELF object or ar archive (starts with 6b 65 72 6e)",
            "give the module's .ko",
        ),
    )
    def test_other_format_is_refused_by_name(self, data, problem, fix):
        message = self._refusal(data)
        self.assertStartsWith(message, f": {problem}. To fix: ")
        self.assertIn(fix, message)

    @parameterized.named_parameters(
        ("executable", elf_files.EXECUTABLE, "is linked"),
        ("shared_object", elf_files.SHARED, "is linked"),
        ("core_dump", 4, "is of ELF type 4"),
    )
    def test_object_that_is_not_relocatable_is_refused(self, object_type, problem):
        for layout in elf_files.LAYOUTS.values():
            data = module_files.write([b"printk"], layout=layout, object_type=object_type)
            self.assertStartsWith(
                self._refusal(data), f": {problem}, not a relocatable ELF object. To fix: give the module"
            )

    def test_truncated_object_is_called_truncated(self):
        for length in (4, 16, 17, 20, 63):
            self.assertStartsWith(self._refusal(_NEEDS_KFREE[:length]), ": is a truncated or malformed ELF object")

    def test_object_with_an_unknown_byte_order_is_called_malformed(self):
        data = _NEEDS_KFREE.replace(b"\x7fELF\x02\x01", b"\x7fELF\x02\x07", 1)
        self.assertStartsWith(self._refusal(data), ": is a truncated or malformed ELF object")

    def test_missing_file_is_refused(self):
        with self.assertRaisesRegex(
            KsymsError, r"^/nowhere/a\.ko: cannot be read \(No such file.*\)\. To fix: build it"
        ):
            object_file.read("/nowhere/a.ko")

    def test_folder_is_refused(self):
        with self.assertRaisesRegex(KsymsError, r"cannot be read \(Is a directory\)\. To fix: give a module file\.$"):
            object_file.read(self.create_tempdir().full_path)


class SignatureTest(parameterized.TestCase):
    def _is_signed(self, data):
        symbols = object_file.read(self.create_tempfile("module.ko", data).full_path)
        self.assertEqual(symbols.undefined, [b"kfree", b"shared"])
        return symbols.signed

    def test_module_with_a_signature_at_its_end_is_signed(self):
        self.assertTrue(self._is_signed(_NEEDS_KFREE + module_files.signature()))

    @parameterized.named_parameters(
        ("none", b""),
        ("another_kind", module_files.signature(id_type=1)),
        ("cut_off", module_files.signature()[:-1]),
        ("something_after_it", module_files.signature() + b"\n"),
    )
    def test_module_without_such_a_signature_is_not_signed(self, trailer):
        self.assertFalse(self._is_signed(_NEEDS_KFREE + trailer))


class LinkedTest(absltest.TestCase):
    def test_exports_of_vmlinux_are_read_at_any_address(self):
        exports = [module_files.Export(b"api", b"GPL", b"NS"), module_files.Export(b"kfree")]
        for address in (0, 0xFFFF800008000000):
            path = self.create_tempfile("vmlinux", module_files.vmlinux(exports, address)).full_path
            with absltest.mock.patch.object(general_reader, "read", side_effect=AssertionError):
                exported = object_file.read_linked(path).exported
            found = [(export.name, export.licence, export.namespace) for export in exported]
            self.assertEqual(found, [(b"api", b"GPL", b"NS"), (b"kfree", b"", b"")])

    def test_object_that_is_not_linked_is_read_too(self):
        path = self.create_tempfile("vmlinux.o", _NEEDS_KFREE).full_path
        self.assertEqual(object_file.read_linked(path).undefined, [b"kfree", b"shared"])

    def test_other_format_is_refused(self):
        path = self.create_tempfile("vmlinux", b"\x1f\x8b\x08\0").full_path
        with self.assertRaisesRegex(KsymsError, "vmlinux: is compressed with gzip, not an ELF object"):
            object_file.read_linked(path)


class ArchiveTest(parameterized.TestCase):
    def _archive(self, data):
        return self.create_tempfile("lib.a", data).full_path

    @parameterized.named_parameters(("gnu", ar_files.gnu), ("bsd", ar_files.bsd))
    def test_symbol_that_another_member_defines_is_not_undefined(self, write):
        symbols = object_file.read(self._archive(write({b"a.o": _NEEDS_KFREE, b"b.o": _DEFINES_SHARED})))
        self.assertEqual(symbols.undefined, [b"kfree", b"printk"])
        self.assertEmpty(symbols.weak)
        self.assertEqual([export.name for export in symbols.exported], [b"api"])

    def test_weak_in_one_member_and_global_in_another_is_global(self):
        weak, needed = module_files.write(weak=[b"hook"]), module_files.write([b"hook"])
        symbols = object_file.read(self._archive(ar_files.gnu({b"a.o": weak, b"b.o": needed})))
        self.assertEqual(symbols.undefined, [b"hook"])
        self.assertEmpty(symbols.weak)

    def test_members_of_a_thin_archive_are_read_from_their_files(self):
        folder = self.create_tempdir()
        folder.create_file("a.o", _NEEDS_KFREE)
        folder.create_file("sub/b.o", _DEFINES_SHARED)
        thin = ar_files.thin({b"a.o": _NEEDS_KFREE, b"sub/b.o": _DEFINES_SHARED})
        symbols = object_file.read(folder.create_file("built-in.a", thin).full_path)
        self.assertEqual(symbols.undefined, [b"kfree", b"printk"])

    def test_missing_member_of_a_thin_archive_is_named(self):
        path = self._archive(ar_files.thin({b"gone.o": _NEEDS_KFREE}))
        with self.assertRaises(KsymsError) as failure:
            object_file.read(path)
        self.assertStartsWith(
            str(failure.exception), f"{path}(gone.o): cannot be read (No such file or directory). To fix: "
        )
        self.assertIn(os.path.join(os.path.dirname(path), "gone.o"), str(failure.exception))

    def test_member_of_a_thin_archive_that_is_a_folder_is_named_with_its_archive(self):
        folder = self.create_tempdir()
        folder.mkdir("a.o")
        path = folder.create_file("built-in.a", ar_files.thin({b"a.o": _NEEDS_KFREE})).full_path
        with self.assertRaises(KsymsError) as failure:
            object_file.read(path)
        self.assertStartsWith(str(failure.exception), f"{path}(a.o): cannot be read (Is a directory). To fix: ")

    def test_bad_member_is_named_with_its_archive(self):
        path = self._archive(ar_files.gnu({b"good.o": _NEEDS_KFREE, b"notes.txt": b"some text"}))
        with self.assertRaises(KsymsError) as failure:
            object_file.read(path)
        self.assertStartsWith(str(failure.exception), f"{path}(notes.txt): is not an ELF object")

    def test_member_with_extended_numbering_is_read_by_the_general_reader(self):
        fillers = [Section(b".text.f%d" % number) for number in range(65280)]
        big = elf_files.write([Symbol(b"kfree"), Symbol(b"far", section=65280)], fillers)
        needs_far = module_files.write([b"far"])
        symbols = object_file.read(self._archive(ar_files.gnu({b"needs.o": needs_far, b"big.o": big})))
        self.assertEqual(symbols.undefined, [b"kfree"])

    def test_archive_inside_an_archive_is_refused_as_such(self):
        inner = ar_files.gnu({b"a.o": _NEEDS_KFREE})
        with self.assertRaisesRegex(KsymsError, r"\(inner\.a\): is an archive inside an archive, not an ELF object"):
            object_file.read(self._archive(ar_files.gnu({b"inner.a": inner})))

    def test_archive_without_members_is_refused(self):
        with self.assertRaisesRegex(KsymsError, "is an archive without members. To fix: "):
            object_file.read(self._archive(ar_files.gnu({})))


if __name__ == "__main__":
    absltest.main()
