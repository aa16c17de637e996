"""Caches and build farms that fail: a build still gives the right result, and so does the next. See docs/remote.md."""

import contextlib
import pathlib
import shutil
import tempfile

from absl.testing import absltest, parameterized

from tests.integration.quickstart import Quickstart, links
from tests.remote import execution_servers, faulty_cache, servers

_LISTS = ("autoksyms/include/generated/autoksyms.h", "raw_symbol_list.txt")
_BUILT = ("//:vmlinux", "//:raw_symbol_list")
_NEW_SYMBOL = ("modules/hello.c", 'printk("hello");', 'printk("hello");\n\tktime_get();')
_TIMEOUT_SECONDS = 1
_CACHE = ("--config=remote-cache", "--remote_download_outputs=all")


def _files(workspace):
    return {path: workspace.output(path) for path in (*_LISTS, "vmlinux")}


class CacheFaultsTest(parameterized.TestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.folder = pathlib.Path(tempfile.mkdtemp(dir=absltest.TEST_TMPDIR.value))
        cls.workspace = Quickstart(cls.folder / "here")
        cls.addClassCleanup(cls.workspace.close)
        cls.healthy = faulty_cache.FaultyCache(slowness=0)
        cls.addClassCleanup(cls.healthy.close)
        cls.right = cls.workspace.build(*_BUILT, *_CACHE, f"--remote_cache={cls.healthy.url}")
        cls.files = _files(cls.workspace)

    def setUp(self):
        super().setUp()
        self.workspace.flags = _CACHE

    def assert_right(self, log, workspace=None):
        """Asserts that the outputs, in Bazel's log and on disk, are those of a build without faults."""
        self.assertEqual(log.digests(), self.right.digests())
        self.assertEqual(_files(workspace or self.workspace), self.files)

    def clean_build(self, *flags):
        """Builds all outputs again, without the repeated analysis that `bazel clean` would cost."""
        self._remove_outputs()
        return self.workspace.build(*_BUILT, *flags)

    def _remove_outputs(self):
        shutil.rmtree((self.workspace.path / "bazel-out").resolve())

    @contextlib.contextmanager
    def build_in_progress(self, *flags):
        """Starts a build of everything; at the end of the block waits for it and checks its result."""
        self._remove_outputs()
        with self.workspace.start("build", *self.workspace.flags, *_BUILT, *flags) as bazel:
            yield
            messages = bazel.stderr.read()
        self.assertEqual(bazel.returncode, 0, messages)
        self.assertIn("WARNING: Remote Cache", messages)
        self.assertEqual(_files(self.workspace), self.files)

    @parameterized.parameters("error", "full", "slow", "torn", "truncated", "corrupt")
    def test_cache_with_faulty_answers(self, fault):
        cache = faulty_cache.FaultyCache(slowness=2 * _TIMEOUT_SECONDS)
        self.addCleanup(cache.close)
        cache.entries = {} if fault == "full" else dict(self.healthy.entries)
        cache.fault = fault
        address = f"--remote_cache={cache.url}"
        self.assert_right(self.clean_build(address, f"--remote_timeout={_TIMEOUT_SECONDS}s"))
        self.assertGreater(cache.faults, 0)
        cache.fault = ""
        self.assert_right(self.clean_build(address))

    @parameterized.parameters("--config=remote-cache --remote_cache=http", "--config=remote --remote_executor=grpc")
    def test_unreachable_server(self, flags):
        flags = f"{flags}://127.0.0.1:{servers.free_port()} --remote_download_outputs=all".split()
        self.assert_right(self.clean_build(*flags))

    def test_cache_killed_in_the_middle_of_a_build(self):
        nginx = servers.NginxCache(self.folder / "killed")
        address = f"--remote_cache={nginx.url('killed')}"
        with self.build_in_progress(address):
            servers.wait_until(lambda: list(nginx.store.glob("killed/ac/*")), "Bazel to store a result")
            nginx.server.kill()
        nginx.start()
        self.addCleanup(nginx.server.close)
        self.assert_right(self.clean_build(address))

    def test_cache_restarted_empty(self):
        nginx = servers.NginxCache(self.folder / "emptied")
        flags = [f"--remote_cache={nginx.url('emptied')}", "--remote_download_outputs=minimal"]
        for _ in range(2):
            self.workspace.bazel("clean")
            self.workspace.build(*_BUILT, *flags)
        # Now all outputs are only on the server.
        self.assertFalse((self.workspace.path / "bazel-bin/vmlinux").exists())
        nginx.server.kill()
        nginx.empty()
        nginx.start()
        self.addCleanup(nginx.server.close)
        self.workspace.edit(*_NEW_SYMBOL)
        self.addCleanup(self.workspace.edit, _NEW_SYMBOL[0], _NEW_SYMBOL[2], _NEW_SYMBOL[1])
        log = self.workspace.build(*_BUILT, *flags, "--remote_download_outputs=toplevel")
        self.assertEqual(links(log), 1)
        self.assertIn("ktime_get", self.workspace.exports())
        self.assertIn(b"\nktime_get\n", self.workspace.output("raw_symbol_list.txt"))

    def test_cache_without_space(self):
        nginx = servers.NginxCache(self.folder / "full", size="64k")
        self.addCleanup(nginx.server.close)
        address = f"--remote_cache={nginx.url('full')}"
        self.assert_right(self.clean_build(address))
        self.assertIn("No space left on device", nginx.server.log.read_text())
        self.assert_right(self.clean_build(address))

    def test_two_clients_at_once(self):
        nginx = servers.NginxCache(self.folder / "raced")
        self.addCleanup(nginx.server.close)
        flags = [*_CACHE, f"--remote_cache={nginx.url('raced')}"]
        rival = Quickstart(self.folder / "rival", flags)
        self.addCleanup(rival.close)
        rival.bazel("build", "--nobuild", *_BUILT, *flags)
        self._remove_outputs()
        with rival.start("build", *flags, *_BUILT) as other:
            log = self.workspace.build(*_BUILT, *flags[-1:])
            self.assertEqual(other.wait(), 0)
        self.assert_right(log)
        self.assertEqual(_files(rival), self.files)
        log = self.clean_build(*flags[-1:])
        self.assert_right(log)
        self.assertEqual(log.missed(), [])

    def test_farm_killed_in_the_middle_of_a_build(self):
        with execution_servers.Casd(self.folder / "farm") as farm:
            self.workspace.flags = ["--config=remote", "--remote_download_outputs=all"]
            with self.build_in_progress(f"--remote_executor={farm.executor}"):
                servers.wait_until(
                    lambda: list(self.folder.glob("farm/cas/actioncache/*/*")), "the farm to have a result"
                )
                farm.kill()
        self.assert_right(self.clean_build())


if __name__ == "__main__":
    absltest.main()
