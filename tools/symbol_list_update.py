"""Copies a generated symbol list into the source tree: the program of symbol_list_update targets.

Start it with `bazel run`, which says where the workspace is. It shows what changes as a diff. With `--test` it is the
test beside the target: it compares, and writes nothing.
Exit status: 0 success, 1 the list differs (with --check or --test) or cannot be read or written, 2 wrong usage.
"""

import argparse
import contextlib
import difflib
import os
import pathlib
import stat
import sys
import tempfile
from collections.abc import Iterator

from ksyms.errors import KsymsError, reading, writing


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Copies a generated symbol list into the source tree.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 if the list would change")
    parser.add_argument("--dry_run", action="store_true", help="write nothing; show what would change")
    parser.add_argument("--test", action="store_true", help="as --check, without a workspace: paths are as given")
    parser.add_argument("--fix", default="run this target without --check", help="what a failed check advises")
    parser.add_argument("generated", help="the list that the build made")
    parser.add_argument("symbol_list", help="path of the list in the source tree, relative to the workspace")
    return parser


def destination(workspace: str | None, path: str) -> pathlib.Path:
    """Returns the file to write; raises KsymsError if it is not inside the workspace, also through links."""
    if not workspace:
        raise KsymsError(path, "can only be updated in a workspace", "start this target with `bazel run`")
    root = pathlib.Path(workspace).resolve()
    target = (root / path).resolve()
    if not target.is_relative_to(root):
        raise KsymsError(path, f"is outside the workspace {root}", "name a file below it")
    return target


def replace(target: pathlib.Path, data: bytes) -> None:
    """Writes `data` in place of `target`, as a whole or not at all, and keeps the mode of the file."""
    with contextlib.ExitStack() as on_failure, writing(str(target), "check the folder and its mode"):
        mode = stat.S_IMODE(target.stat().st_mode) if target.exists() else 0o644
        target.parent.mkdir(parents=True, exist_ok=True)
        file, partial = tempfile.mkstemp(dir=target.parent, prefix=target.name)
        on_failure.callback(pathlib.Path(partial).unlink)
        with open(file, "wb") as stream:
            stream.write(data)
        os.chmod(partial, mode)
        os.replace(partial, target)
        on_failure.pop_all()


def update(target: pathlib.Path, arguments: argparse.Namespace) -> int:
    """Compares, shows the difference, and writes it unless told not to; returns the exit status."""
    name = arguments.symbol_list
    old = _read(target) if target.exists() else b""
    new = _read(pathlib.Path(arguments.generated))
    if old == new and target.exists():
        print(f"{name}: up to date", file=sys.stderr)
        return 0
    sys.stdout.writelines(_difference(old, new, name))
    sys.stdout.flush()  # the advice comes last, also where both streams go to one log
    if arguments.check or arguments.test:
        print(f"{name}: differs from what is generated. To fix: {arguments.fix}", file=sys.stderr)
        return 1
    if not arguments.dry_run:
        replace(target, new)
        print(f"{name}: updated", file=sys.stderr)
    return 0


def _read(file: pathlib.Path) -> bytes:
    with reading(str(file), "name a file that can be read"):
        return file.read_bytes()


def _difference(old: bytes, new: bytes, name: str) -> Iterator[str]:
    """Yields the lines of a unified diff of two lists."""
    before, after = (data.decode("utf-8", "backslashreplace").splitlines(keepends=True) for data in (old, new))
    for line in difflib.unified_diff(before, after, f"{name} (in the source tree)", f"{name} (generated)"):
        yield line if line.endswith("\n") else line + "\n\\ No newline at end of file\n"


def main() -> int:
    """Updates or compares; returns the exit status."""
    arguments = _parser().parse_args()
    try:
        if arguments.test:
            return update(pathlib.Path(arguments.symbol_list), arguments)
        return update(destination(os.environ.get("BUILD_WORKSPACE_DIRECTORY"), arguments.symbol_list), arguments)
    except KsymsError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
