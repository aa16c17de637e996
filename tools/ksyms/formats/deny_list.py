"""Deny lists: symbols that must not be in a KMI symbol list, each with its reason, as Kleaf's `symbols.deny`.

One symbol per line, followed by its reason, which may be written as a comment. Other lines that start with `#`, and
blank lines, are ignored. A symbol that is there twice has its first reason. Only people write these files.
"""

from ksyms.errors import reading
from ksyms.formats import symbol_names


def read(path: str) -> dict[str, str]:
    """Reads a list.

    Args:
      path: of the list.

    Returns:
      {symbol: reason}, in the order of the list.

    Raises:
      KsymsError: the file cannot be read, or a line is not a symbol; the message has the number of the line.
    """
    with (
        reading(path, "check the path in deny_lists"),
        open(path, encoding="utf-8-sig", errors="backslashreplace") as file,
    ):
        lines = list(file)
    reasons: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        words = line.split(maxsplit=1)
        if words and not words[0].startswith("#"):
            symbol_names.check([words[0].encode()], f"{path}:{number}")
            reasons.setdefault(words[0], "".join(words[1:]).lstrip("# \t").rstrip() or "no reason given")
    return reasons
