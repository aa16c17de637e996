"""Shows how far the kernel builds of a workspace are, while Bazel runs them in another terminal.

Usage: progress [--once] [WORKSPACE], the current folder unless another is named. Each running action is a line: what is
built, how many of its files are compiled, and what kbuild is at. Bazel itself can only say that an action runs.
"""

import argparse
import contextlib
import glob
import os
import re
import sys
import time

import make

_SECONDS = 2
_TOTAL = re.compile(rb"^compilations: (\d+)$", re.MULTILINE)
# Where actions write before Bazel takes their outputs: in a sandbox, or in place for the strategy `local`.
_EXECROOTS = ("sandbox/*/*/execroot/*/bazel-out", "execroot/*/bazel-out")
_WORK = ".log.work"


def running(output_base):
    """Finds the logs of running actions; returns [path], sorted."""
    logs = []
    for pattern in _EXECROOTS:
        for top in glob.glob(os.path.join(output_base, pattern)):
            for folder, folders, _ in os.walk(top):
                logs += [os.path.join(folder, name).removesuffix(".work") for name in folders if name.endswith(_WORK)]
                # A work folder has all of the kernel in it, and a runfiles folder never has a log.
                folders[:] = [name for name in folders if not name.endswith((_WORK, ".runfiles", ".tree"))]
    return sorted(logs)


def describe(log):
    """Says how far an action is.

    Args:
      log: path of its log.

    Returns:
      str, a line.
    """
    with open(log, "rb") as file:
        text = file.read()
    total, done = _TOTAL.search(text), make.compiled(text)
    last = text.rstrip().rpartition(b"\n")[2].decode(errors="replace").strip()
    name = log.rpartition("/bin/")[2].removesuffix(".log")
    return f"{name}: {done}{f' of {total[1].decode()}' if total else ''} files compiled; {last[:80]}"


def _output_base(workspace):
    """Bazel's output base, from the link that it leaves in a workspace; asking Bazel would wait for the build."""
    link = os.path.realpath(os.path.join(workspace, "bazel-out"))
    return link.partition("/execroot/")[0] if "/execroot/" in link else None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--once", action="store_true", help="say it once instead of every two seconds")
    parser.add_argument("workspace", nargs="?", default=os.environ.get("BUILD_WORKING_DIRECTORY", "."))
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
            # An action may have ended since.
            with contextlib.suppress(FileNotFoundError):
                lines.append(describe(log))
        print("\n".join(lines) or "no kernel build is running", flush=True)
        if arguments.once:
            return 0
        time.sleep(_SECONDS)


if __name__ == "__main__":
    sys.exit(main())
