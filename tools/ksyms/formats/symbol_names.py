"""What counts as a symbol name, and the form that all plain lists of names have: one per line."""

import re
from collections.abc import Collection, Iterable

from ksyms.errors import KsymsError

# Undefined in the .o file of every module until modpost defines it in the .ko file, so nothing has to export it
# (scripts/gen_autoksyms.sh).
THIS_MODULE = "__this_module"

# Symbols come from untrusted binaries, and end up in a C header and in a file that make reads.
_NAME = rb"(?!\.(?:\n|\Z))[A-Za-z_.$][A-Za-z0-9_.$]*"
_VALID = re.compile(_NAME).fullmatch
_VALID_LINES = re.compile(rb"(?:%s\n)*" % _NAME).fullmatch


def lines(names: Iterable[bytes]) -> bytes:
    """Returns the names in the order given, one per line."""
    return b"".join([name + b"\n" for name in names])


def check(names: Collection[bytes], file: str) -> None:
    """Raises KsymsError, about `file`, if one of `names` is not a symbol name."""
    text = lines(names)
    if not _VALID_LINES(text) or text.count(b"\n") != len(names):  # a name can contain line ends
        bad = [name for name in names if not _VALID(name)]
        raise KsymsError(
            file,
            f"has the symbol name {ascii(min(bad))[1:]}, which neither C nor assembler can write",
            "remove it; a name has letters, digits, `_`, `.` and `$`, and does not start with a digit",
        )
