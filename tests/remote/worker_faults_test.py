"""Workers that are killed or interrupted during a request: no list is written in part, and the next build is right.

See docs/remote.md.
"""

import array
import contextlib
import fcntl
import os
import pathlib
import signal
import tempfile
import termios

from absl.testing import absltest

from tests.integration.quickstart import Quickstart, links
from tests.remote import servers

_HEADER = "autoksyms/include/generated/autoksyms.h"
_NEW_SYMBOL = ("modules/hello.c", 'printk("hello");', 'printk("hello");\n\tktime_get();')
_EXIT_INTERRUPTED = 8


class WorkerFaultsTest(absltest.TestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.folder = pathlib.Path(tempfile.mkdtemp(dir=absltest.TEST_TMPDIR.value))
        cls.workspace = Quickstart(cls.folder, ["--config=remote-cache"])
        cls.addClassCleanup(cls.workspace.close)

    def setUp(self):
        """Each test starts with the built quickstart, and an edit that makes a module need one more symbol."""
        super().setUp()
        self.workspace.build()
        self.old = self.workspace.output(_HEADER)
        self.new = self.old.replace(b"#define __KSYM_printk", b"#define __KSYM_ktime_get 1\n#define __KSYM_printk")
        self.workspace.edit(*_NEW_SYMBOL)
        self.addCleanup(self.workspace.edit, _NEW_SYMBOL[0], _NEW_SYMBOL[2], _NEW_SYMBOL[1])

    @contextlib.contextmanager
    def build_during_a_request(self):
        """Starts a build with a stopped worker, and waits until it has a request; yields Bazel and the worker."""
        worker = self._header_worker()
        os.kill(worker, signal.SIGSTOP)
        with self.workspace.start("build", *self.workspace.flags, "//:vmlinux") as bazel:
            servers.wait_until(lambda: _unread_bytes(worker), "the worker to have a request")
            yield bazel, worker
            self.messages = bazel.stderr.read()

    def _header_worker(self):
        """Returns the process ID of the persistent worker that writes the workspace's headers."""
        workers = []
        for process in pathlib.Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                folder = os.readlink(process / "cwd")
                if folder.startswith(f"{self.folder}/") and "-KsymsAutoksymsHeader/" in folder:
                    workers.append(int(process.name))
        (worker,) = workers
        return worker

    def assert_header(self, *expected):
        self.assertIn(self.workspace.output(_HEADER), expected)

    def test_worker_killed_during_a_request(self):
        with self.build_during_a_request() as (bazel, worker):
            os.kill(worker, signal.SIGKILL)
        self.assertEqual(bazel.returncode, 1, self.messages)
        self.assertRegex(self.messages, "ERROR: .* Writing autoksyms.h //:autoksyms failed: .*[Ww]orker process")
        if (self.workspace.path / "bazel-bin" / _HEADER).exists():
            self.assert_header(self.old, self.new)
        self.assertEqual(links(self.workspace.build()), 1)
        self.assert_header(self.new)

    def test_interrupt_during_a_request(self):
        with self.build_during_a_request() as (bazel, worker):
            bazel.send_signal(signal.SIGINT)
        self.addCleanup(os.kill, worker, signal.SIGKILL)
        self.assertEqual(bazel.returncode, _EXIT_INTERRUPTED, self.messages)
        # The next build uses another worker.
        self.assertEqual(links(self.workspace.build()), 1)
        self.assert_header(self.new)
        # The late answer to the interrupted request changes nothing.
        self.workspace.edit(_NEW_SYMBOL[0], _NEW_SYMBOL[2], _NEW_SYMBOL[1])
        self.addCleanup(self.workspace.edit, *_NEW_SYMBOL)
        self.workspace.build()
        os.kill(worker, signal.SIGCONT)
        servers.wait_until(lambda: not _unread_bytes(worker), "the worker to read its request")
        self.assertEqual(self.workspace.build().spawns, [])
        self.assert_header(self.old)


def _unread_bytes(process):
    """Returns the number of unread bytes in the pipe of a process's standard input."""
    count = array.array("i", [0])
    with open(f"/proc/{process}/fd/0", "rb", buffering=0) as pipe:
        fcntl.ioctl(pipe, termios.FIONREAD, count)
    return count[0]


if __name__ == "__main__":
    absltest.main()
