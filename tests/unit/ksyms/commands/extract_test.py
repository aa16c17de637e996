import argparse
import json
import os

from absl.testing import absltest

from ksyms.commands import extract
from ksyms.errors import KsymsError
from tests.elf_files import module_files

_HELLO = module_files.write([b"printk", b"__this_module", b"kfree", b"printk"], [b"hook"], [b"init_module"])
_ALPHA = module_files.write(
    [b"kmalloc", b"kfree"],
    exports=[module_files.Export(b"zulu", b"GPL", b"NS"), module_files.Export(b"alpha")],
)


class ExtractTest(absltest.TestCase):
    def setUp(self):
        super().setUp()
        self._folder = self.create_tempdir()
        self._usyms = os.path.join(self._folder.full_path, "out.usyms")
        self._records = os.path.join(self._folder.full_path, "out.ksyms.jsonl")

    def _module(self, name, data):
        return self._folder.create_file(name, data).full_path

    def _run(self, *modules):
        """Runs the command; returns the bytes of both outputs."""
        extract.run(argparse.Namespace(usyms=self._usyms, records=self._records, modules=list(modules)))
        return self._output(self._usyms), self._output(self._records)

    def _output(self, path):
        with open(path, "rb") as file:
            return file.read()

    def test_usyms_file_has_the_undefined_global_symbols_of_all_modules(self):
        usyms, _ = self._run(self._module("hello.ko", _HELLO), self._module("alpha.ko", _ALPHA))
        self.assertEqual(usyms, b"__this_module\nkfree\nkmalloc\nprintk\n")

    def test_records_have_one_line_per_module_sorted_by_file_name(self):
        _, records = self._run(self._module("a/hello.ko", _HELLO), self._module("b/alpha.ko", _ALPHA))
        alpha, hello = [json.loads(line) for line in records.splitlines()]
        self.assertEqual(
            alpha,
            {
                "module": "alpha.ko",
                "signed": False,
                "machine": 62,
                "undefined": ["kfree", "kmalloc"],
                "weak": [],
                "exported": [["alpha", "", ""], ["zulu", "GPL", "NS"]],
            },
        )
        self.assertEqual(
            hello,
            {
                "module": "hello.ko",
                "signed": False,
                "machine": 62,
                "undefined": ["__this_module", "kfree", "printk"],
                "weak": ["hook"],
                "exported": [],
            },
        )

    def test_order_of_the_modules_does_not_matter(self):
        modules = [self._module("hello.ko", _HELLO), self._module("sub/alpha.ko", _ALPHA)]
        self.assertEqual(self._run(*modules), self._run(*reversed(modules)))

    def test_module_edit_without_new_symbols_changes_no_output(self):
        before = self._run(self._module("hello.ko", _HELLO))
        changed = module_files.write([b"kfree", b"printk", b"__this_module"], [b"hook"], [b"init_module", b"new"])
        after = self._run(self._module("hello.ko", changed))
        self.assertNotEqual(changed, _HELLO)
        self.assertEqual(before, after)

    def test_module_without_undefined_symbols_gives_an_empty_list(self):
        for name, data in (
            ("quiet.ko", module_files.write(defined=[b"__this_module"])),
            ("empty.o", module_files.write()),
        ):
            usyms, records = self._run(self._module(name, data))
            self.assertEqual(usyms, b"")
            expected = {"module": name, "signed": False, "machine": 62, "undefined": [], "weak": [], "exported": []}
            self.assertEqual(json.loads(records), expected)

    def test_signature_is_recorded_and_changes_nothing_else(self):
        usyms, records = self._run(self._module("hello.ko", _HELLO))
        signed_usyms, signed_records = self._run(self._module("hello.ko", _HELLO + module_files.signature()))
        self.assertEqual(signed_usyms, usyms)
        self.assertEqual(signed_records, records.replace(b'"signed":false', b'"signed":true'))
        self.assertNotEqual(signed_records, records)

    def test_bad_module_leaves_existing_outputs_and_writes_no_new_ones(self):
        good, bad = self._module("hello.ko", _HELLO), self._module("torn.ko", _ALPHA[:100])
        with self.assertRaisesRegex(KsymsError, r"torn\.ko: "):
            self._run(good, bad)
        self.assertFalse(os.path.exists(self._usyms) or os.path.exists(self._records))
        before = self._run(good)
        with self.assertRaisesRegex(KsymsError, r"torn\.ko: "):
            self._run(good, bad)
        self.assertEqual((self._output(self._usyms), self._output(self._records)), before)

    def test_invalid_symbol_name_is_refused_wherever_it_is(self):
        bad = b"x 1\n#define y"
        for data in (
            module_files.write([bad]),
            module_files.write(weak=[bad]),
            module_files.write(exports=[module_files.Export(bad)]),
        ):
            with self.assertRaisesRegex(KsymsError, r"evil\.ko: has the symbol name 'x 1\\n#define y'"):
                self._run(self._module("evil.ko", data))

    def test_output_that_cannot_be_written_is_named(self):
        self._usyms = "/nowhere/out.usyms"
        with self.assertRaisesRegex(KsymsError, r"^/nowhere/out\.usyms: cannot be written \(No such file"):
            self._run(self._module("hello.ko", _HELLO))


if __name__ == "__main__":
    absltest.main()
