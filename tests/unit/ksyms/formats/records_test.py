import argparse
import json
import os

from absl.testing import absltest, parameterized

from ksyms.commands import extract
from ksyms.errors import KsymsError
from ksyms.formats import records
from tests.elf_files import module_files

_LINE = (
    b'{"module":"%s","signed":false,"machine":62,"undefined":["kfree"],"weak":["hook"],"exported":[["api","GPL",""]]}\n'
)


class ReadTest(parameterized.TestCase):
    def _file(self, name, data):
        return self.create_tempfile(name, data).full_path

    def test_reads_what_extract_writes(self):
        folder = self.create_tempdir()
        data = module_files.write([b"kfree"], [b"hook"], exports=[module_files.Export(b"api", b"GPL")])
        module = folder.create_file("snd-hda.ko", data + module_files.signature()).full_path
        written = os.path.join(folder.full_path, "r")
        extract.run(argparse.Namespace(usyms=os.path.join(folder.full_path, "u"), records=written, modules=[module]))
        (record,) = records.read([written])
        self.assertEqual(record, ("snd-hda.ko", True, ["kfree"], ["hook"], ["api"], 62))
        self.assertEqual(record.module_name, "snd_hda")

    def test_records_are_sorted_by_file_name(self):
        contents = (_LINE % b"z.ko" + _LINE % b"b.ko", _LINE % b"a.ko")
        paths = [self._file(str(number), data) for number, data in enumerate(contents)]
        for order in (paths, reversed(paths)):
            self.assertEqual([record.file_name for record in records.read(order)], ["a.ko", "b.ko", "z.ko"])

    @parameterized.named_parameters(
        ("text", b"kfree\n"),
        ("not_an_object", b"[]\n"),
        ("older_version", b'{"module":"a.ko","signed":false,"undefined":[],"weak":[],"exported":[]}\n'),
        (
            "exports_are_names",
            b'{"module":"a.ko","signed":false,"machine":62,"undefined":[],"weak":[],"exported":[5]}\n',
        ),
        ("no_lists", b'{"module":"a.ko","signed":false,"machine":62,"undefined":null,"weak":[],"exported":[]}\n'),
        ("not_ascii", b"\xff\n"),
        ("empty", b""),
        ("blank_lines", b"\n\n"),
        ("nested_without_end", b"[" * 100_000 + b"\n"),
    )
    def test_other_file_is_refused(self, data):
        with self.assertRaisesRegex(
            KsymsError, r"records: is not a file of records \(.+\)\. To fix: .+ `ksyms extract`"
        ):
            records.read([self._file("records", data)])

    def test_missing_file_is_refused(self):
        with self.assertRaisesRegex(KsymsError, r"^/nowhere/r: cannot be read \(No such file.*\)\. To fix: .+\.$"):
            records.read(["/nowhere/r"])


class LineTest(parameterized.TestCase):
    @parameterized.named_parameters(
        ("plain", "snd-hda.ko", b"NETDEV"),
        ("empty", "", b""),
        ("quote_and_backslash", 'a"b\\c.ko', b'N"S\\'),
        ("control_characters", "a\x01\n\x7f.ko", b"\t\x00"),
        ("not_ascii", "modül \udcff.ko", b"\xc3\xbc\xff"),
    )
    def test_is_the_json_of_any_texts(self, file_name, namespace):
        line = records.line(file_name, True, 62, {b"b", b"a"}, set(), {(b"api", b"GPL", namespace), (b"all", b"", b"")})
        exported = [["all", "", ""], ["api", "GPL", namespace.decode("ascii", "backslashreplace")]]
        fields = {"module": file_name, "signed": True, "machine": 62, "undefined": ["a", "b"], "weak": []}
        fields["exported"] = exported
        self.assertEqual(line.decode("ascii"), json.dumps(fields, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    absltest.main()
