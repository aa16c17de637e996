import argparse
import os

from absl.testing import absltest, parameterized

import extract
import module_records
from errors import KsymsError
from tests.elf_files import module_files

_LINE = b'{"module":"%s","signed":false,"undefined":["kfree"],"weak":["hook"],"exported":[["api","GPL",""]]}\n'


def _record(module, signed=False):
    return module_records.Record(module, signed, [], [], [])


class ReadTest(parameterized.TestCase):
    def _file(self, name, data):
        return self.create_tempfile(name, data).full_path

    def test_reads_what_extract_writes(self):
        folder = self.create_tempdir()
        data = module_files.write([b"kfree"], [b"hook"], exports=[module_files.Export(b"api", b"GPL")])
        module = folder.create_file("snd-hda.ko", data + module_files.signature()).full_path
        records = os.path.join(folder.full_path, "r")
        extract.run(argparse.Namespace(usyms=os.path.join(folder.full_path, "u"), records=records, modules=[module]))
        (record,) = module_records.read([records])
        self.assertEqual(record, ("snd-hda.ko", True, ["kfree"], ["hook"], ["api"]))
        self.assertEqual(record.name, "snd_hda")

    def test_records_are_in_the_order_of_module_names(self):
        contents = (_LINE % b"z.ko" + _LINE % b"b.ko", _LINE % b"a.ko", b"")
        paths = [self._file(str(number), data) for number, data in enumerate(contents)]
        for order in (paths, reversed(paths)):
            self.assertEqual([record.module for record in module_records.read(order)], ["a.ko", "b.ko", "z.ko"])

    @parameterized.named_parameters(
        ("text", b"kfree\n"),
        ("no_object", b"[]\n"),
        ("of_an_older_version", b'{"module":"a.ko","undefined":[],"weak":[],"exported":[]}\n'),
        ("exports_are_names", b'{"module":"a.ko","signed":false,"undefined":[],"weak":[],"exported":[5]}\n'),
        ("no_lists", b'{"module":"a.ko","signed":false,"undefined":null,"weak":[],"exported":[]}\n'),
        ("not_ascii", b"\xff\n"),
    )
    def test_other_file_is_refused(self, data):
        with self.assertRaisesRegex(KsymsError, r"records: is no record file \(.+\)\. To fix: .+ `ksyms extract`"):
            module_records.read([self._file("records", data)])

    def test_missing_file_is_refused(self):
        with self.assertRaisesRegex(KsymsError, r"^/nowhere/r: cannot be read \(No such file.*\)\. To fix: .+\.$"):
            module_records.read(["/nowhere/r"])


class PartitionTest(absltest.TestCase):
    def test_signed_modules_and_those_named_are_the_kernels_own(self):
        records = [_record("a.ko"), _record("snd-hda.ko"), _record("signed.ko", signed=True)]
        users, own = module_records.partition(records, ["drivers/snd_hda.ko"], False)
        self.assertEqual([record.module for record in users], ["a.ko"])
        self.assertEqual([record.module for record in own], ["snd-hda.ko", "signed.ko"])

    def test_signatures_do_not_count_on_request(self):
        records = [_record("a.ko"), _record("signed.ko", signed=True), _record("named.ko", signed=True)]
        users, own = module_records.partition(records, ["named"], True)
        self.assertEqual([record.module for record in users], ["a.ko", "signed.ko"])
        self.assertEqual([record.module for record in own], ["named.ko"])


class KernelNameTest(absltest.TestCase):
    def test_is_the_name_in_proc_modules(self):
        for path in ("drivers/x/snd-hda.ko", "snd-hda", "snd_hda.o", "/abs/snd-hda.ko.xz"):
            self.assertEqual(module_records.kernel_name(path), "snd_hda")


if __name__ == "__main__":
    absltest.main()
