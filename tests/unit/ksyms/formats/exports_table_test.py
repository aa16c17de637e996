import argparse
import os

from absl.testing import absltest

from ksyms.commands import exports
from ksyms.errors import KsymsError
from ksyms.formats import exports_table
from tests.elf_files import module_files
from tests.elf_files.module_files import Export


class ExportsTableTest(absltest.TestCase):
    def setUp(self):
        super().setUp()
        self._folder = self.create_tempdir()

    def _file(self, name, data):
        return self._folder.create_file(name, data).full_path

    def test_reads_what_exports_writes(self):
        written = os.path.join(self._folder.full_path, "kernel.exports")
        vmlinux = self._file("vmlinux", module_files.vmlinux([Export(b"zulu", b"GPL", b"NS"), Export(b"alpha")]))
        module = self._file("modül.ko", module_files.write(exports=[Export(b"mike")]))
        exports.run(argparse.Namespace(output=written, exports=[vmlinux, module]))
        other = self._file("other.exports", b"oscar\tm\t\t\n")
        exporters = {"alpha": "vmlinux", "zulu": "vmlinux", "mike": "modül", "oscar": "m"}
        self.assertEqual(exports_table.read([written, other]), exporters)
        self.assertEqual(exports_table.read([]), {})

    def test_vmlinux_is_preferred_to_a_module_in_any_order(self):
        first = self._file("1.exports", b"a\tm\t\t\na\tvmlinux\t\t\n")
        second = self._file("2.exports", b"a\tvmlinux\t\t\na\tz\t\t\n")
        for paths in ([first, second], [second, first]):
            self.assertEqual(exports_table.read(paths), {"a": "vmlinux"})

    def test_other_file_is_refused(self):
        for data in (b"kfree\n", b"kfree\tvmlinux\n", b"", b"\n", b"a\tb\tc\td\te\n"):
            with self.assertRaisesRegex(KsymsError, r"bad: is not a table of exports \(.+\)\. To fix: .+\.$"):
                exports_table.read([self._file("bad", data)])
        with self.assertRaisesRegex(KsymsError, r"^/nowhere/x: cannot be read \(No such file.*\)\. To fix: .+\.$"):
            exports_table.read(["/nowhere/x"])


if __name__ == "__main__":
    absltest.main()
