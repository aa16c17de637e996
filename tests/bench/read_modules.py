"""Prints the undefined global symbols of modules, each once, with our reader in a separate process.

Usage: read_modules.py FILE, a list of modules, one per line.
"""

import sys

from ksyms.elf import object_file


def main(list_file):
    with open(list_file, encoding="utf-8") as lines:
        paths = lines.read().splitlines()
    symbols = set()
    for path in paths:
        symbols.update(object_file.read(path).undefined)
    sys.stdout.buffer.write(b"\n".join(sorted(symbols)) + b"\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
