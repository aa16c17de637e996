"""Reads KMI symbol lists, in both forms that the field uses.

libabigail: sections such as `[abi_symbol_list]`, one symbol a line; only sections whose name ends in
`symbol_list` or `whitelist` count, as in libabigail's ini reader and Kleaf's flattening.
Plain: names separated by blanks or line ends, as kbuild reads CONFIG_UNUSED_KSYMS_WHITELIST.
Both: `#` starts a comment, blank lines, CRLF line ends and a UTF-8 byte-order mark do not matter.
"""

import symbol_names
from errors import KsymsError

_SECTION_ENDINGS = (b"symbol_list", b"whitelist")
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def parse(data, file):
    """Returns the symbols of a list.

    Args:
      data: bytes of the list.
      file: its path, for errors.

    Returns:
      [bytes], in the order of the list, repetitions kept.

    Raises:
      KsymsError: a line is no symbol; the message has the line's number.
    """
    lines = [line.split(b"#", 1)[0].strip() for line in data.removeprefix(_BYTE_ORDER_MARK).splitlines()]
    in_sections = any(line.startswith(b"[") for line in lines)
    before_sections, counted, symbols = in_sections, not in_sections, []
    for number, line in enumerate(lines, 1):
        place = f"{file}:{number}"
        if line.startswith(b"["):
            if not line.endswith(b"]"):
                raise KsymsError(place, "has a section header without `]`", "close it, as in [abi_symbol_list]")
            before_sections, counted = False, line[1:-1].strip().endswith(_SECTION_ENDINGS)
        elif line and before_sections:
            raise KsymsError(place, "has a symbol before the first section", "move it below [abi_symbol_list]")
        elif line and counted:
            names = [line] if in_sections else line.split()
            symbol_names.check(names, place)
            symbols += names
    return symbols
