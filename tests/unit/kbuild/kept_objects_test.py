import errno
import os
import pathlib

from absl.testing import absltest, parameterized

from kbuild import kept_objects
from ksyms.errors import FailedCheckError, KsymsError


class KeptObjectsTest(parameterized.TestCase):
    def setUp(self):
        super().setUp()
        self.folder = pathlib.Path(self.create_tempdir().full_path)
        self.sources = self.folder / "linux"
        self.sources.mkdir()
        self.notes = []

    def _opened(self, name="//:linux", identity="gcc 12"):
        return kept_objects.opened(str(self.folder / "kept"), name, identity, self.notes.append)

    def _mirror(self, folder):
        target = os.path.join(folder, "copy")
        return kept_objects.mirror(str(self.sources), folder, target)[0], pathlib.Path(target)

    def test_folder_of_a_name_is_the_same_again(self):
        with self._opened() as folder:
            pathlib.Path(folder, "main.o").write_text("object")
        with self._opened() as folder:
            self.assertEqual(pathlib.Path(folder, "main.o").read_text(), "object")
        with self._opened("//:other") as folder:
            self.assertFalse(os.path.exists(os.path.join(folder, "main.o")))
        self.assertEmpty(self.notes)

    def test_folder_of_a_killed_build_is_emptied(self):
        pid = os.fork()
        if not pid:
            context = self._opened()
            pathlib.Path(context.__enter__(), "half.o").write_text("ha")
            os._exit(9)
        os.waitpid(pid, 0)
        with self._opened() as folder:
            self.assertFalse(os.path.exists(os.path.join(folder, "half.o")))
        self.assertLen(self.notes, 1)

    @parameterized.parameters(
        (FailedCheckError("make failed"), True),
        (KsymsError("config", "builds no module", "add one"), True),
        # A file may be half-written.
        (OSError(errno.ENOSPC, "No space left on device"), False),
    )
    def test_folder_of_a_failed_build_is_kept_if_it_is_sound(self, error, kept):
        with self.assertRaises(type(error)), self._opened() as folder:
            pathlib.Path(folder, "main.o").write_text("object")
            raise error
        with self._opened() as folder:
            self.assertEqual(os.path.exists(os.path.join(folder, "main.o")), kept)

    def test_folder_of_another_toolchain_is_emptied(self):
        with self._opened() as folder:
            pathlib.Path(folder, "main.o").write_text("object")
        with self._opened(identity="gcc 13") as folder:
            self.assertFalse(os.path.exists(os.path.join(folder, "main.o")))

    def test_unusable_folder_is_one_line(self):
        (self.folder / "kept").write_text("a file")
        with (
            self.assertRaisesRegex(
                KsymsError,
                r"kept: cannot be used \(.+\)\. To fix: set --\S+:kept_objects to a folder that you may write to",
            ),
            self._opened(),
        ):
            pass

    def test_mirror_follows_a_file_that_becomes_a_folder(self):
        (self.sources / "init").write_text("")
        with self._opened() as folder:
            self._mirror(folder)
            (self.sources / "init").unlink()
            (self.sources / "init").mkdir()
            (self.sources / "init/main.c").write_text("main")
            _, copy = self._mirror(folder)
            self.assertEqual((copy / "init/main.c").read_text(), "main")

    def test_mirror_follows_a_folder_that_becomes_a_file(self):
        (self.sources / "init").mkdir()
        (self.sources / "init/main.c").write_text("main")
        with self._opened() as folder:
            self._mirror(folder)
            (self.sources / "init/main.c").unlink()
            (self.sources / "init").rmdir()
            (self.sources / "init").write_text("a file")
            _, copy = self._mirror(folder)
            self.assertEqual((copy / "init").read_text(), "a file")

    def test_files_of_a_folder_that_are_the_same_keep_their_time(self):
        saved, objects = self.folder / "saved", self.folder / "objects"
        for folder in (saved, objects):
            (folder / "net").mkdir(parents=True)
            (folder / "net/dummy.o").write_text("the same")
        (saved / "vmlinux.o").write_text("new")
        (objects / "vmlinux.o").write_text("old")
        (objects / "net/.dummy.o.cmd").write_text("stays")
        # Bazel leaves outputs like that, and make has to overwrite them.
        for path in (saved / "net/dummy.o", saved / "vmlinux.o"):
            path.chmod(0o555)
        os.utime(objects / "net/dummy.o", (1, 1))
        kept_objects.update_all(str(saved), str(objects))
        self.assertEqual((objects / "net/dummy.o").stat().st_mtime, 1)
        self.assertEqual((objects / "vmlinux.o").read_text(), "new")
        self.assertTrue((objects / "net/.dummy.o.cmd").exists())
        for path in (objects / "net/dummy.o", objects / "vmlinux.o"):
            self.assertTrue(path.stat().st_mode & 0o200, path)

    def test_mirror_writes_only_what_has_changed_and_removes_what_is_gone(self):
        (self.sources / "init").mkdir()
        for name in ("init/main.c", "init/version.c", "Makefile"):
            (self.sources / name).write_text(name)
        (self.sources / "dangling").symlink_to("../nowhere")
        with self._opened() as folder:
            changed, copy = self._mirror(folder)
            self.assertEqual(changed, 3)
            times = {path.name: path.stat().st_mtime_ns for path in copy.rglob("*") if path.is_file()}
            self.assertEqual(self._mirror(folder)[0], 0)
            (self.sources / "init/main.c").write_text("new")
            # Older than its objects: make itself would not look at it.
            os.utime(self.sources / "init/main.c", (1, 1))
            (self.sources / "Makefile").touch()
            (self.sources / "init/version.c").unlink()
            self.assertEqual(self._mirror(folder)[0], 2)
            self.assertEqual((copy / "init/main.c").read_text(), "new")
            self.assertGreater((copy / "init/main.c").stat().st_mtime_ns, times["main.c"])
            self.assertEqual((copy / "Makefile").stat().st_mtime_ns, times["Makefile"])
            self.assertFalse((copy / "init/version.c").exists())


if __name__ == "__main__":
    absltest.main()
