"""What counts as a symbol name, and the form that all plain lists of names have: one per line.

A symbol name is `[A-Za-z_.$][A-Za-z0-9_.$]*`, but not `.` alone. The check does without `re`, since importing that
takes longer than reading a hundred modules.
"""

from collections.abc import Collection, Iterable

from ksyms.errors import KsymsError

# Undefined in the .o file of every module until modpost defines it in the .ko file, so nothing has to export it
# (scripts/gen_autoksyms.sh).
THIS_MODULE = "__this_module"

# Symbols come from untrusted binaries, and end up in a C header and in a file that make reads.
_CHARACTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.$"
_WRONG_STARTS = {b"", *(b"%d" % digit for digit in range(10))}


def lines(names: Iterable[bytes]) -> bytes:
    """Returns the names in the order given, one per line."""
    return b"".join([name + b"\n" for name in names])


def check(names: Collection[bytes], file: str) -> None:
    """Raises KsymsError, about `file`, if one of `names` is not a symbol name."""
    if not _are_valid(names):
        bad = [name for name in names if not _are_valid([name])]
        raise KsymsError(
            file,
            f"has the symbol name {ascii(min(bad))[1:]}, which neither C nor assembler can write",
            "remove it; a name has letters, digits, `_`, `.` and `$`, and does not start with a digit",
        )


def _are_valid(names: Collection[bytes]) -> bool:
    if b"".join(names).translate(None, _CHARACTERS) or b"." in names:
        return False
    return _WRONG_STARTS.isdisjoint([name[:1] for name in names])
