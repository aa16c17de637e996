from absl.testing import absltest, parameterized

import symbol_names
from errors import KsymsError


class CheckTest(parameterized.TestCase):
    def test_symbols_of_c_and_assembler_pass(self):
        symbol_names.check(
            [b"printk", b"__this_module", b"_", b".entry", b"foo.cold", b"a.llvm.1", b"$x", b"a$b"], "a.ko"
        )
        symbol_names.check([b"x" * 1000], "a.ko")

    @parameterized.named_parameters(
        ("empty", b"", "''"),
        ("digit_first", b"1abc", "'1abc'"),
        ("only_a_dot", b".", "'.'"),
        ("blank", b"a b", "'a b'"),
        ("line_end", b"a\n", r"'a\n'"),
        ("macro_injection", b"a 1\n#error", r"'a 1\n#error'"),
        ("make_variable", b"$(shell)", "'$(shell)'"),
        ("other_than_ascii", b"caf\xc3\xa9", r"'caf\xc3\xa9'"),
        ("nul", b"a\0b", r"'a\x00b'"),
    )
    def test_anything_else_is_refused_by_name(self, name, shown):
        with self.assertRaises(KsymsError) as failure:
            symbol_names.check([b"printk", name], "a.ko")
        self.assertStartsWith(str(failure.exception), f"a.ko: has the symbol name {shown}, which neither C nor")

    def test_same_bad_name_is_shown_whatever_the_order(self):
        for names in ([b"2nd", b"1st"], [b"1st", b"2nd"]):
            with self.assertRaisesRegex(KsymsError, "'1st'"):
                symbol_names.check(names, "a.ko")


class ExportedSetTest(absltest.TestCase):
    def test_is_the_union_sorted_by_bytes_each_once(self):
        exported = symbol_names.exported_set([b"b", b"_a", b"B"], [b"b", b"a", b"a"], modversions=False)
        self.assertEqual(exported, [b"B", b"_a", b"a", b"b"])

    def test_this_module_is_left_out_wherever_it_comes_from(self):
        exported = symbol_names.exported_set([b"__this_module", b"a"], [b"__this_module", b".__this_module"], False)
        self.assertEqual(exported, [b"a"])

    def test_one_leading_dot_is_dropped(self):
        exported = symbol_names.exported_set([b".kfree", b"kfree", b"..twice", b"in.side"], [b".listed"], False)
        self.assertEqual(exported, [b".twice", b"in.side", b"kfree", b"listed"])

    def test_modversions_add_module_layout(self):
        self.assertEqual(symbol_names.exported_set([b"z", b"a"], [], modversions=True), [b"a", b"module_layout", b"z"])
        self.assertEqual(symbol_names.exported_set([], [], modversions=True), [b"module_layout"])

    def test_nothing_needs_nothing(self):
        self.assertEmpty(symbol_names.exported_set([], [], modversions=False))


if __name__ == "__main__":
    absltest.main()
