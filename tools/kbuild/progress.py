"""Shows how far the kernel builds of a workspace are, while Bazel runs them in another terminal.

Each running action is a line: what is built, how many of its files are compiled, and what kbuild is doing. Bazel itself
only knows that the action runs.
"""

import argparse
import contextlib
import glob
import os
import sys
import time

from kbuild import build_log

_SECONDS = 2
# Where actions write before Bazel takes their outputs: in a sandbox, or in place with the strategy `local`.
_EXECROOTS = ("sandbox/*/*/execroot/*/bazel-out", "execroot/*/bazel-out")
_WORK = ".log" + build_log.WORK_SUFFIX


def running(output_base: str) -> list[str]:
    """Finds the actions that build a kernel right now.

    Args:
      output_base: path of Bazel's output base.

    Returns:
      [path] of their logs, sorted.
    """
    logs = []
    for pattern in _EXECROOTS:
        for top in glob.glob(os.path.join(output_base, pattern)):
            for folder, folders, _ in os.walk(top):
                logs += [
                    os.path.join(folder, name).removesuffix(build_log.WORK_SUFFIX)
                    for name in folders
                    if name.endswith(_WORK)
                ]
                # A work folder has a whole kernel in it, and a runfiles folder never has a log.
                folders[:] = [name for name in folders if not name.endswith((_WORK, ".runfiles", ".tree"))]
    return sorted(logs)


def describe(log: str) -> str:
    """Tells, in one line, how far an action is.

    Args:
      log: path of its log.

    Raises:
      FileNotFoundError: the action has ended.
    """
    with open(log, "rb") as file:
        text = file.read()
    total, done = build_log.expected_compilations(text), build_log.compilations(text)
    last = text.rstrip().rpartition(b"\n")[2].decode(errors="replace").strip()
    name = log.rpartition("/bin/")[2].removesuffix(".log")
    return f"{name}: {done}{'' if total is None else f' of {total}'} files compiled; {last[:80]}"


def _output_base(workspace: str) -> str | None:
    """Bazel's output base, from a link that Bazel leaves in the workspace; asking Bazel would wait for the build."""
    link = os.path.realpath(os.path.join(workspace, "bazel-out"))
    return link.partition("/execroot/")[0] if "/execroot/" in link else None


def main() -> int:
    """Prints what is running, until it is interrupted; returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="progress", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--once", action="store_true", help="print it once instead of every two seconds")
    parser.add_argument(
        "workspace",
        nargs="?",
        default=os.environ.get("BUILD_WORKING_DIRECTORY", "."),
        metavar="WORKSPACE",
        help="the folder in which Bazel builds (default: the current folder)",
    )
    arguments = parser.parse_args()
    output_base = _output_base(arguments.workspace)
    if not output_base:
        print(
            f"{arguments.workspace}: has no link bazel-out. To fix: name a workspace that was built.", file=sys.stderr
        )
        return 2
    while True:
        lines = []
        for log in running(output_base):
            # An action may have ended since it was found.
            with contextlib.suppress(FileNotFoundError):
                lines.append(describe(log))
        print("\n".join(lines) or "no kernel build is running", flush=True)
        if arguments.once:
            return 0
        time.sleep(_SECONDS)


if __name__ == "__main__":
    sys.exit(main())
