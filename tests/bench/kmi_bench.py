"""A KMI symbol list of a distribution's modules: ours, and with three processes a module as in extract_symbols."""

import os
import pathlib
import sys
from shutil import which

import measure
from table import Row

_HERE = pathlib.Path(__file__).parent
_EXTRACTION = "ours: extraction alone"
_LIST = "ours: extraction and KMI symbol list"
_PROCESS_A_MODULE = "llvm-nm twice and modinfo once a module"
_TARGET = 200

# What extract_symbols starts for each module: its undefined symbols, its exports, and whether it is signed.
_EACH = """
while read -r module; do
  llvm-nm --undefined-only "$module" && llvm-nm --defined-only "$module" && modinfo -F sig_id "$module" || exit
done <"$0"
"""


def run(modules, scratch, rounds, sample, progress):
    """Measures the complete list, our extraction alone, and the processes that extract_symbols starts.

    Args:
      modules: [pathlib.Path]
      scratch: pathlib.Path of a folder to write to.
      rounds: how often each is measured.
      sample: how many modules are given a process each; the time is extrapolated.
      progress: function that takes a line about what goes on.

    Returns:
      [Row]

    Raises:
      subprocess.CalledProcessError: one failed.
    """
    every, few = scratch / "every", scratch / "few"
    chosen = modules[:: max(1, len(modules) // sample)]
    every.write_text("".join(f"{module}\n" for module in modules))
    few.write_text("".join(f"{module}\n" for module in chosen))
    ksyms = _HERE.parent.parent / "tools/ksyms"
    extract = f"{ksyms} extract --usyms={scratch}/usyms --records={scratch}/records @{every}"
    compose = f"{ksyms} kmi_list --output={scratch}/list --records={scratch}/records"
    commands = {
        _EXTRACTION: ["sh", "-c", extract],
        _LIST: ["sh", "-c", f"{extract} && {compose} --module_grouping --signed_modules_as_users"],
        _PROCESS_A_MODULE: ["sh", "-c", _EACH, few],
    }
    missing = [tool for tool in ("llvm-nm", "modinfo") if not which(tool)]
    if missing:
        progress(f"left out, {' and '.join(missing)} not installed: {commands.pop(_PROCESS_A_MODULE)[0]}")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    runs = {
        name: lambda arguments=arguments: measure.command(arguments, scratch, environment)
        for name, arguments in commands.items()
    }
    measured = measure.in_turns(runs, rounds, progress)
    return _rows(measured, len(chosen) / len(modules))


def _rows(measured, share):
    ours = measured[_LIST].seconds
    rows = []
    for name, measurement in measured.items():
        seconds, label, target, met = measurement.seconds, name, "", None
        if name == _PROCESS_A_MODULE:
            seconds /= share
            label += f", extrapolated from {share:.0%}"
            target, met = f">= {_TARGET}x", seconds / ours >= _TARGET
        rows.append(Row(label, seconds, measurement.peak_megabytes, None, seconds / ours, target, met))
    return rows
