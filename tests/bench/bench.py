"""Measures ksyms_rules and comparable tools on all modules of a Debian kernel.

Each result is checked before its time counts. Other work on the machine slows all contenders alike: compare ratios,
not seconds. The exit status is 1 if a target is missed or a result is wrong.
"""

import pathlib
import subprocess
import sys
import tempfile

from absl import app, flags

import bazel_bench
import bazel_workspace
import kmi_bench
import reader_bench
import table

_MODULES = flags.DEFINE_string("modules", None, "A file whose folder has the *.ko files to read.", required=True)
_ONLY = flags.DEFINE_enum("only", "all", ["all", "reader", "kmi", "bazel"], "What to measure.")
_ROUNDS = flags.DEFINE_integer("rounds", 5, "How often each reader is measured.", lower_bound=1)
_BAZEL_ROUNDS = flags.DEFINE_integer("bazel_rounds", 3, "How often each build is measured.", lower_bound=1)
_SAMPLE = flags.DEFINE_integer("sample", 200, "How many modules pyelftools reads.", lower_bound=1)
_BAZEL_FLAGS = flags.DEFINE_multi_string("bazel_flag", [], "A flag for every build, such as --sandbox_base=/dev/shm.")


def _progress(line):
    print(line, file=sys.stderr, flush=True)


def _measure(modules, scratch):
    """Returns the tables that --only names; the readers run first, to find the symbols that Bazel has to find."""
    tables = []
    if _ONLY.value != "kmi":
        rounds = 1 if _ONLY.value == "bazel" else _ROUNDS.value
        readers, symbols = reader_bench.run(modules, scratch, rounds, _SAMPLE.value, _progress)
        tables.append(readers)
    if _ONLY.value in ("all", "kmi"):
        tables.append(kmi_bench.run(modules, scratch, _ROUNDS.value, _SAMPLE.value, _progress))
    if _ONLY.value in ("all", "bazel"):
        _progress(f"writing a workspace with {len(modules)} modules")
        workspace = bazel_workspace.Workspace(scratch, modules, _BAZEL_FLAGS.value)
        tables.append(bazel_bench.run(symbols, workspace, _BAZEL_ROUNDS.value, _progress))
    return tables


def main(_):
    modules = sorted(pathlib.Path(_MODULES.value).resolve().parent.rglob("*.ko"))
    if not modules:
        print(f"{_MODULES.value}: no *.ko files in its folder. To fix: name a file in their folder.", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory(prefix="ksyms-bench-") as scratch:
        try:
            tables = _measure(modules, pathlib.Path(scratch))
        except (AssertionError, ValueError, subprocess.CalledProcessError) as error:
            print(f"bench: {error}. To fix: find the cause; the time of a wrong result means nothing.", file=sys.stderr)
            return 1
    print("\n\n".join([f"{len(modules)} modules", *(table.render(rows) for rows in tables)]))
    return int(any(row.met is False for rows in tables for row in rows))


if __name__ == "__main__":
    app.run(main)
