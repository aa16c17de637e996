"""Prints the undefined global symbols of modules, each once, with a plain pyelftools program.

Usage: walk_with_pyelftools.py FILE, a list of modules, one per line.
"""

import sys

from elftools.elf.elffile import ELFFile


def undefined(path):
    with open(path, "rb") as file:
        for symbol in ELFFile(file).get_section_by_name(".symtab").iter_symbols():
            if symbol["st_shndx"] == "SHN_UNDEF" and symbol["st_info"]["bind"] == "STB_GLOBAL":
                yield symbol.name


def main(list_file):
    with open(list_file, encoding="utf-8") as lines:
        paths = lines.read().splitlines()
    print("\n".join(sorted({name for path in paths for name in undefined(path)})))


if __name__ == "__main__":
    main(*sys.argv[1:])
