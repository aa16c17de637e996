import argparse
import os

from absl.testing import absltest

from ksyms.commands import autoksyms_header, exported_set, merge, raw_symbol_list
from ksyms.errors import KsymsError

_HEADER = b"/*\n * Automatically generated file; DO NOT EDIT.\n */\n\n"


class ComputeTest(absltest.TestCase):
    def test_union_is_sorted_by_bytes_without_repetitions(self):
        exported = exported_set.compute([b"b", b"_a", b"B"], [b"b", b"a", b"a"], modversions=False)
        self.assertEqual(exported, [b"B", b"_a", b"a", b"b"])

    def test_this_module_is_never_exported(self):
        exported = exported_set.compute([b"__this_module", b"a"], [b"__this_module", b".__this_module"], False)
        self.assertEqual(exported, [b"a"])

    def test_one_leading_dot_is_dropped(self):
        exported = exported_set.compute([b".kfree", b"kfree", b"..twice", b"in.side"], [b".listed"], False)
        self.assertEqual(exported, [b".twice", b"in.side", b"kfree", b"listed"])

    def test_modversions_add_module_layout(self):
        self.assertEqual(exported_set.compute([b"z", b"a"], [], modversions=True), [b"a", b"module_layout", b"z"])
        self.assertEqual(exported_set.compute([], [], modversions=True), [b"module_layout"])

    def test_no_symbols_give_an_empty_set(self):
        self.assertEmpty(exported_set.compute([], [], modversions=False))


class CommandsTest(absltest.TestCase):
    def setUp(self):
        super().setUp()
        self._folder = self.create_tempdir()
        self._output = os.path.join(self._folder.full_path, "output")

    def _file(self, name, data):
        return self._folder.create_file(name, data).full_path

    def _run(self, command, usyms=(), symbol_lists=(), modversions=False):
        """Runs a command; returns the output's bytes."""
        command(
            argparse.Namespace(output=self._output, usyms=usyms, symbol_lists=symbol_lists, modversions=modversions)
        )
        with open(self._output, "rb") as file:
            return file.read()

    def test_header_defines_one_macro_per_symbol(self):
        first, second = self._file("a.usyms", b"kfree\nprintk\n"), self._file("b.usyms", b"__this_module\nkfree\n")
        header = self._run(autoksyms_header.run, [first, second])
        self.assertEqual(header, _HEADER + b"#define __KSYM_kfree 1\n#define __KSYM_printk 1\n")

    def test_raw_symbol_list_has_one_symbol_per_line(self):
        usyms, listed = self._file("a.usyms", b"printk\n.entry\n"), self._file("list", b"[abi_symbol_list]\n  kfree\n")
        raw_list = self._run(raw_symbol_list.run, [usyms], [listed], modversions=True)
        self.assertEqual(raw_list, b"entry\nkfree\nmodule_layout\nprintk\n")

    def test_symbol_lists_of_both_forms_add_to_the_header(self):
        sections = self._file("abi", b"[abi_symbol_list]\nkmalloc\n[other]\nignored\n")
        plain = self._file("plain", b"vmalloc kmalloc # two\n")
        header = self._run(autoksyms_header.run, [self._file("a.usyms", b"kfree\n")], [sections, plain])
        self.assertEqual(header.count(b"\n#define __KSYM_"), 3)
        self.assertIn(b"kfree 1\n#define __KSYM_kmalloc 1\n#define __KSYM_vmalloc 1\n", header)

    def test_no_symbols_give_a_header_without_macros(self):
        self.assertEqual(self._run(autoksyms_header.run, [self._file("a.usyms", b"")]), _HEADER)
        self.assertEqual(self._run(raw_symbol_list.run), b"")

    def test_order_of_the_inputs_does_not_matter(self):
        usyms = [self._file("a.usyms", b"b\nc\n"), self._file("b.usyms", b"a\n")]
        self.assertEqual(self._run(autoksyms_header.run, usyms), self._run(autoksyms_header.run, list(reversed(usyms))))

    def test_merging_in_steps_changes_nothing(self):
        usyms = [self._file("a.usyms", b"..odd\nb\n"), self._file("b.usyms", b".odd\n__this_module\na\n")]
        merged = self._run(merge.run, usyms)
        self.assertEqual(merged, b"..odd\n.odd\n__this_module\na\nb\n")
        for command in (autoksyms_header.run, raw_symbol_list.run, merge.run):
            self.assertEqual(self._run(command, [self._file("m.usyms", merged)]), self._run(command, usyms))

    def test_bad_list_leaves_the_existing_output(self):
        good, bad = self._file("a.usyms", b"kfree\n"), self._file("list", b"not-a-symbol\n")
        before = self._run(autoksyms_header.run, [good])
        with self.assertRaisesRegex(KsymsError, r"/list:1: has the symbol name 'not-a-symbol'"):
            self._run(autoksyms_header.run, [good], [bad])
        with open(self._output, "rb") as file:
            self.assertEqual(file.read(), before)

    def test_usyms_file_with_an_invalid_symbol_name_is_refused(self):
        with self.assertRaisesRegex(KsymsError, r"a\.usyms: has the symbol name '#error'"):
            self._run(autoksyms_header.run, [self._file("a.usyms", b"kfree\n#error\n")])
        self.assertFalse(os.path.exists(self._output))

    def test_missing_input_is_named(self):
        with self.assertRaisesRegex(KsymsError, r"^/nowhere/list: cannot be read \(No such file.*\)\. To fix: .+\.$"):
            self._run(autoksyms_header.run, [], ["/nowhere/list"])

    def test_file_with_bytes_and_no_names_is_refused(self):
        with self.assertRaisesRegex(KsymsError, r"a\.usyms: has only blank lines\. To fix: .+\.$"):
            self._run(autoksyms_header.run, [self._file("a.usyms", b"\n")])


if __name__ == "__main__":
    absltest.main()
