"""KMI symbol lists, in both forms that are in use.

| form | contents |
| --- | --- |
| libabigail | sections such as `[abi_symbol_list]`, with one symbol per line |
| plain | names separated by blanks or line ends, as kbuild reads CONFIG_UNUSED_KSYMS_WHITELIST |

Only sections whose name ends in `symbol_list` or `whitelist` count, as in libabigail's ini reader and in Kleaf, or in
`stablelist`, as RHEL's do. Other sections are ignored, but not where that looks like a mistake: if all symbols of a
list are in such sections, or if the name of one has a typing error.

In both, `#` starts a comment, as does `;` at the start of a line; blank lines, CRLF line ends and a UTF-8 byte-order
mark are ignored. Lists are written in libabigail's form, as Kleaf's extract_symbols does: one section, and paragraphs
in it that begin with a comment.
"""

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from ksyms.errors import KsymsError, reading
from ksyms.formats import symbol_names

_SECTION = "[abi_symbol_list]"
_SECTION_ENDINGS = (b"symbol_list", b"whitelist", b"stablelist")
_ENDINGS_TEXT = "symbol_list, whitelist or stablelist"
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
      KsymsError: a line is not a symbol, or a section that has symbols should count and does not; the message has the
        number of the line.
    """
    lines = [_without_comment(line) for line in data.removeprefix(_BYTE_ORDER_MARK).splitlines()]
    in_sections = any(line.startswith(b"[") for line in lines)
    section, counted, paragraph = b"", not in_sections, 0
    entries: list[Entry] = []
    ignored: dict[bytes, int] = {}  # {header of a section with entries that does not count: line of the first entry}
    for number, line in enumerate(lines, 1):
        place = f"{file}:{number}"
        if line.startswith(b"["):
            if not line.endswith(b"]"):
                raise KsymsError(place, "has a section header without `]`", f"close it, as in {_SECTION}")
            section, counted = line, line[1:-1].strip().endswith(_SECTION_ENDINGS)
        if line.startswith(b"[") or not line:
            paragraph += 1
        elif counted:
            names = [line] if in_sections else line.split()
            symbol_names.check(names, place)
            entries += [Entry(name.decode("ascii"), file, number, paragraph) for name in names]
        elif section:
            ignored.setdefault(section, number)
        else:
            raise KsymsError(place, "has a symbol before the first section", f"move it below {_SECTION}")
    if ignored:
        _check_ignored(ignored, bool(entries), file)
    return entries


def _check_ignored(ignored: Mapping[bytes, int], others_count: bool, file: str) -> None:
    """Raises KsymsError if a section that does not count was meant to count.

    Args:
      ignored: {header: line of the first entry} of each section that has entries and does not count.
      others_count: whether another section has entries and counts.
      file: path of the list, for errors.
    """
    mistaken = [header for header in ignored if not others_count or _has_typing_error(header)]
    if mistaken:
        headers = ", ".join(header.decode("utf-8", "backslashreplace") for header in mistaken)
        raise KsymsError(
            f"{file}:{ignored[mistaken[0]]}",
            f"has symbols in {headers}, and only sections whose name ends in {_ENDINGS_TEXT} count",
            f"give the section such a name, as in {_SECTION}",
        )


def _has_typing_error(header: bytes) -> bool:
    """Whether a section's name ends almost as the name of one that counts, such as `[abi_symbolist]`."""
    import difflib  # only such lists need it

    name = header[1:-1].strip().lower().decode("latin-1")
    endings = [ending.decode() for ending in _SECTION_ENDINGS]
    return any(difflib.SequenceMatcher(None, name[-len(ending) :], ending).ratio() > 0.8 for ending in endings)


def _without_comment(line: bytes) -> bytes:
    """Returns a line without blanks around it: empty for a comment, `#` or configparser's `;`."""
    return b"" if line.lstrip().startswith(b";") else line.split(b"#", 1)[0].strip()
