"""Bazel's JSON persistent worker protocol: one request per line on stdin, one response per line on stdout.

Mirrors WorkRequest and WorkResponse of Bazel's worker_protocol.proto, singleplex. A request that fails gets a response
like any other, and the worker stays usable.
"""

import contextlib
import io
import json
import traceback
from collections.abc import Callable
from typing import Any, TextIO

_USAGE = 2
_CRASH = 70  # EX_SOFTWARE of sysexits.h


def serve(requests: TextIO, responses: TextIO, run: Callable[[list[str]], int]) -> None:
    """Answers requests until the input ends.

    Args:
      requests: stream of WorkRequests.
      responses: stream for WorkResponses.
      run: function from a list of arguments to an exit status; what it prints becomes the output of the response.
    """
    for line in requests:
        if line.strip():
            responses.write(json.dumps(_answer(line, run)) + "\n")
            responses.flush()


def _answer(line: str, run: Callable[[list[str]], int]) -> dict[str, Any]:
    try:
        request = json.loads(line)
        identity = request.get("requestId", 0)
        arguments = [str(argument) for argument in request["arguments"]]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        output = f"ksyms: bad work request ({error!r}): {line.strip()[:200]}\n"
        return {"exitCode": _USAGE, "output": output, "requestId": 0}
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        try:
            status = run(arguments)
        except SystemExit as error:
            status = error.code if isinstance(error.code, int) else _USAGE
        except Exception:
            traceback.print_exc()
            status = _CRASH
    return {"exitCode": status, "output": printed.getvalue(), "requestId": identity}
