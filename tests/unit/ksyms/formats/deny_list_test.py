from absl.testing import absltest, parameterized

from ksyms.errors import KsymsError
from ksyms.formats import deny_list


class DenyListTest(parameterized.TestCase):
    def _read(self, data):
        return deny_list.read(self.create_tempfile("symbols.deny", data).full_path)

    @parameterized.named_parameters(
        ("tab", b"filp_open\tfile operation\n"),
        ("blanks", b"  filp_open   file operation  \n"),
        ("comment", b"filp_open # file operation\n"),
        ("windows_line_ends", b"\r\nfilp_open file operation\r\n"),
        ("byte_order_mark", b"\xef\xbb\xbffilp_open file operation\n"),
        ("no_line_end", b"filp_open file operation"),
        ("comments_and_blank_lines", b"# temporarily\n\n#kernel_read\tsecurity hole\nfilp_open\tfile operation\n"),
        # As in Kleaf, the first line counts and later ones are ignored.
        ("twice", b"filp_open file operation\nfilp_open another reason\n"),
    )
    def test_symbol_and_reason(self, data):
        self.assertEqual(self._read(data), {"filp_open": "file operation"})

    def test_order_is_kept_and_a_reason_may_be_missing(self):
        self.assertEqual(
            list(self._read(b"kernel_write  security\nfilp_open\n").items()),
            [("kernel_write", "security"), ("filp_open", "no reason given")],
        )

    def test_empty_list(self):
        for data in (b"", b"\n", b"# nothing\n", b"\xef\xbb\xbf"):
            self.assertEqual(self._read(data), {})

    def test_reason_in_another_encoding_is_escaped(self):
        self.assertEqual(self._read(b"filp_open caf\xe9\n"), {"filp_open": r"caf\xe9"})
        self.assertEqual(self._read("filp_open café\n".encode()), {"filp_open": "café"})

    @parameterized.named_parameters(
        ("not_a_symbol", b"# x\n\n42 reason\n", "3: has the symbol name '42'"),
        ("not_utf8", b"caf\xe9 reason\n", r"1: has the symbol name 'caf\\xe9'"),
        ("line_separator_in_a_reason", "a x\u2028y\x0cz\n4\n".encode(), "2: has the symbol name '4'"),
    )
    def test_bad_line_is_refused_with_its_number(self, data, problem):
        with self.assertRaises(KsymsError) as failure:
            self._read(data)
        self.assertIn(f"symbols.deny:{problem}", str(failure.exception))

    def test_missing_file_is_refused(self):
        with self.assertRaisesRegex(KsymsError, r"^/nowhere/deny: cannot be read \(No such file[^']+\)\. To fix: .+"):
            deny_list.read("/nowhere/deny")


if __name__ == "__main__":
    absltest.main()
