from absl.testing import absltest, parameterized

from ksyms.errors import KsymsError
from ksyms.formats import symbol_names


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
        ("not_ascii", b"caf\xc3\xa9", r"'caf\xc3\xa9'"),
        ("nul", b"a\0b", r"'a\x00b'"),
    )
    def test_anything_else_is_refused_by_name(self, name, shown):
        with self.assertRaises(KsymsError) as failure:
            symbol_names.check([b"printk", name], "a.ko")
        self.assertStartsWith(str(failure.exception), f"a.ko: has the symbol name {shown}, which neither C nor")

    def test_same_bad_name_is_shown_for_any_order(self):
        for names in ([b"2nd", b"1st"], [b"1st", b"2nd"]):
            with self.assertRaisesRegex(KsymsError, "'1st'"):
                symbol_names.check(names, "a.ko")


if __name__ == "__main__":
    absltest.main()
