import configparser

from absl.testing import absltest, parameterized

from ksyms.errors import KsymsError
from ksyms.formats import symbol_list


def _symbols(data):
    return [entry.symbol for entry in symbol_list.parse(data, "list")]


def _flattened_by_kleaf(data):
    """Returns the symbols that Kleaf's flatten_symbol_list finds: those of all relevant sections, sorted, each once."""
    lists = configparser.ConfigParser(allow_no_value=True, strict=False)
    lists.optionxform = str
    lists.read_string(data.decode())
    counted = [section for section in lists.sections() if section.endswith(("symbol_list", "whitelist"))]
    return sorted({symbol for section in counted for symbol in lists[section]})


class SymbolListTest(parameterized.TestCase):
    @parameterized.named_parameters(
        ("one_per_line", b"printk\nkfree\n"),
        ("no_line_end_in_the_last_line", b"printk\nkfree"),
        ("several_per_line", b"printk kfree\n"),
        ("tabs", b"\tprintk\t\tkfree\t\n"),
        ("windows_line_ends", b"printk\r\nkfree\r\n"),
        ("blank_lines", b"\n\nprintk\n  \n\nkfree\n\n"),
        ("comments", b"# common\nprintk # by all\n#kmalloc\nkfree#\n"),
        ("ini_comments", b"; common\nprintk\n  ; more\nkfree\n"),
        ("comment_in_another_encoding", b"# caf\xe9\nprintk\nkfree\n"),
        ("byte_order_mark", b"\xef\xbb\xbfprintk\nkfree\n"),
    )
    def test_plain_list_gives_its_symbols(self, data):
        self.assertEqual(_symbols(data), ["printk", "kfree"])

    @parameterized.named_parameters(
        ("abi_symbol_list", b"[abi_symbol_list]\n  printk\n  kfree\n"),
        ("abi_whitelist", b"[abi_whitelist]\nprintk\nkfree\n"),
        ("own_name", b"[my_device_symbol_list]\nprintk\nkfree\n"),
        ("blanks_in_the_header", b"  [ abi_symbol_list ]  \nprintk\nkfree\n"),
        ("comment_after_the_header", b"[abi_symbol_list] # common\nprintk\nkfree\n"),
        ("comment_before_the_header", b"# common\n\n[abi_symbol_list]\nprintk\nkfree\n"),
        ("byte_order_mark", b"\xef\xbb\xbf[abi_symbol_list]\nprintk\nkfree\n"),
        ("windows_line_ends", b"[abi_symbol_list]\r\nprintk\r\nkfree\r\n"),
        ("tabs", b"[abi_symbol_list]\n\tprintk\t\n\tkfree\n"),
        ("comments", b"[abi_symbol_list]\n# common\n  printk # by all\n  kfree\n# required by a.ko\n"),
        ("ini_comments", b"; common\nprintk\n  ; more\nkfree\n"),
        ("comment_in_another_encoding", b"[abi_symbol_list]\n# caf\xe9\nprintk\nkfree # caf\xe9\n"),
        ("empty_section_before", b"[a_symbol_list]\n\n[b_symbol_list]\nprintk\nkfree\n"),
        ("ignored_section_before", b"[symbol_list_of_mine]\nkmalloc\n[a_symbol_list]\nprintk\nkfree\n"),
        ("two_relevant_sections", b"[a_symbol_list]\nprintk\n[b_symbol_list]\nkfree\n"),
        ("stablelist_of_rhel", b"[rhel9_x86_64_stablelist]\n        printk\n        kfree\n"),
        ("ignored_section_between", b"[abi_symbol_list]\nprintk\n[suppress_type]\nname = x\n[whitelist]\nkfree\n"),
    )
    def test_relevant_sections_give_their_symbols(self, data):
        self.assertEqual(_symbols(data), ["printk", "kfree"])

    def test_list_without_symbols_is_empty(self):
        for data in (b"", b"\n", b"# nothing\n", b"\xef\xbb\xbf", b"[abi_symbol_list]\n", b"[other]\n# printk\n"):
            self.assertEmpty(symbol_list.parse(data, "list"), data)

    def test_order_and_repetitions_are_kept(self):
        self.assertEqual(_symbols(b"b\na\nb\n"), ["b", "a", "b"])

    @parameterized.named_parameters(
        ("symbol_with_a_blank", b"[abi_symbol_list]\n\nprint k\n", "list:3: has the symbol name 'print k'"),
        ("other_than_utf8", b"printk\ncaf\xe9\n", r"list:2: has the symbol name 'caf\xe9'"),
        (
            "other_than_utf8_in_a_section",
            b"[abi_symbol_list]\n# caf\xe9\nkf\xe9\n",
            r"list:3: has the symbol name 'kf\xe9'",
        ),
        ("windows_line_ends", b"[abi_symbol_list]\r\nprintk\r\nprint k\r\n", "list:3: has the symbol name 'print k'"),
        ("ini_comment_after", b"[abi_symbol_list]\nprintk ; all\n", "list:2: has the symbol name 'printk ; all'"),
        ("ini_value", b"[abi_symbol_list]\nprintk = yes\n", "list:2: has the symbol name 'printk = yes'"),
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

    @parameterized.named_parameters(
        ("one", b"[rhel9]\n# all\nkfree\nprintk\n", "list:3: has symbols in [rhel9], "),
        ("several", b"[a]\nkfree\n[b]\n[c]\nprintk\n", "list:2: has symbols in [a], [c], "),
        (
            "beside_an_empty_one_that_counts",
            b"[abi_symbol_list]\n\n[other]\nkfree\n",
            "list:4: has symbols in [other], ",
        ),
        ("of_suppressions", b"[suppress_type]\nname = x\n", "list:2: has symbols in [suppress_type], "),
        ("of_another_encoding", b"[\xff]\nkfree\n", r"list:2: has symbols in [\xff], "),
    )
    def test_list_whose_symbols_are_all_in_sections_that_do_not_count_is_refused(self, data, problem):
        with self.assertRaises(KsymsError) as failure:
            symbol_list.parse(data, "list")
        self.assertStartsWith(str(failure.exception), problem)
        self.assertRegex(str(failure.exception), r"symbol_list, whitelist or stablelist count\. To fix: .+\.$")

    @parameterized.parameters(
        "abi_symbolist", "abi_symbol_lists", "ABI_SYMBOL_LIST", "abi-symbol-list", "symbol list", "white_list",
        "rhel9_stable_list",
    )  # fmt: skip
    def test_section_with_a_typing_error_is_refused_beside_one_that_counts(self, name):
        section = f"[{name}]\nkfree\n".encode()
        for data in (section + b"[abi_symbol_list]\nprintk\n", b"[abi_symbol_list]\nprintk\n" + section):
            with self.assertRaisesRegex(KsymsError, rf"^list:\d: has symbols in \[{name}\], "):
                symbol_list.parse(data, "list")
        self.assertEqual(_symbols(b"[abi_symbol_list]\nprintk\n" + section.replace(b"kfree", b"")), ["printk"])

    def test_entries_know_their_line_and_paragraph(self):
        data = b"# mine\n[abi_symbol_list]\n# common\n  a\n  b\n\n  # required by x.ko\n  c # last\n"
        found = [(entry.symbol, entry.line, entry.place) for entry in symbol_list.parse(data, "dir/list")]
        self.assertEqual(found, [("a", 4, "dir/list:4"), ("b", 5, "dir/list:5"), ("c", 8, "dir/list:8")])
        first, second, third = [entry.paragraph for entry in symbol_list.parse(data, "dir/list")]
        self.assertEqual(first, second)
        self.assertNotEqual(second, third)

    def test_section_without_a_blank_line_before_it_is_a_separate_paragraph(self):
        first, second = symbol_list.parse(b"[a_symbol_list]\nb\n[b_symbol_list]\na\n", "list")
        self.assertNotEqual(first.paragraph, second.paragraph)

    def test_read_gives_the_result_of_parse_and_names_a_missing_file(self):
        path = self.create_tempfile("list", b"[abi_symbol_list]\n  printk\n").full_path
        self.assertEqual(symbol_list.read(path), symbol_list.parse(b"[abi_symbol_list]\n  printk\n", path))
        with self.assertRaisesRegex(KsymsError, r"^/nowhere/list: cannot be read \(No such file.*\)\. To fix: .+\.$"):
            symbol_list.read("/nowhere/list")


class KleafTest(parameterized.TestCase):
    """Lists that Kleaf accepts give the same symbols here as there."""

    @parameterized.named_parameters(
        ("extracted", b"[abi_symbol_list]\n# commonly used symbols\n  b\n  _a\n\n# required by x.ko\n  A\n  b\n"),
        ("unknown_sections", b"[abi_symbol_list]\n  a\n[suppress_type]\n  name = x\n[abi_whitelist]\n  b\n[other]\n"),
        ("section_twice", b"[abi_symbol_list]\n  a\n[abi_symbol_list]\n  a\n  b\n"),
        ("empty_section", b"[abi_symbol_list]\n"),
        ("windows_line_ends", b"[abi_symbol_list]\r\n  a\r\n\r\n  b\r\n"),
        ("tabs_and_blanks_at_line_ends", b"[abi_symbol_list]\n\ta \n\tb\t\n"),
    )
    def test_same_symbols(self, data):
        self.assertEqual(sorted(set(_symbols(data))), _flattened_by_kleaf(data))


if __name__ == "__main__":
    absltest.main()
