from absl.testing import absltest, parameterized

import symbol_list
from errors import KsymsError


class SymbolListTest(parameterized.TestCase):
    @parameterized.named_parameters(
        ("one_a_line", b"printk\nkfree\n"),
        ("no_line_end_at_the_end", b"printk\nkfree"),
        ("several_a_line", b"printk kfree\n"),
        ("tabs", b"\tprintk\t\tkfree\t\n"),
        ("windows_line_ends", b"printk\r\nkfree\r\n"),
        ("blank_lines", b"\n\nprintk\n  \n\nkfree\n\n"),
        ("comments", b"# common\nprintk # by all\n#kmalloc\nkfree#\n"),
        ("comment_of_another_encoding", b"# caf\xe9\nprintk\nkfree\n"),
        ("byte_order_mark", b"\xef\xbb\xbfprintk\nkfree\n"),
    )
    def test_plain_list_gives_its_symbols(self, data):
        self.assertEqual(symbol_list.parse(data, "list"), [b"printk", b"kfree"])

    @parameterized.named_parameters(
        ("abi_symbol_list", b"[abi_symbol_list]\n  printk\n  kfree\n"),
        ("abi_whitelist", b"[abi_whitelist]\nprintk\nkfree\n"),
        ("own_name", b"[my_device_symbol_list]\nprintk\nkfree\n"),
        ("blanks_in_the_header", b"  [ abi_symbol_list ]  \nprintk\nkfree\n"),
        ("comment_behind_the_header", b"[abi_symbol_list] # common\nprintk\nkfree\n"),
        ("comment_before_the_header", b"# common\n\n[abi_symbol_list]\nprintk\nkfree\n"),
        ("byte_order_mark", b"\xef\xbb\xbf[abi_symbol_list]\nprintk\nkfree\n"),
        ("windows_line_ends", b"[abi_symbol_list]\r\nprintk\r\nkfree\r\n"),
        ("two_that_count", b"[a_symbol_list]\nprintk\n[b_symbol_list]\nkfree\n"),
        ("one_that_does_not_count", b"[abi_symbol_list]\nprintk\n[suppress_type]\nname = x\n[whitelist]\nkfree\n"),
    )
    def test_sections_that_count_give_their_symbols(self, data):
        self.assertEqual(symbol_list.parse(data, "list"), [b"printk", b"kfree"])

    def test_list_without_symbols_is_empty(self):
        for data in (b"", b"\n", b"# nothing\n", b"\xef\xbb\xbf", b"[abi_symbol_list]\n", b"[other]\nprintk\n"):
            self.assertEmpty(symbol_list.parse(data, "list"), data)

    def test_order_and_repetitions_are_kept(self):
        self.assertEqual(symbol_list.parse(b"b\na\nb\n", "list"), [b"b", b"a", b"b"])

    @parameterized.named_parameters(
        ("symbol_with_a_blank", b"[abi_symbol_list]\n\nprint k\n", "list:3: has the symbol name 'print k'"),
        ("other_than_utf8", b"printk\ncaf\xe9\n", r"list:2: has the symbol name 'caf\xe9'"),
        ("number", b"printk\nkfree 42\n", "list:2: has the symbol name '42'"),
        ("header_without_end", b"[abi_symbol_list]\n[other\n", "list:2: has a section header without `]`"),
        ("symbol_before_the_sections", b"printk\n[abi_symbol_list]\nkfree\n", "list:1: has a symbol before the first"),
        ("utf16", "printk\n".encode("utf-16"), r"list:1: has the symbol name '\xff\xfep\x00"),
    )
    def test_bad_line_is_refused_with_its_number(self, data, problem):
        with self.assertRaises(KsymsError) as failure:
            symbol_list.parse(data, "list")
        self.assertStartsWith(str(failure.exception), problem)
        self.assertRegex(str(failure.exception), r"\. To fix: .+\.$")


if __name__ == "__main__":
    absltest.main()
