"""Measures a KMI symbol list of a distribution's modules and its checks, and the processes of extract_symbols."""

import os
import pathlib
import subprocess
import sys
from shutil import which

import measure
from table import Row

_HERE = pathlib.Path(__file__).parent
_KSYMS = _HERE.parent.parent / "tools/ksyms"
_EXTRACTION = "ours: extraction alone"
_LIST = "ours: extraction and KMI symbol list"
_CHECKS = "ours: all checks of the list, without extraction"
_PROCESSES_PER_MODULE = "llvm-nm twice and modinfo once per module"
_PROCESSES_PER_MODULE_TARGET = 200
_EXTRACTION_TARGET = 1.5

_EXTRACT = "{ksyms} extract --usyms=usyms --records=records @every"
_COMPOSE = (
    "{ksyms} kmi_symbol_list --output=list --records=records --module_grouping "
    "--always=module_layout --always=__put_task_struct"
)
# The list has no problems, as in nearly all runs of such a test.
_CHECK = (
    "{ksyms} kmi_check --output=report --symbol_lists=list --records=records --exports=exports --deny_lists=other "
    "--protected_exports=other --strict --check_order --check_tracepoints --check_unique"
)
_EACH = f"{sys.executable} {_HERE / 'process_a_module.py'} few"


def run(modules, scratch, rounds, sample, progress):
    """Measures the complete list, our extraction alone, the checks, and the processes that extract_symbols starts.

    Args:
      modules: [pathlib.Path]
      scratch: pathlib.Path of a folder to write to.
      rounds: how often each is measured.
      sample: for how many modules processes are started; the time for all is extrapolated.
      progress: function that is called with each line of progress.

    Returns:
      [Row]

    Raises:
      subprocess.CalledProcessError: a command failed.
      ValueError: the checks find a problem with the list.
    """
    chosen = modules[:: max(1, len(modules) // sample)]
    (scratch / "every").write_text("".join(f"{module}\n" for module in modules))
    (scratch / "few").write_text("".join(f"{module}\n" for module in chosen))
    commands = {
        _EXTRACTION: _EXTRACT.format(ksyms=_KSYMS),
        _LIST: f"{_EXTRACT} && {_COMPOSE}".format(ksyms=_KSYMS),
        _CHECKS: _CHECK.format(ksyms=_KSYMS),
        _PROCESSES_PER_MODULE: _EACH,
    }
    missing = [tool for tool in ("llvm-nm", "modinfo") if not which(tool)]
    if missing:
        progress(f"skipped, because {' and '.join(missing)} are not installed: {_PROCESSES_PER_MODULE}")
        del commands[_PROCESSES_PER_MODULE]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    _check_list(commands, scratch, environment)
    runs = {
        name: lambda command=command: measure.command(["sh", "-c", command], scratch, environment)
        for name, command in commands.items()
    }
    return _rows(measure.in_turns(runs, rounds, progress), len(chosen) / len(modules))


def _check_list(commands, scratch, environment):
    """Writes the inputs of the checks, and raises ValueError if the checks find a problem."""

    def shell(command):
        subprocess.run(["sh", "-c", command], cwd=scratch, env=environment, check=True)

    shell(commands[_LIST])
    symbols = {line.strip() for line in (scratch / "list").read_text().splitlines() if line.startswith("  ")}
    symvers = "".join(f"0x00000000\t{symbol}\tvmlinux\tEXPORT_SYMBOL\t\n" for symbol in sorted(symbols))
    (scratch / "Module.symvers").write_text(symvers)
    (scratch / "other").write_text("not_in_the_list\n")
    shell(f"{_KSYMS} exports --output=exports Module.symvers && {commands[_CHECKS]}")
    report = (scratch / "report").read_text()
    if report:
        raise ValueError(f"the checks find problems with the list: {report[:500]}")


def _rows(measured, share):
    """Returns [Row]; ratios are of processor time, as each command uses one processor and other work adds nothing."""
    ours = measured[_LIST].cpu_seconds
    rows = []
    for name, measurement in measured.items():
        scale, label, target, met = 1, name, "", None
        if name == _PROCESSES_PER_MODULE:
            scale, label = share, f"{name}, extrapolated from {share:.0%}"
            target = f">= {_PROCESSES_PER_MODULE_TARGET}x"
            met = measurement.cpu_seconds / share / ours >= _PROCESSES_PER_MODULE_TARGET
        elif name == _LIST:
            target = f"<= {_EXTRACTION_TARGET}x of extraction"
            met = ours <= _EXTRACTION_TARGET * measured[_EXTRACTION].cpu_seconds
        seconds, cpu_seconds = measurement.seconds / scale, measurement.cpu_seconds / scale
        rows.append(Row(label, seconds, cpu_seconds, measurement.peak_megabytes, None, cpu_seconds / ours, target, met))
    return rows
