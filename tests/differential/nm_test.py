"""Compares the symbols of every module of a distribution with those that binutils' nm finds."""

import pathlib

from absl.testing import absltest

from ksyms.elf import object_file
from tests.differential import debian_modules


def _of_ours(symbols):
    return debian_modules.NmSymbols(symbols.undefined, symbols.weak, [export.name for export in symbols.exported])


def _differences(ours, theirs):
    """Returns {path: (ours, theirs)} for the modules whose symbols differ."""
    return {
        path: (ours.get(path), theirs.get(path))
        for path in ours.keys() | theirs.keys()
        if ours.get(path) != theirs.get(path)
    }


class NmTest(absltest.TestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ours = {path: _of_ours(object_file.read(path)) for path in debian_modules.paths()}
        cls.theirs = debian_modules.nm(debian_modules.paths())

    def test_every_module_has_the_symbols_of_nm_in_the_same_order(self):
        self.assertEmpty(_differences(self.ours, self.theirs))

    # Debian's modules have no weak undefined symbols; binutils_test covers them.
    def test_changed_name_in_a_file_is_noticed(self):
        for kind, prefix in (("undefined", b""), ("exported", b"__ksymtab_")):
            path = next(path for path, symbols in self.ours.items() if getattr(symbols, kind))
            name = prefix + getattr(self.ours[path], kind)[0]
            data = pathlib.Path(path).read_bytes().replace(b"\0" + name + b"\0", b"\0" + name[:-1] + b"$\0")
            changed = self.create_tempfile(f"{kind}.ko", data).full_path
            ours = {**self.ours, path: _of_ours(object_file.read(changed))}
            self.assertEqual(list(_differences(ours, self.theirs)), [path])

    def test_dropped_module_is_noticed(self):
        path = debian_modules.paths()[0]
        without = {other: symbols for other, symbols in self.ours.items() if other != path}
        self.assertEqual(list(_differences(without, self.theirs)), [path])


if __name__ == "__main__":
    absltest.main()
