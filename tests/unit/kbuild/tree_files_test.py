import os
import pathlib

from absl.testing import absltest

from kbuild import tree_files
from ksyms.errors import KsymsError


class TreeFilesTest(absltest.TestCase):
    def setUp(self):
        super().setUp()
        self.folder = pathlib.Path(self.create_tempdir().full_path)

    def test_a_file_that_was_emptied_is_back_with_its_time(self):
        path = self.folder / "modules.order"
        path.write_text("a.ko\n")
        os.utime(path, (1, 1))
        with self.assertRaises(KsymsError), tree_files.emptied(str(path)):
            self.assertEqual(path.read_text(), "")
            raise KsymsError("a", "b", "c")
        self.assertEqual((path.read_text(), path.stat().st_mtime), ("a.ko\n", 1))

    def test_no_file_is_left_where_none_was(self):
        path = self.folder / "modules.order"
        with tree_files.emptied(str(path)):
            self.assertTrue(path.exists())
        self.assertEmpty(os.listdir(self.folder))

    def test_files_keep_their_places_when_they_are_copied_out(self):
        (self.folder / "drivers/net").mkdir(parents=True)
        for name in ("drivers/net/dummy.ko", "drivers/net/veth.ko"):
            (self.folder / name).write_text(name)
        tree_files.copy_out(str(self.folder), ["drivers/net/dummy.ko"], str(self.folder / "out"))
        copied = [path for path in (self.folder / "out").rglob("*") if path.is_file()]
        self.assertEqual([path.read_text() for path in copied], ["drivers/net/dummy.ko"])


if __name__ == "__main__":
    absltest.main()
