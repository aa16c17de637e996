"""Reads objects and archives of the real compilers, assembler, linker and `ar`, not of our own writers for tests."""

import os
import pathlib
import subprocess

from absl.testing import absltest, parameterized

from ksyms.elf import object_file
from ksyms.elf.export_sections import Export
from tests.differential import debian_modules

# ___EXPORT_SYMBOL and __KSYMTAB of include/linux/export.h, as preprocessed for Linux 6.1.
_EXPORTS_UP_TO_6_3 = """\
    .section "__ksymtab_strings","aMS",%progbits,1
__kstrtab_plain: .asciz "plain"
__kstrtabns_plain: .asciz ""
__kstrtab_spaced: .asciz "spaced"
__kstrtabns_spaced: .asciz "NETDEV"
    .previous
    .section "___ksymtab+plain", "a"
    .balign 4
__ksymtab_plain:
    .long plain - ., __kstrtab_plain - ., __kstrtabns_plain - .
    .previous
    .section "___ksymtab_gpl+spaced", "a"
    .balign 4
__ksymtab_spaced:
    .long spaced - ., __kstrtab_spaced - ., __kstrtabns_spaced - .
    .previous
"""
# The same for Linux 6.12.
_EXPORTS_FROM_6_4 = """\
    .section ".export_symbol","a"
__export_symbol_plain:
    .asciz ""
    .asciz ""
    .balign 8
    .quad plain
    .previous
    .section ".export_symbol","a"
__export_symbol_spaced:
    .asciz "GPL"
    .asciz "NETDEV"
    .balign 8
    .quad spaced
    .previous
"""
_DEFINITIONS = """\
    .globl plain, spaced
plain:
    call printk
spaced:
    call kfree
    ret
    .weak optional
    .quad optional
"""
_MEMBERS = {
    "needs.o": ".globl start\nstart: call shared\ncall kfree\n.weak hook, maybe, perhaps\n.quad hook, maybe, perhaps\n",
    "defines_with_a_long_name.o": ".globl shared, hook\nshared: call printk\nhook: call start\n.comm buffer,8\n",
    "uses_common.o": ".quad buffer, maybe, kfree\n",
}


class BinutilsTest(parameterized.TestCase):
    def setUp(self):
        super().setUp()
        self._folder = self.create_tempdir().full_path

    def _path(self, name):
        return os.path.join(self._folder, name)

    def _run(self, *command):
        subprocess.run(command, cwd=self._folder, check=True)

    def _assemble(self, name, source):
        pathlib.Path(self._path("source.s")).write_text(source)
        self._run("as", "-o", name, "source.s")

    def _assert_read_as_nm_does(self, name, of):
        symbols = object_file.read(self._path(name))
        theirs = debian_modules.nm([self._path(of)])[self._path(of)]
        self.assertCountEqual(set(symbols.undefined), theirs.undefined)
        self.assertCountEqual(set(symbols.weak), theirs.weak)
        return symbols

    @parameterized.named_parameters(("up_to_6_3", _EXPORTS_UP_TO_6_3), ("from_6_4", _EXPORTS_FROM_6_4))
    def test_exports_of_an_assembled_object_are_found(self, exports):
        self._assemble("module.o", _DEFINITIONS + exports)
        symbols = self._assert_read_as_nm_does("module.o", of="module.o")
        self.assertEqual(symbols.undefined, [b"printk", b"kfree"])
        self.assertCountEqual(symbols.exported, [Export(b"plain"), Export(b"spaced", b"GPL", b"NETDEV")])

    @parameterized.named_parameters(
        ("gnu", ["ar", "rcs"]),
        ("gnu_without_symbol_table", ["ar", "rcS"]),
        ("gnu_thin", ["ar", "rcsT"]),
        ("llvm_bsd", ["llvm-ar", "--format=bsd", "rcs"]),
        ("llvm_darwin", ["llvm-ar", "--format=darwin", "rcs"]),
        ("llvm_thin", ["llvm-ar", "--thin", "rcs"]),
    )
    def test_archive_has_the_symbols_of_the_linked_module(self, ar):
        for name, source in _MEMBERS.items():
            self._assemble(name, source)
        self._run(*ar, "lib.a", *_MEMBERS)
        self._run("ld", "-r", "-o", "linked.o", *_MEMBERS)
        symbols = self._assert_read_as_nm_does("lib.a", of="linked.o")
        self.assertCountEqual(set(symbols.undefined), [b"kfree", b"maybe", b"printk"])
        self.assertEqual(symbols.weak, [b"perhaps"])

    def test_object_with_more_sections_than_16_bits_is_read_as_nm_does(self):
        fillers = "".join(
            f'.section ".text.f{number}","ax"\n.globl f{number}\nf{number}: nop\n' for number in range(65400)
        )
        self._assemble("lto.o", fillers + _DEFINITIONS + _EXPORTS_UP_TO_6_3)
        symbols = self._assert_read_as_nm_does("lto.o", of="lto.o")
        self.assertEqual(symbols.undefined, [b"printk", b"kfree"])
        self.assertCountEqual(symbols.exported, [Export(b"plain"), Export(b"spaced", b"GPL", b"NETDEV")])

    def _compile(self, name, *command):
        pathlib.Path(self._path("source.c")).write_text("void kfree(void *);\nvoid f(void *p) { kfree(p); }\n")
        self._run(*command, "-c", "-o", name, "source.c")

    @parameterized.named_parameters(
        ("gcc", ["gcc", "-flto"], "is an object of GCC's LTO without code"),
        ("gcc_with_debug_information", ["gcc", "-flto", "-g"], "is an object of GCC's LTO without code"),
        ("clang", ["clang", "-flto"], "is LLVM bitcode"),
        ("clang_thin", ["clang", "-flto=thin"], "is LLVM bitcode"),
    )
    def test_object_before_lto_is_refused_alone_and_in_an_archive(self, command, problem):
        self._compile("lto.o", *command)
        self._assemble("plain.o", _DEFINITIONS)
        self._run("ar", "rcs", "lib.a", "plain.o", "lto.o")
        for name, place in (("lto.o", r"lto\.o"), ("lib.a", r"lib\.a\(lto\.o\)")):
            with self.assertRaisesRegex(object_file.KsymsError, f"{place}: {problem}"):
                object_file.read(self._path(name))

    @parameterized.named_parameters(
        ("gcc", ["gcc", "-flto", "-ffat-lto-objects"]), ("clang", ["clang", "-flto", "-ffat-lto-objects"])
    )
    def test_object_with_code_beside_lto_is_read_as_nm_does(self, command):
        self._compile("fat.o", *command)
        self.assertEqual(self._assert_read_as_nm_does("fat.o", of="fat.o").undefined, [b"kfree"])

    @parameterized.named_parameters(("up_to_6_3", _EXPORTS_UP_TO_6_3), ("from_6_4", _EXPORTS_FROM_6_4))
    def test_exports_whose_labels_are_stripped_are_refused(self, exports):
        self._assemble("module.o", _DEFINITIONS + exports)
        self._run("strip", "--strip-unneeded", "module.o")
        with self.assertRaisesRegex(object_file.KsymsError, r"has exports in its section \S+, but not their names"):
            object_file.read(self._path("module.o"))

    def test_stripped_debug_information_does_not_matter_but_the_symbol_table_does(self):
        self._assemble("module.o", _DEFINITIONS + _EXPORTS_UP_TO_6_3)
        whole = object_file.read(self._path("module.o"))
        self._run("strip", "--strip-debug", "module.o")
        self.assertEqual(object_file.read(self._path("module.o")).undefined, whole.undefined)
        self._run("objcopy", "--strip-all", "module.o")
        with self.assertRaisesRegex(object_file.KsymsError, "has no symbol table"):
            object_file.read(self._path("module.o"))


if __name__ == "__main__":
    absltest.main()
