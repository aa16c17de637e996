"""Generates any number of kernel modules from a template, a hundred thousand in seconds.

They resemble the 4,022 modules of Debian's kernel 6.1 in their size, in the numbers of sections and of symbols of each
kind, in the length of names, and in how the number of distinct undefined symbols grows with the number of modules.
"""

import os
import random

from tests.elf_files import elf_files
from tests.elf_files.elf_files import Section, Symbol

# Means of Debian's modules.
UNDEFINED = 46
SIZE = 98_600
_LOCAL, _DEFINED, _SECTIONS = 135, 25, 40
# Distinct undefined symbols of Debian's modules: 8,953 in 1,000 modules, 12,608 in 2,000, 18,048 in 4,000.
_DISTINCT_OF_ONE, _GROWTH = 270.6, 0.506


def needs(count):
    """Draws the undefined symbols of modules; with a smaller count, the result is a prefix of that with a larger one.

    A module takes as many new symbols as the growth requires. The rest are symbols of earlier modules, drawn in
    proportion to how often they were taken: a few symbols are in nearly all modules, and many in only one.

    Args:
      count: how many modules.

    Returns:
      [[int]], for each module the sorted numbers of its UNDEFINED symbols.
    """
    chance, taken, distinct, result = random.Random(0), [], 0, []
    for number in range(1, count + 1):
        wanted = int(_DISTINCT_OF_ONE * number**_GROWTH)
        fresh = min(UNDEFINED, wanted - distinct) if taken else UNDEFINED
        symbols = set(range(distinct, distinct + fresh))
        distinct += fresh
        while len(symbols) < UNDEFINED:
            symbols.add(taken[int(chance.random() * len(taken))])
        taken += symbols
        result.append(sorted(symbols))
    return result


def name(symbol):
    """Returns the name of a symbol by its number; all names have the same length."""
    return b"sym_%06d_of_kernel" % symbol


class Template:
    """A module whose undefined symbols can be replaced by names of the same length."""

    def __init__(self):
        placeholders = [name(999_999 - number) for number in range(UNDEFINED)]
        symbols = [Symbol(b"local_symbol_%03d" % number, elf_files.LOCAL, 1) for number in range(_LOCAL)]
        symbols += [Symbol(b"defined_symbol_%03d" % number, section=1) for number in range(_DEFINED)]
        symbols += [Symbol(placeholder) for placeholder in placeholders]
        sections = [Section(b".text.%d" % number) for number in range(_SECTIONS - 1)]
        small = elf_files.write(symbols, [Section(b".text"), *sections])
        text = bytes((SIZE - len(small)) // 8 * 8)
        data = elf_files.write(symbols, [Section(b".text", text), *sections])
        joined = b"\0".join(placeholders)
        names_at = data.index(joined)
        self._header = data[:64]
        self._symbols_at = 64 + len(text)
        self._before, self._after = data[self._symbols_at : names_at], data[names_at + len(joined) :]

    def write(self, path, symbols):
        """Writes a module of realistic size, whose text section is a hole in the file that takes no disk space.

        Args:
          path: of the file.
          symbols: [int], the numbers of its UNDEFINED symbols.
        """
        tail = self._before + b"\0".join(map(name, symbols)) + self._after
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
        try:
            os.pwrite(file, self._header, 0)
            os.pwrite(file, tail, self._symbols_at)
        finally:
            os.close(file)
