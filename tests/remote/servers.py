"""Servers that tests start on loopback and stop again, and nginx as a remote cache.

The programs are Debian's: tools/bazel_root/packages.txt brings them into the private root of tools/bazel, in which the
tests run.
"""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import time
import unittest

_PATIENCE_SECONDS = 60
_SYSTEM_PATH = "/usr/sbin:/usr/bin"


def program(name, package):
    """Path of a system program; without it the test is skipped, and says which Debian package has it."""
    found = shutil.which(name, path=_SYSTEM_PATH)
    if not found:
        raise unittest.SkipTest(f"needs {name} (Debian package {package})")
    return found


def free_port():
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(condition, what):
    """Returns the first true result of `condition`; AssertionError, saying `what` was expected, if there is none."""
    end = time.monotonic() + _PATIENCE_SECONDS
    while not (result := condition()):
        if time.monotonic() > end:
            raise AssertionError(f"not within {_PATIENCE_SECONDS} s: {what}")
        time.sleep(0.02)
    return result


def as_nobody(folder):
    """Start of a command with which root becomes nobody, to whom the folder is given; empty for other users."""
    if os.geteuid():
        return []
    shutil.chown(folder, "nobody", "nogroup")
    return [program("setpriv", "util-linux"), "--reuid=nobody", "--regid=nogroup", "--clear-groups"]


class Server:
    """A process, with all that it starts, until close().

    Attributes:
      log: pathlib.Path of what it writes to stdout and stderr.
    """

    def __init__(self, log, command, port=None):
        """Starts it and waits until it listens.

        Args:
          log: see there.
          command: [str or path]
          port: int, of loopback; None if it does not listen.
        """
        self.log = log
        # It must not outlive the test, even if that is killed.
        until_death = [program("setpriv", "util-linux"), "--pdeathsig=TERM"]
        with log.open("ab") as stream:
            self._process = subprocess.Popen(
                [*until_death, *command], stdout=stream, stderr=subprocess.STDOUT, start_new_session=True
            )
        if port:
            wait_until(lambda: self._listens(port), f"{command[0]} listens, its log: {log}")

    def _listens(self, port):
        if self._process.poll() is not None:
            raise AssertionError(f"ended with {self._process.returncode}:\n{self.log.read_text()}")
        with socket.socket() as client:
            return client.connect_ex(("127.0.0.1", port)) == 0

    def kill(self):
        """Ends it as `kill -9` or the OOM killer does."""
        self._signal(signal.SIGKILL)
        self._process.wait()

    def close(self):
        """Stops it; what it does not stop itself is killed."""
        self._signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=10)
        self.kill()

    def _signal(self, number):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)


_NGINX = """\
daemon off;
master_process off;
pid {folder}/pid;
error_log stderr;
events {{}}
http {{
  access_log off;
  # On the entries' file system: a complete upload is renamed into place, so that half a one is never seen.
  client_body_temp_path {folder}/store/partial;
  fastcgi_temp_path {folder}/unused;
  proxy_temp_path {folder}/unused;
  scgi_temp_path {folder}/unused;
  uwsgi_temp_path {folder}/unused;
  server {{
    listen 127.0.0.1:{port};
    root {folder}/store;
    location ~ ^/disk_cache/(ac|cas)/(..)(.*)$ {{
      alias {disk_cache}/$1/$2/$2$3;
    }}
    client_max_body_size 0;
    dav_methods PUT;
    create_full_put_path on;
  }}
}}
"""


class NginxCache:
    """nginx as an HTTP cache for Bazel.

    Attributes:
      store: pathlib.Path of the folder of its entries; below each prefix of URLs `ac` and `cas`.
      server: Server
    """

    def __init__(self, folder, size=None, disk_cache="/nowhere"):
        """Starts it.

        Args:
          folder: pathlib.Path, made.
          size: str, such as `1m`: the space for entries, on a file system of their own; None is no limit.
          disk_cache: pathlib.Path of a disk cache of Bazel's, to read at url("disk_cache").
        """
        self.store = folder / "store"
        self.store.mkdir(parents=True)
        self._configuration = folder / "nginx.conf"
        self._port = free_port()
        self._configuration.write_text(_NGINX.format(folder=folder, disk_cache=disk_cache, port=self._port))
        self._command = [program("nginx", "nginx-light"), "-c", self._configuration]
        if size:
            self._command = _with_little_space(self.store, size) + self._command
        self.start()

    def start(self):
        """Starts it again after kill(), at the same address."""
        self.server = Server(self._configuration.parent / "log", self._command, self._port)

    def empty(self):
        """Removes all entries."""
        shutil.rmtree(self.store)
        self.store.mkdir()

    def url(self, name):
        """Address of a cache of its own: entries under different names have nothing to do with each other."""
        return f"http://127.0.0.1:{self._port}/{name}"


def _with_little_space(folder, size):
    """Start of a command that sees a small file system in place of a folder."""
    mount = f"mount -t tmpfs -o size={size} tmpfs '{folder}' && exec \"$@\""
    user = [] if os.geteuid() == 0 else ["--map-root-user"]
    return [program("unshare", "util-linux"), "--mount", *user, "sh", "-c", mount, "sh"]
