"""Measures time and peak memory of commands, in turns, so that other work on the machine slows all alike."""

import dataclasses
import json
import os
import statistics
import subprocess
import sys
import time


@dataclasses.dataclass(frozen=True)
class Measurement:
    """Wall time and processor time in seconds, and peak resident memory in MB of the largest process."""

    seconds: float
    cpu_seconds: float
    peak_megabytes: float


def in_turns(runs, rounds, progress):
    """Measures each run `rounds` times, one after the other in each round.

    Args:
      runs: {name: function without arguments that returns a Measurement of one run}
      rounds: how often to measure each.
      progress: function that is called with each line of progress.

    Returns:
      {name: Measurement}
    """
    samples = {name: [] for name in runs}
    for number in range(1, rounds + 1):
        for name, run in runs.items():
            samples[name].append(run())
            progress(f"round {number} of {rounds}: {name}: {samples[name][-1].seconds:.2f} s")
    return {name: median(taken) for name, taken in samples.items()}


def median(samples):
    """Returns a Measurement with the medians of each field of the samples."""
    return Measurement(
        statistics.median(sample.seconds for sample in samples),
        statistics.median(sample.cpu_seconds for sample in samples),
        statistics.median(sample.peak_megabytes for sample in samples),
    )


def command(arguments, cwd, environment):
    """Measures one run of a command, and discards its output.

    A separate small process starts the command, because the kernel's peak for a child includes its parent's memory.

    Raises:
      subprocess.CalledProcessError: the command failed.
    """
    printed = subprocess.run(
        [sys.executable, "-S", "-E", __file__, *arguments],
        cwd=cwd,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        check=True,
    ).stdout
    return Measurement(*json.loads(printed))


def main(arguments):
    """Runs a command; prints its wall time and processor time in seconds and its peak memory in MB."""
    start = time.perf_counter()
    process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    print(json.dumps([seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024]))
    return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
