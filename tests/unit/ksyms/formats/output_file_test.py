import os
import pathlib

from absl.testing import absltest

from ksyms.errors import KsymsError
from ksyms.formats import output_file


class WriteTest(absltest.TestCase):
    def setUp(self):
        super().setUp()
        self._folder = pathlib.Path(self.create_tempdir().full_path)
        self._path = self._folder / "output"
        self._path.write_bytes(b"old")

    def _assert_old(self):
        self.assertEqual(self._path.read_bytes(), b"old")
        self.assertEqual(os.listdir(self._folder), ["output"])

    def test_writes_the_data_and_leaves_nothing_else(self):
        output_file.write(str(self._path), b"new")
        self.assertEqual(self._path.read_bytes(), b"new")
        self.assertEqual(os.listdir(self._folder), ["output"])

    def test_output_is_replaced_as_a_whole(self):
        before = self._path.stat().st_ino
        output_file.write(str(self._path), b"new")
        self.assertNotEqual(self._path.stat().st_ino, before)

    def test_failure_leaves_the_old_output(self):
        full = OSError(28, "No space left on device")
        with (
            absltest.mock.patch("os.replace", side_effect=full),
            self.assertRaisesRegex(KsymsError, r"/output: cannot be written \(No space left on device\)\. To fix: "),
        ):
            output_file.write(str(self._path), b"new")
        self._assert_old()

    def test_missing_folder_is_named(self):
        with self.assertRaisesRegex(KsymsError, r"^/nowhere/x: cannot be written \(No such file or directory\)"):
            output_file.write("/nowhere/x", b"")


if __name__ == "__main__":
    absltest.main()
