import argparse
import os

from absl.testing import absltest

import exported_set
import merge
from errors import KsymsError

_HEADER = b"/*\n * Automatically generated file; DO NOT EDIT.\n */\n\n"


class ExportedSetTest(absltest.TestCase):
    def setUp(self):
        super().setUp()
        self._folder = self.create_tempdir()
        self._output = os.path.join(self._folder.full_path, "output")

    def _file(self, name, data):
        return self._folder.create_file(name, data).full_path

    def _run(self, command, usyms=(), symbol_lists=(), modversions=False):
        """Runs a command; returns the output's bytes."""
        command(argparse.Namespace(output=self._output, usyms=usyms, symbol_list=symbol_lists, modversions=modversions))
        with open(self._output, "rb") as file:
            return file.read()

    def test_header_defines_a_macro_a_symbol(self):
        first, second = self._file("a.usyms", b"kfree\nprintk\n"), self._file("b.usyms", b"__this_module\nkfree\n")
        header = self._run(exported_set.run_header, [first, second])
        self.assertEqual(header, _HEADER + b"#define __KSYM_kfree 1\n#define __KSYM_printk 1\n")

    def test_raw_list_has_a_symbol_a_line(self):
        usyms, listed = self._file("a.usyms", b"printk\n.entry\n"), self._file("list", b"[abi_symbol_list]\n  kfree\n")
        raw_list = self._run(exported_set.run_raw_list, [usyms], [listed], modversions=True)
        self.assertEqual(raw_list, b"entry\nkfree\nmodule_layout\nprintk\n")

    def test_symbol_lists_of_both_forms_add_to_the_header(self):
        sections = self._file("abi", b"[abi_symbol_list]\nkmalloc\n[other]\nignored\n")
        plain = self._file("plain", b"vmalloc kmalloc # two\n")
        header = self._run(exported_set.run_header, [self._file("a.usyms", b"kfree\n")], [sections, plain])
        self.assertEqual(header.count(b"\n#define __KSYM_"), 3)
        self.assertIn(b"kfree 1\n#define __KSYM_kmalloc 1\n#define __KSYM_vmalloc 1\n", header)

    def test_nothing_needed_gives_the_bare_header(self):
        self.assertEqual(self._run(exported_set.run_header, [self._file("a.usyms", b"")]), _HEADER)
        self.assertEqual(self._run(exported_set.run_raw_list), b"")

    def test_order_of_the_inputs_does_not_matter(self):
        usyms = [self._file("a.usyms", b"b\nc\n"), self._file("b.usyms", b"a\n")]
        self.assertEqual(
            self._run(exported_set.run_header, usyms), self._run(exported_set.run_header, list(reversed(usyms)))
        )

    def test_merging_in_steps_changes_nothing(self):
        usyms = [self._file("a.usyms", b"..odd\nb\n"), self._file("b.usyms", b".odd\n__this_module\na\n")]
        merged = self._run(merge.run, usyms)
        self.assertEqual(merged, b"..odd\n.odd\n__this_module\na\nb\n")
        for command in (exported_set.run_header, exported_set.run_raw_list, merge.run):
            self.assertEqual(self._run(command, [self._file("m.usyms", merged)]), self._run(command, usyms))

    def test_bad_list_leaves_the_existing_output(self):
        good, bad = self._file("a.usyms", b"kfree\n"), self._file("list", b"not-a-symbol\n")
        before = self._run(exported_set.run_header, [good])
        with self.assertRaisesRegex(KsymsError, r"/list:1: has the symbol name 'not-a-symbol'"):
            self._run(exported_set.run_header, [good], [bad])
        with open(self._output, "rb") as file:
            self.assertEqual(file.read(), before)

    def test_usyms_file_with_a_name_that_is_no_symbol_is_refused(self):
        with self.assertRaisesRegex(KsymsError, r"a\.usyms: has the symbol name '#error'"):
            self._run(exported_set.run_header, [self._file("a.usyms", b"kfree\n#error\n")])
        self.assertFalse(os.path.exists(self._output))

    def test_missing_input_is_named(self):
        with self.assertRaisesRegex(KsymsError, r"^/nowhere/list: cannot be read \(No such file.*\)\. To fix: .+\.$"):
            self._run(exported_set.run_header, [], ["/nowhere/list"])


if __name__ == "__main__":
    absltest.main()
