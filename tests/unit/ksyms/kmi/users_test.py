from absl.testing import absltest

from ksyms.formats.records import Record
from ksyms.kmi import users


def _record(file_name, signed=False):
    return Record(file_name, signed, [], [], [])


def _partition(records, gki_modules, signed_modules_are_gki):
    """Returns the file names of user modules and of GKI modules."""
    parts = users.partition(records, gki_modules, signed_modules_are_gki)
    return tuple([record.file_name for record in part] for part in parts)


class PartitionTest(absltest.TestCase):
    def test_signed_modules_and_those_named_are_gki_modules(self):
        records = [_record("a.ko"), _record("snd-hda.ko"), _record("signed.ko", signed=True)]
        self.assertEqual(_partition(records, ["drivers/snd_hda.ko"], True), (["a.ko"], ["snd-hda.ko", "signed.ko"]))

    def test_signatures_are_ignored_on_request(self):
        records = [_record("a.ko"), _record("signed.ko", signed=True), _record("named.ko", signed=True)]
        self.assertEqual(_partition(records, ["named"], False), (["a.ko", "signed.ko"], ["named.ko"]))


if __name__ == "__main__":
    absltest.main()
