"""Checks the sources with buildifier, ruff, shellcheck and mypy: `bazel test //:format_test`.

With --fix it first fixes what these programs can fix: `bazel run //:format`. Their rules are in pyproject.toml.
"""

import os
import pathlib
import subprocess
import sys

from tests.format import sources

TO_FIX = "To fix: bazel run //:format"
LEFT = "The problems above have to be fixed by hand."

# The working folder of a Bazel test and of `bazel run` has links to the sources.
_TOP = pathlib.Path("MODULE.bazel").resolve().parent


def _program(name):
    """Path of a program that a wheel has brought."""
    pattern = f"*.data/scripts/{name}"
    return next(str(program) for folder in sys.path for program in pathlib.Path(folder).glob(pattern))


def fixes(found):
    """The commands that change sources, in order; their messages are of no interest, `checks` has those.

    Args:
      found: sources.Sources
    Returns:
      [[str]]
    """
    ruff = _program("ruff")
    return [
        [_program("buildifier"), "-mode=fix", "-lint=fix", *found.starlark],
        [ruff, "check", "--no-cache", "--quiet", "--fix", *found.python],
        [ruff, "format", "--no-cache", "--quiet", *found.python],
    ]


def checks(found, mypy_cache):
    """The commands that print what is wrong with the sources, and fail then.

    Args:
      found: sources.Sources
      mypy_cache: folder in which mypy keeps its results.
    Returns:
      [[str]]
    """
    ruff = _program("ruff")
    return [
        [_program("buildifier"), "-mode=check", "-lint=warn", *found.starlark],
        [ruff, "check", "--no-cache", "--quiet", "--output-format=concise", *found.python],
        [ruff, "format", "--no-cache", "--quiet", "--output-format=concise", "--check", *found.python],
        [_program("shellcheck"), "--format=gcc", "--exclude=SC2016", *found.shell],
        [sys.executable, "-m", "mypy", f"--cache-dir={mypy_cache}", "--no-error-summary"],
    ]


def _run(command, **options):
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.run(command, cwd=_TOP, env=environment, stdin=subprocess.DEVNULL, check=False, **options)


def main(fix):
    """Exits with 1 when something is left to do.

    Args:
      fix: whether to change sources first.
    """
    found = sources.find(_TOP)
    if fix:
        for command in fixes(found):
            _run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    # A test leaves nothing in the source tree.
    failed = [command for command in checks(found, ".mypy_cache" if fix else os.devnull) if _run(command).returncode]
    if failed:
        sys.exit(LEFT if fix else TO_FIX)


if __name__ == "__main__":
    main(fix="--fix" in sys.argv[1:])
