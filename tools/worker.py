"""Bazel's JSON persistent worker protocol: a request a line on stdin, a response a line on stdout.

Mirrors WorkRequest and WorkResponse of Bazel's worker_protocol.proto, singleplex. Whatever happens to one
request is its own response; the worker stays usable.
"""

import contextlib
import io
import json
import traceback


def serve(requests, responses, run):
    """Answers requests until the input ends.

    Args:
      requests: text stream of WorkRequests.
      responses: text stream for WorkResponses.
      run: function from a list of arguments to an exit status; what it prints becomes the response's output.
    """
    for line in requests:
        if line.strip():
            responses.write(json.dumps(_answer(line, run)) + "\n")
            responses.flush()


def _answer(line, run):
    try:
        request = json.loads(line)
        identity = request.get("requestId", 0)
        arguments = [str(argument) for argument in request["arguments"]]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        return {"exitCode": 2, "output": f"ksyms: bad work request ({error!r}): {line.strip()[:200]}\n", "requestId": 0}
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        try:
            status = run(arguments)
        except SystemExit as error:
            status = error.code if isinstance(error.code, int) else 2
        except Exception:  # pylint: disable=broad-exception-caught
            traceback.print_exc()
            status = 70
    return {"exitCode": status, "output": printed.getvalue(), "requestId": identity}
