"""Lists the members of an `ar` archive: GNU, BSD and thin.

A thin archive (`ar rcsT`, kbuild's built-in.a) has the paths of its members, relative to itself, and not their
contents.
"""

import os
from typing import NamedTuple

from ksyms.errors import KsymsError

MAGIC = b"!<arch>\n"
THIN_MAGIC = b"!<thin>\n"

_HEADER_SIZE = 60
_END_OF_HEADER = b"`\n"
_SYMBOL_TABLES = (b"/", b"/SYM64/", b"__.SYMDEF", b"__.SYMDEF SORTED", b"__.SYMDEF_64")


class Member(NamedTuple):
    """One object of an archive.

    Attributes:
      name: as in the archive.
      path: of the file to read: the archive, or the member's own file if the archive is thin.
      offset: where the object starts in that file, in bytes.
      size: in bytes.
    """

    name: str
    path: str
    offset: int
    size: int


def members(path: str, data: bytes) -> list[Member]:
    """Lists the members, without the tables of symbols and names.

    Args:
      path: of the archive.
      data: the whole archive.

    Returns:
      The members, in the order of the archive.

    Raises:
      KsymsError: the archive is malformed or truncated.
    """
    thin = data.startswith(THIN_MAGIC)
    position, long_names = len(MAGIC), b""
    found: list[Member] = []
    while position < len(data):
        header = data[position : position + _HEADER_SIZE]
        if len(header) < _HEADER_SIZE or header[58:] != _END_OF_HEADER or not header[48:58].strip().isdigit():
            raise _malformed(path, f"no member header at byte {position}")
        raw_name, size = header[:16].rstrip(b" "), int(header[48:58])
        start = position + _HEADER_SIZE
        table = raw_name in _SYMBOL_TABLES or raw_name == b"//"
        inline = table or not thin
        if inline and start + size > len(data):
            raise _malformed(path, f"member {_text(raw_name)} ends after the archive")
        if raw_name == b"//":
            long_names = data[start : start + size]
        elif not table:
            found.append(_member(path, data, raw_name, start, size, long_names, thin))
        position = start + (size + size % 2 if inline else 0)
    return [member for member in found if member.name.encode() not in _SYMBOL_TABLES]


def _member(path: str, data: bytes, raw_name: bytes, start: int, size: int, long_names: bytes, thin: bool) -> Member:
    """Resolves the three ways to write the name of a member."""
    if raw_name.startswith(b"#1/"):  # BSD: the name precedes the contents
        length = int(raw_name[3:]) if raw_name[3:].isdigit() else size + 1
        if thin or length > size:
            raise _malformed(path, f"no name for member {_text(raw_name)}")
        name = _text(data[start : start + length].rstrip(b"\0"))
        return Member(name, path, start + length, size - length)
    if raw_name.startswith(b"/"):  # GNU: an offset into the table of long names
        if not raw_name[1:].isdigit() or int(raw_name[1:]) >= len(long_names):
            raise _malformed(path, f"no long name for member {_text(raw_name)}")
        raw_name = long_names[int(raw_name[1:]) :].split(b"\n", 1)[0]
    name = _text(raw_name.removesuffix(b"/"))
    if b"\0" in raw_name:
        raise _malformed(path, f"member {ascii(name)} has a NUL in its name")
    if thin:
        return Member(name, os.path.join(os.path.dirname(path), name), 0, size)
    return Member(name, path, start, size)


def _text(name: bytes) -> str:
    return name.decode("utf-8", "backslashreplace")


def _malformed(path: str, detail: str) -> KsymsError:
    return KsymsError(path, f"is a truncated or malformed ar archive ({detail})", "make the archive again")
