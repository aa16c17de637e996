"""Measures how the cost of a build grows with the number of modules and targets, up to the size of a build farm.

Modules are generated; docs/scale.md says what they have in common with real ones, and what follows from the figures.
Other work on the machine slows all builds alike: compare rows, not seconds. The exit status is 1 if a limit is exceeded
or a header is wrong. A full run takes a quarter of an hour, and temporarily 3 GB of disk space.
"""

import dataclasses
import os
import pathlib
import subprocess
import sys
import tempfile
import time

from absl import app, flags

import generated_modules
import measure
import scale_workspace

_MODULES = flags.DEFINE_list("modules", ["1000", "4000", "16000", "64000"], "Numbers of modules.")
_TARGETS = flags.DEFINE_list("targets", ["10", "100", "1000"], "Numbers of targets, for each number of modules.")
_ROUNDS = flags.DEFINE_integer("rounds", 3, "How often each change is measured.", lower_bound=1)
_BAZEL_FLAGS = flags.DEFINE_multi_string("bazel_flag", [], "A flag for every build, such as --watchfs.")
_SCRATCH = flags.DEFINE_string("scratch", None, "Folder to write to; by default the folder for temporary files.")

_MERGE_LIMIT_SECONDS = 1
_KSYMS = pathlib.Path(__file__).parents[2] / "tools/ksyms"


@dataclasses.dataclass(frozen=True)
class Scale:
    """Costs at one number of modules and targets. The fields are the columns of the table.

    Times are in seconds. All but `cold` are the shortest of all rounds, because other work on the machine only adds to
    them. Fields that end in `_cpu` are processor time, to which other work adds little.
    """

    modules: int
    targets: int
    symbols: int
    cold: float  # only ksyms_rules itself has been loaded
    no_op: float  # nearly all is Bazel's: without --watchfs it checks every source file
    same: float  # a module changed, but not its symbols: no_op, and the extraction of its target
    extract_cpu: float  # that extraction
    merge: float  # all actions downstream of it for a symbol that is new to all modules, waiting included
    merge_cpu: float
    merges: int  # the number of these actions
    read_mb: float  # the size of their inputs
    flat_cpu: float  # instead of them, one process that reads the files of all targets
    flat_mb: float  # the size of its inputs
    heap_mb: int  # of the server, after the cold build
    worker_mb: float  # peak of the largest worker


def _progress(line):
    print(time.strftime("%H:%M:%S ") + line, file=sys.stderr, flush=True)


def _measure(workspace, needs, targets, scratch):
    """Fills the workspace and measures; returns Scale. Raises ValueError if a header is wrong."""
    _progress(f"{len(needs)} modules in {targets} targets: writing")
    workspace.fill(needs, targets)
    _progress("cold build")
    cold = workspace.seconds()
    workspace.check_header()
    heap, usyms = workspace.heap_megabytes(), workspace.usyms()
    rounds = [_round(workspace, f"round {number} of {_ROUNDS.value}") for number in range(1, _ROUNDS.value + 1)]
    workspace.check_header()
    return Scale(
        modules=len(needs),
        targets=targets,
        symbols=len(set().union(*needs)),
        cold=cold,
        **{name: min(taken[name] for taken in rounds) for name in rounds[0]},
        flat_cpu=_flat_seconds(usyms, scratch),
        flat_mb=sum(path.stat().st_size for path in usyms) / 1e6,
        heap_mb=heap,
        worker_mb=workspace.worker_megabytes(),
    )


def _round(workspace, title):
    """Builds without a change, with changed bytes, and with a changed symbol; returns {field of Scale: number}."""
    no_op = workspace.seconds()
    workspace.change_bytes()
    before = workspace.worker_seconds()
    same = workspace.seconds()
    extracted = workspace.worker_seconds()
    workspace.change_symbols()
    merging = [spawn for spawn in workspace.spawns() if spawn["mnemonic"] in ("KsymsMerge", "KsymsAutoksymsHeader")]
    extract_cpu = extracted - before
    merge_cpu = workspace.worker_seconds() - extracted - extract_cpu
    _progress(f"{title}: no change {no_op:.2f} s, a module {same:.2f} s; merging {merge_cpu:.2f} s of processor time")
    inputs = [file for spawn in merging for file in spawn["inputs"] if file["path"].endswith(".usyms")]
    return {
        "no_op": no_op,
        "same": same,
        "extract_cpu": extract_cpu,
        "merge": sum(float(spawn["metrics"]["totalTime"].removesuffix("s")) for spawn in merging),
        "merge_cpu": max(0, merge_cpu),
        "merges": len(merging),
        "read_mb": sum(int(file["digest"]["sizeBytes"]) for file in inputs) / 1e6,
    }


def _flat_seconds(usyms, scratch):
    """Returns the processor time of merging the files of all targets in one action."""
    arguments = scratch / "arguments"
    arguments.write_text("".join(f"--usyms={path}\n" for path in usyms))
    command = [_KSYMS, "autoksyms_header", f"--output={scratch}/flat.h", f"@{arguments}"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    return min(measure.command(command, scratch, environment).cpu_seconds for _ in range(_ROUNDS.value))


def _table(rows):
    """Returns the rows in Markdown, as in docs/scale.md."""
    names = [field.name for field in dataclasses.fields(Scale)]
    lines = [names, ["---:"] * len(names)]
    lines += [[_cell(name, getattr(row, name)) for name in names] for row in rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _cell(name, value):
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:.3f}" if name.endswith("_cpu") else f"{value:.2f}"


def _missed(rows):
    """Returns messages about the limits that are exceeded."""
    return [
        f"{row.modules} modules in {row.targets} targets: merging takes {row.merge_cpu:.2f} s"
        for row in rows
        if row.merge_cpu >= _MERGE_LIMIT_SECONDS
    ]


def main(_):
    try:
        module_counts, target_counts = ([int(number) for number in flag.value] for flag in (_MODULES, _TARGETS))
    except ValueError as error:
        raise app.UsageError(f"expected numbers: {error}") from error
    needs, rows = generated_modules.needs(max(module_counts)), []
    with tempfile.TemporaryDirectory(prefix="ksyms-scale-", dir=_SCRATCH.value) as folder:
        scratch = pathlib.Path(folder)
        workspace = scale_workspace.ScaleWorkspace(scratch, _BAZEL_FLAGS.value)
        try:
            for modules in module_counts:
                for targets in target_counts:
                    rows.append(_measure(workspace, needs[:modules], targets, scratch))
        except (AssertionError, ValueError, subprocess.CalledProcessError) as error:
            print(f"scale: {error}. To fix: find the cause; the time of a wrong result means nothing.", file=sys.stderr)
            return 1
        finally:
            workspace.close()
    print("\n".join([_table(rows), *_missed(rows)]))
    return int(bool(_missed(rows)))


if __name__ == "__main__":
    app.run(main)
