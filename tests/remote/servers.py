"""Servers that tests start and stop on the loopback interface, and nginx as a remote cache.

The programs come from Debian: tools/bazel_root/packages.txt installs them in the private root of tools/bazel, in which
the tests run.
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
    """Returns the path of a system program; without it, skips the test with the name of its Debian package."""
    found = shutil.which(name, path=_SYSTEM_PATH)
    if not found:
        raise unittest.SkipTest(f"needs {name} (Debian package {package})")
    return found


def free_port():
    """Returns a free port of the loopback interface."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(condition, what):
    """Returns the first true result of `condition`; after a minute, raises AssertionError with `what` was expected."""
    end = time.monotonic() + _PATIENCE_SECONDS
    while not (result := condition()):
        if time.monotonic() > end:
            raise AssertionError(f"waited {_PATIENCE_SECONDS} s for {what}")
        time.sleep(0.02)
    return result


def as_nobody(folder):
    """Gives the folder to the user nobody; returns a prefix that runs a command as nobody; does nothing unless root."""
    if os.geteuid():
        return []
    shutil.chown(folder, "nobody", "nogroup")
    return [program("setpriv", "util-linux"), "--reuid=nobody", "--regid=nogroup", "--clear-groups"]


class Server:
    """A process and all processes that it starts, until close().

    Attributes:
      log: pathlib.Path of its stdout and stderr.
    """

    def __init__(self, log, command, port=None):
        """Starts the process and waits until it listens.

        Args:
          log: see the attribute.
          command: [str or path]
          port: int, of the loopback interface; None if it does not listen.
        """
        self.log = log
        # The process must not outlive the test, even if the test is killed.
        until_death = [program("setpriv", "util-linux"), "--pdeathsig=TERM"]
        with log.open("ab") as stream:
            self._process = subprocess.Popen(
                [*until_death, *command], stdout=stream, stderr=subprocess.STDOUT, start_new_session=True
            )
        if port:
            wait_until(lambda: self._listens(port), f"{command[0]} to listen, see {log}")

    def _listens(self, port):
        if self._process.poll() is not None:
            raise AssertionError(f"ended with {self._process.returncode}:\n{self.log.read_text()}")
        with socket.socket() as client:
            return client.connect_ex(("127.0.0.1", port)) == 0

    def kill(self):
        """Kills the processes, as `kill -9` or the OOM killer does."""
        self._signal(signal.SIGKILL)
        self._process.wait()

    def close(self):
        """Stops the process, and kills what is left of it."""
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
  # On the file system of the entries, so that a complete upload is renamed into place and never seen in part.
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
      store: pathlib.Path of the folder of entries; each prefix of URLs has `ac` and `cas` below it.
      server: Server
    """

    def __init__(self, folder, size=None, disk_cache="/nowhere"):
        """Starts the server.

        Args:
          folder: pathlib.Path, which must not exist yet.
          size: str, such as `1m`: size of a separate file system for entries; None for no limit.
          disk_cache: pathlib.Path of a disk cache of Bazel, which url("disk_cache") serves read-only.
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
        """Starts the server, again after kill() at the same address."""
        self.server = Server(self._configuration.parent / "log", self._command, self._port)

    def empty(self):
        """Removes all entries."""
        shutil.rmtree(self.store)
        self.store.mkdir()

    def url(self, name):
        """Returns the address of a cache with this name; caches with different names share no entries."""
        return f"http://127.0.0.1:{self._port}/{name}"


def _with_little_space(folder, size):
    """Returns a prefix that runs a command with a small file system mounted on the folder."""
    mount = f"mount -t tmpfs -o size={size} tmpfs '{folder}' && exec \"$@\""
    user = [] if os.geteuid() == 0 else ["--map-root-user"]
    return [program("unshare", "util-linux"), "--mount", *user, "sh", "-c", mount, "sh"]
