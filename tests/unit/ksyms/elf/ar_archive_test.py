from absl.testing import absltest, parameterized

from ksyms.elf import ar_archive
from ksyms.errors import KsymsError
from tests.elf_files import ar_files

_LONG_NAME = b"a_member_name_of_more_than_sixteen_bytes.o"
_MEMBERS = {b"odd.o": b"odd", _LONG_NAME: b"even", b"last.o": b"l"}


class ArArchiveTest(parameterized.TestCase):
    @parameterized.named_parameters(
        ("gnu", ar_files.gnu, None),
        ("gnu_with_symbol_table", ar_files.gnu, b"\0\0\0\0"),
        ("bsd", ar_files.bsd, None),
        ("bsd_with_symbol_table", ar_files.bsd, b"\0\0\0\0"),
    )
    def test_lists_names_and_contents(self, write, symbol_table):
        data = write(_MEMBERS, symbol_table)
        members = ar_archive.members("lib.a", data)
        self.assertEqual(
            {member.name.encode(): data[member.offset : member.offset + member.size] for member in members}, _MEMBERS
        )
        self.assertEqual({member.path for member in members}, {"lib.a"})

    def test_members_are_in_the_order_of_the_archive(self):
        data = ar_files.gnu({b"z.o": b"", b"a.o": b"", b"m.o": b""})
        self.assertEqual([member.name for member in ar_archive.members("lib.a", data)], ["z.o", "a.o", "m.o"])

    def test_members_of_a_thin_archive_are_beside_it(self):
        data = ar_files.thin({b"a.o": b"contents", b"deep/b.o": b"elsewhere"}, symbol_table=b"\0\0\0\0")
        members = ar_archive.members("drivers/built-in.a", data)
        self.assertEqual([member.path for member in members], ["drivers/a.o", "drivers/deep/b.o"])

    def test_archive_without_members_is_empty(self):
        self.assertEmpty(ar_archive.members("lib.a", ar_archive.MAGIC))

    @parameterized.named_parameters(
        ("cut_header", ar_files.gnu({b"a.o": b"data"})[:50], "no member header at byte 8"),
        ("no_header", ar_archive.MAGIC + b"x" * 60, "no member header at byte 8"),
        ("cut_member", ar_files.gnu({b"a.o": b"data"})[:-1], "member a.o/ ends after the archive"),
        ("no_long_name", ar_files.gnu({_LONG_NAME: b""}).replace(b"/0 ", b"/99"), "no long name for member /99"),
        ("name_longer_than_member", ar_files.bsd({b"a.o": b""}).replace(b"#1/4", b"#1/9"), "no name for member #1/9"),
        ("bad_length_of_name", ar_files.bsd({b"a.o": b""}).replace(b"#1/4", b"#1/x"), "no name for member #1/x"),
        ("nul_in_name", ar_files.thin({b"a\0b": b""}), "member 'a\\x00b' has a NUL in its name"),
        ("bad_size", ar_files.gnu({b"a.o": b"data"}).replace(b"4     ", b"4x    "), "no member header at byte 8"),
    )
    def test_malformed_archive_is_refused(self, data, detail):
        with self.assertRaises(KsymsError) as failure:
            ar_archive.members("lib.a", data)
        self.assertEqual(
            str(failure.exception),
            f"lib.a: is a truncated or malformed ar archive ({detail}). To fix: make the archive again.",
        )


if __name__ == "__main__":
    absltest.main()
