"""Reads lists of symbols that must not be in a KMI symbol list, each with its reason, as Kleaf's symbols.deny."""

import symbol_names
from errors import reading


def read(path):
    """Reads a list: a symbol a line with its reason behind it, also as a comment; other comments do not count.

    Args:
      path: of the list.

    Returns:
      {symbol: reason}, both str, in the order of the list; of a symbol that is there twice, the first reason.

    Raises:
      KsymsError: the file is missing, or a line is no symbol; the message has the line's number.
    """
    with (
        reading(path, "check the path in deny_lists"),
        open(path, encoding="utf-8-sig", errors="backslashreplace") as file,
    ):
        lines = list(file)
    reasons = {}
    for number, line in enumerate(lines, 1):
        words = line.split(maxsplit=1)
        if words and not words[0].startswith("#"):
            symbol_names.check([words[0].encode()], f"{path}:{number}")
            reasons.setdefault(words[0], "".join(words[1:]).lstrip("# \t").rstrip() or "no reason given")
    return reasons
