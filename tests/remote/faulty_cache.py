"""An HTTP cache that fails in a chosen way."""

import http.server
import threading
import time

# Complete answers that differ from the stored entry.
_SPOILED = {
    "truncated": lambda entry: entry[: len(entry) // 2],
    "corrupt": lambda entry: bytes(len(entry)),
}
_STATUS_OF_UPLOADS = {"error": 500, "full": 507}


class FaultyCache:
    """Serves on loopback until close().

    Attributes:
      entries: {str: bytes}, by path.
      fault: str, the fault of all answers from now on: `error` answers 500, `full` answers 507 to uploads, `slow`
        answers too late, `torn` breaks off in the middle of an entry, `truncated` and `corrupt` send fewer or other
        bytes than were stored. Empty for no fault.
      faults: int, number of faulty answers.
      url: str
    """

    def __init__(self, slowness):
        """Starts the server; `slowness` is the delay of a slow answer in seconds."""
        self.entries = {}
        self.fault = ""
        self.faults = 0
        self.slowness = slowness
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.cache = self
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self):
        """Stops the server."""
        self._server.shutdown()
        self._server.server_close()


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        """Ignores clients that have given up."""


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
