"""Prints the undefined and exported symbols of modules, with three processes per module, as extract_symbols does.

llvm-nm lists the undefined symbols and then the defined ones, and modinfo says whether the module is signed.
Usage: process_a_module.py FILE, a list of modules, one per line.
"""

import subprocess
import sys


def _lines(*arguments):
    return subprocess.run(arguments, check=True, capture_output=True, text=True).stdout.splitlines()


def read(path):
    """Returns (undefined symbols, exported symbols, whether it is signed) of one module."""
    undefined = {line.split()[-1] for line in _lines("llvm-nm", "--undefined-only", path)}
    defined = {line.split()[-1] for line in _lines("llvm-nm", "--defined-only", path)}
    exported = {name.removeprefix("__ksymtab_") for name in defined if name.startswith("__ksymtab_")}
    return undefined, exported, bool(_lines("modinfo", "-F", "sig_id", path))


def main(list_file):
    with open(list_file, encoding="utf-8") as lines:
        paths = lines.read().splitlines()
    for path in paths:
        undefined, exported, signed = read(path)
        print(path, signed, *sorted(undefined), "exports", *sorted(exported))


if __name__ == "__main__":
    main(*sys.argv[1:])
