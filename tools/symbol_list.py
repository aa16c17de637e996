"""Reads KMI symbol lists, in both forms that the field uses.

libabigail: sections such as `[abi_symbol_list]`, one symbol a line; only sections whose name ends in
`symbol_list` or `whitelist` count, as in libabigail's ini reader and Kleaf's flattening.
Plain: names separated by blanks or line ends, as kbuild reads CONFIG_UNUSED_KSYMS_WHITELIST.
Both: `#` starts a comment, as does `;` at the start of a line; blank lines, CRLF line ends and a UTF-8
byte-order mark do not matter.
"""

import re
from typing import NamedTuple

import symbol_names
from errors import KsymsError, reading

_SECTION_ENDINGS = (b"symbol_list", b"whitelist")
# Where Bazel puts what is built: the configuration's name, or `cfg` under path mapping. A report must not depend on it.
_OUTPUT_FOLDER = re.compile(r"\Abazel-out/[^/]+/bin/")
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class Entry(NamedTuple):
    """One symbol of a list.

    Attributes:
      symbol: str.
      file: path of the list.
      line: number of its line, from 1.
      block: number of its paragraph; header, comment and blank lines separate paragraphs.
    """

    symbol: str
    file: str
    line: int
    block: int

    @property
    def place(self):
        """File and line to show to the user; a list that Bazel built has its path below `bazel-bin`."""
        return f"{_OUTPUT_FOLDER.sub('', self.file)}:{self.line}"


def read(path):
    """Reads a list from its file; see `parse`."""
    with reading(path, "check the path in symbol_lists"), open(path, "rb") as file:
        return parse(file.read(), path)


def parse(data, file):
    """Parses a list.

    Args:
      data: bytes of the list.
      file: its path, for errors.

    Returns:
      [Entry], in the order of the list, repetitions kept.

    Raises:
      KsymsError: a line is no symbol; the message has the line's number.
    """
    lines = [_without_comment(line) for line in data.removeprefix(_BYTE_ORDER_MARK).splitlines()]
    in_sections = any(line.startswith(b"[") for line in lines)
    before_sections, counted, block, entries = in_sections, not in_sections, 0, []
    for number, line in enumerate(lines, 1):
        place = f"{file}:{number}"
        if line.startswith(b"["):
            if not line.endswith(b"]"):
                raise KsymsError(place, "has a section header without `]`", "close it, as in [abi_symbol_list]")
            before_sections, counted = False, line[1:-1].strip().endswith(_SECTION_ENDINGS)
        if line.startswith(b"[") or not line:
            block += 1
        elif before_sections:
            raise KsymsError(place, "has a symbol before the first section", "move it below [abi_symbol_list]")
        elif counted:
            names = [line] if in_sections else line.split()
            symbol_names.check(names, place)
            entries += [Entry(name.decode("ascii"), file, number, block) for name in names]
    return entries


def _without_comment(line):
    """A line without blanks around it: empty for a comment, `#` or configparser's `;`."""
    return b"" if line.lstrip().startswith(b";") else line.split(b"#", 1)[0].strip()
