"""Which Bazel tools/bazel runs, and that this Bazel runs as if it had been called directly."""

import os
import pathlib

from absl.testing import absltest, parameterized

import fake_host

_LAUNCHER = os.path.join(os.environ["TEST_SRCDIR"], os.environ["TEST_WORKSPACE"], "tools")


def _bazel(version, name="bazel"):
    """A stand-in for a version of Bazel, which prints its arguments, copies stdin and exits with status 7."""
    return f"""\
[ "$1" = --version ] && {{ echo "bazel {version}"; exit; }}
printf '{name} {version}:'
printf '<%s>' "$@"
cat
exit 7"""


class LauncherTest(parameterized.TestCase):
    def setUp(self):
        super().setUp()
        self.host = fake_host.FakeHost(self.create_tempdir().full_path, _LAUNCHER)
        self.host.add_root_tools()

    def assert_in_private_root(self, result):
        self.assertEqual((result.returncode, result.stdout), (0, "<info>"), result.stderr)
        self.assertLen(self.host.calls("nsenter"), 1)

    def test_bazel_real_is_run_unchanged(self):
        self.host.add("their bazel", _bazel("1.0"))
        self.host.add("bazelisk", _bazel("9.0.0", "bazelisk"))
        result = self.host.run(
            "run", "//:a b", "", "--", "*", stdin="for it\n", BAZEL_REAL=str(self.host.bin / "their bazel")
        )
        self.assertEqual(result.stdout, "bazel 1.0:<run><//:a b><><--><*>for it\n")
        self.assertEqual(result.stderr, "")
        self.assertEqual(result.returncode, 7)

    def test_bazelisk_is_preferred_to_bazel(self):
        self.host.add("bazelisk", _bazel("9.0.0", "bazelisk"))
        self.host.add("bazel", _bazel("8.0.0"))
        result = self.host.run("build", "//a b", stdin="for it")
        self.assertEqual((result.stdout, result.returncode), ("bazelisk 9.0.0:<build><//a b>for it", 7))

    @parameterized.parameters("7.4.0", "7.10.1", "8.0.0", "8.1.0rc1", "10.0.0")
    def test_recent_bazel_is_run(self, version):
        self.host.add("bazel", _bazel(version))
        result = self.host.run("build", stdin="for it")
        self.assertEqual((result.stdout, result.returncode), (f"bazel {version}:<build>for it", 7))
        self.assertEmpty(self.host.calls("mmdebstrap"))

    @parameterized.parameters("4.2.3", "6.10.0", "7.3.9", "no_version", "")
    def test_old_bazel_is_ignored(self, version):
        self.host.add("bazel", _bazel(version))
        self.assert_in_private_root(self.host.run("info"))

    def test_broken_bazel_is_ignored(self):
        self.host.add("bazel", "echo bazel: cannot download; exit 1")
        self.assert_in_private_root(self.host.run("info"))

    def test_recent_bazel_after_an_old_one_on_path_is_run(self):
        self.host.add("bazel", _bazel("8.0.0"))
        first = self.host.directory / "first"
        self.host.add("bazel", _bazel("4.2.3"), to=first)
        result = self.host.run("build", path=[first])
        self.assertEqual((result.stdout, result.returncode), ("bazel 8.0.0:<build>", 7))

    def test_launcher_on_path_does_not_run_itself(self):
        self.assert_in_private_root(self.host.run("info", program="bazel", path=[self.host.tools]))

    @parameterized.parameters("bazel", "bazelisk")
    def test_link_to_launcher_on_path_does_not_run_itself(self, name):
        links = pathlib.Path(self.create_tempdir().full_path)
        (links / name).symlink_to(self.host.tools / "bazel")
        self.assert_in_private_root(self.host.run("info", program=links / name, path=[links]))


if __name__ == "__main__":
    absltest.main()
