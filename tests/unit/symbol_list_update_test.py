"""Runs the real program as `bazel run` starts it."""

import os
import pathlib
import stat
import subprocess
import sys

from absl.testing import absltest, parameterized

import symbol_list_update

_OLD, _NEW = b"[abi_symbol_list]\n  kfree\n  old\n", b"[abi_symbol_list]\n  kfree\n  new\n"
_DIFF = """\
--- device/abi (in the source tree)
+++ device/abi (generated)
@@ -1,3 +1,3 @@
 [abi_symbol_list]
   kfree
-  old
+  new
"""


class SymbolListUpdateTest(parameterized.TestCase):
    def setUp(self):
        super().setUp()
        self._folder = pathlib.Path(self.create_tempdir().full_path)
        self._workspace = self._folder / "workspace"
        (self._workspace / "device").mkdir(parents=True)
        self._list = self._workspace / "device/abi"
        self._list.write_bytes(_OLD)
        (self._folder / "generated").write_bytes(_NEW)

    def _run(self, *flags, symbol_list="device/abi", workspace=True):
        """Runs the program; returns its exit status, stdout and stderr."""
        environment = {name: value for name, value in os.environ.items() if name != "BUILD_WORKSPACE_DIRECTORY"}
        environment["PYTHONPATH"] = os.pathsep.join(sys.path)
        if workspace:
            environment["BUILD_WORKSPACE_DIRECTORY"] = str(self._workspace)
        process = subprocess.run(
            [sys.executable, symbol_list_update.__file__, "generated", symbol_list, *flags],
            cwd=self._folder, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        self.assertNotIn("Traceback", process.stderr)
        return process.returncode, process.stdout, process.stderr

    def _assert_nothing_written(self):
        self.assertEqual(self._list.read_bytes(), _OLD)
        self._assert_files("workspace/device/abi")

    def _assert_files(self, *names):
        files = (file for file in self._folder.rglob("*") if not file.is_dir() or file.is_symlink())
        self.assertCountEqual([str(file.relative_to(self._folder)) for file in files], ["generated", *names])

    def test_writes_the_list_and_shows_what_changes(self):
        self.assertEqual(self._run(), (0, _DIFF, "device/abi: updated\n"))
        self.assertEqual(self._list.read_bytes(), _NEW)
        self._assert_files("workspace/device/abi")

    def test_mode_of_the_file_is_kept(self):
        for mode in (0o600, 0o664, 0o755):
            self._list.write_bytes(_OLD)
            self._list.chmod(mode)
            self.assertEqual(self._run()[0], 0)
            self.assertEqual(stat.S_IMODE(self._list.stat().st_mode), mode)

    def test_identical_list_is_not_written(self):
        self._list.write_bytes(_NEW)
        before = self._list.stat()
        for flags in ([], ["--check"], ["--dry_run"]):
            self.assertEqual(self._run(*flags), (0, "", "device/abi: up to date\n"))
        self.assertEqual((self._list.stat().st_ino, self._list.stat().st_mtime_ns), (before.st_ino, before.st_mtime_ns))

    def test_dry_run_only_shows_the_difference(self):
        self.assertEqual(self._run("--dry_run"), (0, _DIFF, ""))
        self._assert_nothing_written()

    def test_check_fails_if_there_is_a_difference(self):
        for flags in (["--check"], ["--check", "--dry_run"]):
            status, stdout, stderr = self._run(*flags)
            self.assertEqual((status, stdout), (1, _DIFF))
            self.assertEqual(
                stderr, "device/abi: differs from what is generated. To fix: run this target without --check\n"
            )
            self._assert_nothing_written()

    def test_missing_file_and_folder_are_created(self):
        status, stdout, _ = self._run(symbol_list="new/folder/abi")
        self.assertEqual(status, 0)
        self.assertIn("@@ -0,0 +1,3 @@\n+[abi_symbol_list]\n+  kfree\n+  new\n", stdout)
        self.assertEqual((self._workspace / "new/folder/abi").read_bytes(), _NEW)
        self.assertEqual(stat.S_IMODE((self._workspace / "new/folder/abi").stat().st_mode), 0o644)

    def test_missing_file_is_a_difference_even_to_an_empty_list(self):
        (self._folder / "generated").write_bytes(b"")
        self.assertEqual(self._run("--check", symbol_list="new")[0], 1)
        self.assertEqual(self._run(symbol_list="new")[0], 0)
        self.assertEqual((self._workspace / "new").read_bytes(), b"")

    def test_missing_newline_at_the_end_is_shown(self):
        self._list.write_bytes(_OLD.rstrip())
        self.assertIn("\n-  old\n\\ No newline at end of file\n+  new\n", self._run()[1])

    def test_link_inside_the_workspace_is_followed_and_kept(self):
        (self._workspace / "link").symlink_to("device/abi")
        self.assertEqual(self._run(symbol_list="link")[0], 0)
        self.assertEqual(self._list.read_bytes(), _NEW)
        self.assertTrue((self._workspace / "link").is_symlink())

    def test_path_outside_the_workspace_is_refused(self):
        (self._folder / "outside").write_bytes(_OLD)
        (self._workspace / "link").symlink_to(self._folder / "outside")
        (self._workspace / "folder").symlink_to(self._folder)
        for path in ("../outside", "device/../../outside", str(self._folder / "outside"), "link", "folder/outside"):
            status, stdout, stderr = self._run(symbol_list=path)
            self.assertEqual((status, stdout), (1, ""))
            self.assertEqual(
                stderr, f"{path}: is outside the workspace {self._workspace.resolve()}. To fix: name a file below it.\n"
            )
        self.assertEqual((self._folder / "outside").read_bytes(), _OLD)

    def test_without_a_workspace_the_message_says_how_to_start_it(self):
        status, stdout, stderr = self._run(workspace=False)
        self.assertEqual((status, stdout), (1, ""))
        self.assertEqual(
            stderr, "device/abi: can only be updated in a workspace. To fix: start this target with `bazel run`.\n"
        )
        self._assert_nothing_written()

    def test_folder_instead_of_the_list_is_refused(self):
        for path in ("device", "."):
            status, _, stderr = self._run(symbol_list=path)
            self.assertEqual(status, 1)
            self.assertRegex(stderr, r"\A/.*: cannot be read \(Is a directory\)\. To fix: .+\.\n\Z")

    def test_file_instead_of_a_folder_is_refused(self):
        status, _, stderr = self._run(symbol_list="device/abi/more")
        self.assertEqual(status, 1)
        self.assertRegex(stderr, r"\A/.*/device/abi/more: cannot be .+\. To fix: .+\.\n\Z")
        self._assert_nothing_written()

    def test_missing_generated_list_is_named(self):
        (self._folder / "generated").unlink()
        status, stdout, stderr = self._run()
        self.assertEqual((status, stdout), (1, ""))
        self.assertStartsWith(stderr, "generated: cannot be read (No such file or directory). To fix: ")

    @absltest.skipIf(os.getuid() == 0, "root may write anywhere")
    def test_folder_that_cannot_be_written_is_named(self):
        (self._workspace / "device").chmod(0o555)
        self.addCleanup((self._workspace / "device").chmod, 0o755)
        status, _, stderr = self._run()
        self.assertEqual(status, 1)
        self.assertRegex(stderr, r"\A/.*/device/abi: cannot be written \(Permission denied\)\. To fix: .+\.\n\Z")
        self._assert_nothing_written()

    def test_failure_leaves_no_temporary_file(self):
        full = OSError(28, "No space left on device")
        for function in ("os.chmod", "os.replace"):
            with (
                absltest.mock.patch(function, side_effect=full),
                self.assertRaisesRegex(symbol_list_update.KsymsError, r"cannot be written \(No space left"),
            ):
                symbol_list_update.replace(self._list, _NEW)
            self._assert_nothing_written()

    @parameterized.named_parameters(("unknown_flag", ["--force"]), ("too_many", ["third"]))
    def test_wrong_usage_is_exit_status_2(self, arguments):
        status, stdout, stderr = self._run(*arguments)
        self.assertEqual((status, stdout), (2, ""))
        self.assertStartsWith(stderr, "usage: ")
        self._assert_nothing_written()


if __name__ == "__main__":
    absltest.main()
