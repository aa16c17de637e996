"""Tests that generated modules are read like real ones, and that their symbols are distributed as Debian's are."""

import os

from absl.testing import absltest

import generated_modules
from ksyms.elf import object_file


class GeneratedModulesTest(absltest.TestCase):
    def test_module_has_the_given_undefined_symbols_and_size(self):
        path = self.create_tempfile("m.ko").full_path
        needs = generated_modules.needs(200)[-1]
        generated_modules.Template().write(path, needs)
        symbols = object_file.read(path)
        self.assertEqual(symbols.undefined, [generated_modules.name(symbol) for symbol in needs])
        self.assertEqual((symbols.weak, symbols.exported, symbols.signed), ([], [], False))
        self.assertAlmostEqual(os.path.getsize(path), generated_modules.SIZE, delta=8)

    def test_rewritten_module_has_only_its_new_symbols(self):
        path = self.create_tempfile("m.ko").full_path
        template, (first, second) = generated_modules.Template(), generated_modules.needs(2)
        template.write(path, first)
        template.write(path, second)
        self.assertEqual(object_file.read(path).undefined, [generated_modules.name(symbol) for symbol in second])

    def test_number_of_distinct_symbols_grows_as_in_debians_kernel(self):
        needs = generated_modules.needs(4000)
        for modules, distinct in ((1000, 8953), (2000, 12608), (4000, 18048)):
            self.assertAlmostEqual(len(set().union(*needs[:modules])), distinct, delta=distinct / 20)
        self.assertEqual({len(symbols) for symbols in needs}, {generated_modules.UNDEFINED})

    def test_smaller_count_gives_a_prefix(self):
        self.assertEqual(generated_modules.needs(300)[:100], generated_modules.needs(100))


if __name__ == "__main__":
    absltest.main()
