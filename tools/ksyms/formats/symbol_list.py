"""KMI symbol lists, in both forms that are in use.

| form | contents |
| --- | --- |
| libabigail | sections such as `[abi_symbol_list]`, with one symbol per line |
| plain | names separated by blanks or line ends, as kbuild reads CONFIG_UNUSED_KSYMS_WHITELIST |

Only sections whose name ends in `symbol_list` or `whitelist` count, as in libabigail's ini reader and in Kleaf.

In both, `#` starts a comment, as does `;` at the start of a line; blank lines, CRLF line ends and a UTF-8 byte-order
mark are ignored. Lists are written in libabigail's form, as Kleaf's extract_symbols does: one section, and paragraphs
in it that begin with a comment.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

from ksyms.errors import KsymsError, reading
from ksyms.formats import symbol_names

_SECTION = "[abi_symbol_list]"
_SECTION_ENDINGS = (b"symbol_list", b"whitelist")
# Where Bazel puts what is built: the configuration's name, or `cfg` under path mapping. A report must not depend on it.
_OUTPUT_FOLDER = re.compile(r"\Abazel-out/[^/]+/bin/")
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class Entry(NamedTuple):
    """One symbol of a list.

    Attributes:
      symbol: its name.
      file: path of the list.
      line: number of its line, from 1.
      paragraph: number of its paragraph; section headers, comments and blank lines separate paragraphs.
    """

    symbol: str
    file: str
    line: int
    paragraph: int

    @property
    def place(self) -> str:
        """File and line to show to the user; the path of a list that Bazel built is relative to `bazel-bin`."""
        return f"{_OUTPUT_FOLDER.sub('', self.file)}:{self.line}"


class Paragraph(NamedTuple):
    """Symbols to write together.

    Attributes:
      comment: a line to begin with; empty for none.
      symbols: in the order to write; a paragraph without symbols is left out.
    """

    comment: str
    symbols: list[str]


def text(paragraphs: Iterable[Paragraph]) -> str:
    """Returns a list in libabigail's form; blank lines stand before all paragraphs but the first one given."""
    parts = [_SECTION + "\n"]
    for number, (comment, symbols) in enumerate(paragraphs):
        if symbols:
            parts.append(("\n" if number else "") + (f"# {comment}\n" if comment else ""))
            parts += [f"  {symbol}\n" for symbol in symbols]
    return "".join(parts)


def read(path: str) -> list[Entry]:
    """Reads a list from its file; see `parse`."""
    with reading(path, "check the path in symbol_lists"), open(path, "rb") as file:
        return parse(file.read(), path)


def parse(data: bytes, file: str) -> list[Entry]:
    """Parses a list.

    Args:
      data: contents of the list.
      file: its path, for errors.

    Returns:
      The symbols in the order of the list, with repetitions.

    Raises:
      KsymsError: a line is not a symbol; the message has the number of the line.
    """
    lines = [_without_comment(line) for line in data.removeprefix(_BYTE_ORDER_MARK).splitlines()]
    in_sections = any(line.startswith(b"[") for line in lines)
    before_sections, counted, paragraph = in_sections, not in_sections, 0
    entries: list[Entry] = []
    for number, line in enumerate(lines, 1):
        place = f"{file}:{number}"
        if line.startswith(b"["):
            if not line.endswith(b"]"):
                raise KsymsError(place, "has a section header without `]`", f"close it, as in {_SECTION}")
            before_sections, counted = False, line[1:-1].strip().endswith(_SECTION_ENDINGS)
        if line.startswith(b"[") or not line:
            paragraph += 1
        elif before_sections:
            raise KsymsError(place, "has a symbol before the first section", f"move it below {_SECTION}")
        elif counted:
            names = [line] if in_sections else line.split()
            symbol_names.check(names, place)
            entries += [Entry(name.decode("ascii"), file, number, paragraph) for name in names]
    return entries


def _without_comment(line: bytes) -> bytes:
    """Returns a line without blanks around it: empty for a comment, `#` or configparser's `;`."""
    return b"" if line.lstrip().startswith(b";") else line.split(b"#", 1)[0].strip()
