"""How tools/bazel makes the private root on first use: once and completely, or it fails with one line that says why."""

import os
import re
import shutil
import signal
import time

from absl.testing import absltest

import fake_host

_LAUNCHER = os.path.join(os.environ["TEST_SRCDIR"], os.environ["TEST_WORKSPACE"], "tools")
_PATIENCE_SECONDS = 30
# Leaves a partial folder until the file `go` appears beside the record of calls.
_SLOW_MMDEBSTRAP = """\
while [ "$#" -gt 2 ]; do shift; done
[ "$1" = - ] || { mkdir "$1"; echo half >"$1/partial"; }
until [ -e "${0%/*}/../go" ]; do sleep 0.05; done
"""


class PrivateRootTest(absltest.TestCase):
    def setUp(self):
        super().setUp()
        self.host = fake_host.FakeHost(self.create_tempdir().full_path, _LAUNCHER)

    def wait_for(self, condition):
        end = time.monotonic() + _PATIENCE_SECONDS
        while not condition():
            self.assertLess(time.monotonic(), end, "nothing happened")
            time.sleep(0.02)

    def assert_works(self):
        """Asserts that the launcher enters a complete root."""
        result = self.host.run("build", "//a b", stdin="for Bazel")
        self.assertEqual((result.returncode, result.stdout), (0, "<build><//a b>for Bazel"), result.stderr)
        for root in self.host.roots():
            self.assertTrue((root / "etc/bazel/bazelrc").read_text().endswith("try-import /etc/bazel.bazelrc\n"))
            self.assertFalse((root / "partial").exists())

    def assert_fails(self, pattern):
        """Asserts that the last line of the launcher matches, and that there is no complete root; returns all lines."""
        result = self.host.run("build", stdin="for Bazel")
        lines = result.stderr.splitlines()
        self.assertEqual((result.returncode, result.stdout), (1, ""), result.stderr)
        self.assertRegex(lines[-1], f"^tools/bazel: {pattern}$")
        self.assertEmpty([root for root in self.host.roots() if not root.name.endswith(".partial")])
        self.assertEmpty(self.host.calls("nsenter"))
        return lines

    def test_root_is_made_once_and_entered_each_time(self):
        self.host.add_root_tools()
        self.assert_works()
        self.assert_works()
        (root,) = self.host.roots()
        (made,) = self.host.calls("mmdebstrap")
        self.assertIn("--include=bazel-bootstrap,python3 forky ", made)
        self.assertTrue(made.endswith(" mirror:/debian"))
        self.assertLen(self.host.calls("nsenter"), 2)
        for call in self.host.calls("bwrap"):
            self.assertIn(f"--ro-bind {root}/usr /usr", call)

    def test_set_up_does_not_read_the_input_of_bazel(self):
        self.host.add_root_tools(mmdebstrap="cat >/dev/null\n" + fake_host.MMDEBSTRAP)
        self.assert_works()

    def test_failed_set_up_leaves_no_root(self):
        self.host.add_root_tools(mmdebstrap=fake_host.MMDEBSTRAP + "\nexit 25")
        self.assert_fails(r"mmdebstrap failed, see .*/root-[0-9a-f]+\.log\. To fix: .*")
        self.host.add_root_tools()
        self.assert_works()

    def test_set_up_after_a_killed_one_succeeds(self):
        self.host.add_root_tools(mmdebstrap=_SLOW_MMDEBSTRAP)
        process = self.host.start("build")
        self.wait_for(lambda: self.host.roots() and self.host.calls("mmdebstrap"))
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        self.host.add_root_tools()
        self.assert_works()
        self.assertLen(self.host.roots(), 1)

    def test_partial_root_of_another_package_list_is_removed(self):
        self.host.add_root_tools()
        (self.host.cache / "ksyms_rules/root-0123456789ab.partial/usr").mkdir(parents=True)
        self.assert_works()
        self.assertLen(self.host.roots(), 1)

    def test_simultaneous_calls_make_one_root(self):
        self.host.add_root_tools(mmdebstrap=_SLOW_MMDEBSTRAP + '[ "$1" = - ] || rm -r "$1"\n' + fake_host.MMDEBSTRAP)
        first = self.host.start("info")
        self.wait_for(lambda: self.host.calls("mmdebstrap"))
        second = self.host.start("info")
        self.assertIn("another set-up is running", second.stderr.readline())
        (self.host.directory / "go").touch()
        for process in (first, second):
            out, err = process.communicate(timeout=_PATIENCE_SECONDS)
            self.assertEqual((process.returncode, out), (0, "<info>"), err)
        self.assertLen(self.host.calls("mmdebstrap"), 1)
        self.assertLen(self.host.roots(), 1)

    def test_changed_package_list_makes_a_new_root(self):
        self.host.add_root_tools()
        self.assert_works()
        with open(self.host.tools / "bazel_root/packages.txt", "a", encoding="ascii") as packages:
            packages.write("xz-utils\n")
        self.assert_works()
        self.assertLen(self.host.roots(), 2)
        self.assertIn("xz-utils", self.host.calls("mmdebstrap")[1])
        options = [
            re.findall(r"ksyms_rules\.root=(.*)", (root / "etc/bazel.bazelrc").read_text())
            for root in self.host.roots()
        ]
        self.assertEqual(options, [[root.name] for root in self.host.roots()], "a server in the old root would stay")

    def test_old_unused_root_is_removed(self):
        self.host.add_root_tools()
        self.assert_works()
        (old,) = self.host.roots()
        os.utime(f"{old}.used", (0, 0))
        with open(self.host.tools / "bazel_root/packages.txt", "a", encoding="ascii") as packages:
            packages.write("xz-utils\n")
        self.assert_works()
        self.assertLen(self.host.roots(), 1)
        self.assertNotIn(old, self.host.roots())

    def test_root_unused_for_long_is_kept_when_only_a_tool_is_missing(self):
        self.host.add_root_tools()
        self.assert_works()
        (root,) = self.host.roots()
        os.utime(f"{root}.used", (0, 0))
        self.put_into_archive("bwrap")
        self.assert_works()
        self.assertEqual(self.host.roots(), [root])
        self.assertLen(self.host.calls("mmdebstrap"), 1)

    def put_into_archive(self, *names):
        """Removes tools from the machine, and lets its apt-get install them."""
        self.host.add("id", "echo 0")
        self.host.add("apt-get", fake_host.APT_GET)
        archive = self.host.bin / "apt-get.archive"
        archive.mkdir()
        for name in names:
            shutil.move(self.host.bin / name, archive / name)

    def test_missing_tools_are_installed(self):
        self.host.add_root_tools()
        self.put_into_archive("mmdebstrap", "bwrap")
        self.assert_works()
        self.assertRegex(self.host.calls("apt-get")[0], "^install .* mmdebstrap bubblewrap$")

    def test_missing_tools_without_apt(self):
        lines = self.assert_fails(
            "no Bazel 7.4 or later here. To fix: install Bazelisk, or install mmdebstrap bubblewrap.* private root."
        )
        self.assertLen(lines, 1)

    def test_missing_tools_without_permission_to_install(self):
        self.host.add("id", "echo 1000")
        self.host.add("apt-get", "exit 100")
        self.host.add("sudo", "exit 1")
        for _ in ("with a password", "no sudo at all"):
            lines = self.assert_fails(r"needs mmdebstrap bubblewrap.*\. To fix: sudo apt-get install mmdebstrap .*")
            self.assertLen(lines, 1)
            self.assertEmpty(self.host.calls("apt-get"))
            (self.host.bin / "sudo").unlink(missing_ok=True)

    def test_tools_that_apt_cannot_install(self):
        self.host.add("id", "echo 0")
        self.host.add("apt-get", "exit 100")
        self.assert_fails("apt-get could not install mmdebstrap bubblewrap.*To fix: .*")

    def test_archive_is_that_of_apt(self):
        self.host.add_root_tools()
        self.host.add("apt-get", "echo their:/debian-security; echo their:/debian")
        self.host.run("info", KSYMS_DEBIAN_MIRROR="")
        self.assertTrue(self.host.calls("mmdebstrap")[0].endswith(" their:/debian"))

    def test_no_archive(self):
        self.host.add_root_tools()
        result = self.host.run("info", KSYMS_DEBIAN_MIRROR="")
        self.assertEqual(result.returncode, 1)
        self.assertRegex(result.stderr.splitlines()[-1], "no Debian archive.*KSYMS_DEBIAN_MIRROR")
        self.assertEmpty(self.host.calls("mmdebstrap"))

    def test_an_ordinary_user_owns_the_root(self):
        self.host.add_root_tools()
        self.host.add("id", "echo 1000")
        self.assert_works()
        self.assertIn(" --mode=unshare - mirror:/debian", self.host.calls("mmdebstrap")[0])

    def test_machine_without_namespaces(self):
        self.host.add_root_tools(bwrap="echo 'bwrap: No permissions to create new namespace' >&2; exit 1")
        result = self.host.run("info")
        self.assertEqual((result.returncode, result.stdout), (1, ""))
        self.assertRegex(
            result.stderr.splitlines()[-1], "^tools/bazel: bubblewrap cannot enter .*No permissions.*install Bazelisk"
        )

    def test_home_below_a_system_folder_is_mounted(self):
        self.host.add_root_tools()
        self.host.run("info", HOME="/var/lib/me")
        self.host.run("info", HOME="/usr/src/me")
        first, second = self.host.calls("bwrap")
        self.assertIn(" --bind-try /var/lib/me /var/lib/me", first)
        self.assertIn(" --bind /usr/src /usr/src", second)

    def test_no_home(self):
        self.host.add_root_tools()
        result = self.host.run("info", HOME="", XDG_CACHE_HOME="")
        self.assertEqual(
            (result.returncode, result.stderr), (1, "tools/bazel: no place for the private root. To fix: set HOME.\n")
        )


if __name__ == "__main__":
    absltest.main()
