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


class ExportsTest(absltest.TestCase):
    def test_what_tables_say_of_user_modules_is_not_the_kernels(self):
        exporters = {"kfree": "vmlinux", "hda": "snd_hda", "other": "elsewhere"}
        user = _record("snd-hda.ko")._replace(exported=["more"])
        gki = _record("zram.ko")._replace(exported=["zram_compress"])
        by_kernel, by_users = users.exports(exporters, [user], [gki])
        self.assertEqual(by_kernel, {"kfree", "other", "zram_compress"})
        self.assertEqual(by_users, {"hda", "more"})


if __name__ == "__main__":
    absltest.main()
