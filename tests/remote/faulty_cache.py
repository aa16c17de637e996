"""An HTTP cache that fails as it is told to."""

import http.server
import threading
import time

# Complete answers that are not what was stored.
_SPOILED = {
    "truncated": lambda entry: entry[: len(entry) // 2],
    "corrupt": lambda entry: bytes(len(entry)),
}
_STATUS_OF_UPLOADS = {"error": 500, "full": 507}


class FaultyCache:
    """Serves on loopback until close().

    Attributes:
      entries: {str: bytes}, by path.
      fault: str, of all answers from now on. `error` is 500, `full` is 507 to uploads, `slow` comes too late, `torn`
        breaks off in the middle of an entry, `truncated` and `corrupt` are fewer and other bytes than were stored;
        empty is none.
      faults: int, answers that a fault has spoiled.
      url: str
    """

    def __init__(self, slowness):
        """Starts it; `slowness` is by how many seconds a slow answer is late."""
        self.entries = {}
        self.fault = ""
        self.faults = 0
        self.slowness = slowness
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.cache = self
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self):
        """Stops it."""
        self._server.shutdown()
        self._server.server_close()


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        """A client that has given up is no news."""


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        """Writes no log."""

    def do_GET(self):  # noqa: N802, the name is http.server's
        cache = self.server.cache
        entry = cache.entries.get(self.path)
        if cache.fault == "error":
            self._answer(500, spoiled=True)
        elif entry is None:
            self._answer(404, spoiled=cache.fault == "slow")
        else:
            self._answer(200, _SPOILED.get(cache.fault, bytes)(entry), spoiled=cache.fault not in ("", "full"))

    def do_PUT(self):  # noqa: N802
        cache = self.server.cache
        entry = self.rfile.read(int(self.headers["Content-Length"]))
        status = _STATUS_OF_UPLOADS.get(cache.fault, 200)
        if status == 200:
            cache.entries[self.path] = entry
        self._answer(status, spoiled=status != 200 or cache.fault == "slow")

    def _answer(self, status, body=b"", spoiled=False):
        cache = self.server.cache
        cache.faults += spoiled
        if cache.fault == "slow":
            time.sleep(cache.slowness)
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if cache.fault == "torn" and body:
            self.close_connection = True
            body = body[: len(body) // 2]
        self.wfile.write(body)
