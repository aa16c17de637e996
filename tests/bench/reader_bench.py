"""Compares the reader with other ways to find the undefined symbols of a distribution's modules."""

import dataclasses
import os
import pathlib
import re
import subprocess
import sys
from shutil import which

import measure
from table import Row

_HERE = pathlib.Path(__file__).parent
_UNDEFINED = re.compile(rb"^ +U (.+)$", re.MULTILINE)
_PEAK_TARGET_MEGABYTES = 150
_PIPELINE_TARGET = 5
_ONE_PROCESS_TARGET = 3
_OURS = "ours: reader, a fresh process"
_COMMAND = "ours: ksyms extract, complete"
_PIPELINE = "nm | sed | sort -u"
_PYELFTOOLS = "pyelftools"


@dataclasses.dataclass(frozen=True)
class _Contender:
    """A command that prints undefined symbols, and how to parse its output.

    Attributes:
      arguments: [str]
      parse: function from its output, bytes, to the set of symbols.
      share: the fraction of the modules that it reads.
      needs: a tool that has to be installed; empty if none.
    """

    arguments: list
    parse: object = lambda printed: set(printed.split())
    share: float = 1
    needs: str = ""


def run(modules, scratch, rounds, sample, progress):
    """Checks that all contenders find the same symbols, then measures them.

    Args:
      modules: [pathlib.Path]
      scratch: pathlib.Path of a folder to write to.
      rounds: how often each is measured.
      sample: how many modules the slow contenders read.
      progress: function that is called with each line of progress.

    Returns:
      ([Row], {bytes}): the results, and the undefined symbols of all modules.

    Raises:
      ValueError: two contenders find different symbols.
    """
    environment = {**os.environ, "LC_ALL": "C", "PYTHONPATH": os.pathsep.join(sys.path)}
    every = _write_list(scratch / "every", modules)
    few = modules[:: max(1, len(modules) // sample)]
    contenders = _contenders(every, _write_list(scratch / "few", few), len(few) / len(modules), scratch)
    for name in [name for name, contender in contenders.items() if contender.needs and not which(contender.needs)]:
        progress(f"skipped, because {contenders.pop(name).needs} is not installed: {name}")
    progress("checking that all contenders find the same symbols")
    found = {name: _symbols(contender, environment) for name, contender in contenders.items()}
    expected = dict.fromkeys(contenders, found[_OURS])
    expected[_PYELFTOOLS] = _symbols(_reader(scratch / "few"), environment)
    for name, symbols in found.items():
        if symbols != expected[name]:
            raise ValueError(f"{name} found different symbols, for example {min(symbols ^ expected[name]).decode()}")
    progress(f"all contenders find the same {len(found[_OURS])} symbols in {len(modules)} modules")
    runs = {
        name: lambda contender=contender: measure.command(contender.arguments, scratch, environment)
        for name, contender in contenders.items()
    }
    return _rows(measure.in_turns(runs, rounds, progress), contenders), found[_OURS]


def _write_list(path, modules):
    path.write_text("".join(f"{module}\n" for module in modules))
    return path


def _reader(list_file):
    return _Contender([sys.executable, _HERE / "read_modules.py", list_file])


def _contenders(every, few, share, scratch):
    """Returns all commands by name, ours first."""
    outputs = [f"--usyms={scratch}/usyms", f"--records={scratch}/records"]
    ksyms = [_HERE.parent.parent / "tools/ksyms", "extract", *outputs, f"@{every}"]
    nothing_to_print = f'"$@" && cat {scratch}/usyms'
    return {
        _OURS: _reader(every),
        _COMMAND: _Contender(["sh", "-c", nothing_to_print, "sh", *ksyms]),
        _PIPELINE: _Contender(
            ["bash", "-o", "pipefail", "-c", "nm @\"$0\" | sed -n 's/^  *U //p' | LC_ALL=C sort -u", every],
            needs="nm",
        ),
        **{
            f"{tool} -u, one process": _Contender([tool, "-u", f"@{every}"], _undefined_of_nm, needs=tool)
            for tool in ("nm", "llvm-nm")
        },
        _PYELFTOOLS: _Contender([sys.executable, _HERE / "walk_with_pyelftools.py", few], share=share),
    }


def _undefined_of_nm(printed):
    return set(_UNDEFINED.findall(printed))


def _symbols(contender, environment):
    printed = subprocess.run(contender.arguments, env=environment, check=True, stdout=subprocess.PIPE).stdout
    return contender.parse(printed)


def _rows(measured, contenders):
    ours = measured[_OURS].seconds
    targets = {name: _ONE_PROCESS_TARGET for name in measured if name.endswith("one process")}
    targets[_PIPELINE] = _PIPELINE_TARGET
    rows = []
    for name, measurement in measured.items():
        seconds = measurement.seconds / contenders[name].share
        label, target, met = name, "", None
        if name in (_OURS, _COMMAND):
            target, met = f"< {_PEAK_TARGET_MEGABYTES} MB", measurement.peak_megabytes < _PEAK_TARGET_MEGABYTES
        elif name in targets:
            target, met = f">= {targets[name]}x", seconds / ours >= targets[name]
        if contenders[name].share < 1:
            label += f", extrapolated from {contenders[name].share:.0%}"
        cpu_seconds = measurement.cpu_seconds / contenders[name].share
        rows.append(Row(label, seconds, cpu_seconds, measurement.peak_megabytes, None, seconds / ours, target, met))
    return rows
