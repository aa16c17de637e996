"""Copies a generated symbol list into the source tree: the executable of symbol_list_update targets.

Run it with `bazel run`, which tells where the workspace is. It shows what changes as a diff.
Exit status: 0 success, 1 the list differs (with --check) or cannot be read or written, 2 wrong usage.
"""

import contextlib
import difflib
import os
import pathlib
import stat
import sys
import tempfile

from absl import app
from absl.flags import argparse_flags

from errors import KsymsError


def _parser():
    parser = argparse_flags.ArgumentParser(description="Copies a generated symbol list into the source tree.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 if the list would change")
    parser.add_argument("--dry_run", action="store_true", help="write nothing; show what would change")
    parser.add_argument("generated", help="the list that the build made")
    parser.add_argument("symbol_list", help="path of the list in the source tree, relative to the workspace")
    return parser


def destination(workspace, path):
    """Returns the file to write; KsymsError if it is not inside the workspace, also through links."""
    if not workspace:
        raise KsymsError(path, "can only be updated in a workspace", "start this target with `bazel run`")
    root = pathlib.Path(workspace).resolve()
    target = (root / path).resolve()
    if not target.is_relative_to(root):
        raise KsymsError(path, f"is outside the workspace {root}", "name a file below it")
    return target


def replace(target, data):
    """Writes `data` (bytes) in place of `target`, whole or not at all, and keeps the file's mode."""
    with contextlib.ExitStack() as on_failure:
        try:
            mode = stat.S_IMODE(target.stat().st_mode) if target.exists() else 0o644
            target.parent.mkdir(parents=True, exist_ok=True)
            file, aside = tempfile.mkstemp(dir=target.parent, prefix=target.name)
            on_failure.callback(pathlib.Path(aside).unlink)
            with open(file, "wb") as stream:
                stream.write(data)
            os.chmod(aside, mode)
            os.replace(aside, target)
            on_failure.pop_all()
        except OSError as error:
            problem = f"cannot be written ({error.strerror})"
            raise KsymsError(str(target), problem, "check the folder and its mode") from error


def update(target, arguments):
    """Compares, shows the difference, and writes it unless told not to; returns the exit status."""
    name = arguments.symbol_list
    old, new = _read(target, missing=b""), _read(pathlib.Path(arguments.generated))
    if old == new and target.exists():
        print(f"{name}: up to date", file=sys.stderr)
        return 0
    sys.stdout.writelines(_difference(old, new, name))
    if arguments.check:
        print(f"{name}: differs from what is generated. To fix: run this target without --check.", file=sys.stderr)
        return 1
    if not arguments.dry_run:
        replace(target, new)
        print(f"{name}: updated", file=sys.stderr)
    return 0


def _read(file, missing=None):
    try:
        return file.read_bytes()
    except OSError as error:
        if missing is not None and isinstance(error, FileNotFoundError):
            return missing
        raise KsymsError(str(file), f"cannot be read ({error.strerror})", "name a file that can be read") from error


def _difference(old, new, name):
    """A unified diff of two lists (bytes), as lines."""
    lines = [data.decode("utf-8", "backslashreplace").splitlines(keepends=True) for data in (old, new)]
    for line in difflib.unified_diff(*lines, f"{name} (in the source tree)", f"{name} (generated)"):
        yield line if line.endswith("\n") else line + "\n\\ No newline at end of file\n"


def main(arguments):
    try:
        target = destination(os.environ.get("BUILD_WORKSPACE_DIRECTORY"), arguments.symbol_list)
        return update(target, arguments)
    except KsymsError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    app.run(main, flags_parser=lambda argv: _parser().parse_args(argv[1:]))
