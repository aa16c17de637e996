"""What counts as a symbol name, and the sets that kbuild makes of names."""

import re

from errors import KsymsError

# Symbols come from untrusted binaries and end up in a C header and in a Makefile's file.
_NAME = rb"(?!\.(?:\n|\Z))[A-Za-z_.$][A-Za-z0-9_.$]*"
_VALID = re.compile(_NAME).fullmatch
_VALID_LINES = re.compile(rb"(?:%s\n)*" % _NAME).fullmatch
# Not an exported symbol: modpost defines it when it makes the .ko (scripts/gen_autoksyms.sh).
_THIS_MODULE = b"__this_module"
# Needed by every module with CONFIG_MODVERSIONS, and in no module's symbol table (scripts/mod/modpost.c).
_MODULE_LAYOUT = b"module_layout"


def check(names, file):
    """Raises KsymsError, in the name of `file`, if one of `names` (a collection of bytes) is no symbol name."""
    lines = b"".join([name + b"\n" for name in names])
    if not _VALID_LINES(lines) or lines.count(b"\n") != len(names):  # a name can have line ends in it
        bad = [name for name in names if not _VALID(name)]
        raise KsymsError(
            file,
            f"has the symbol name {ascii(min(bad))[1:]}, which neither C nor assembler can write",
            "remove it; a name has letters, digits, `_`, `.` and `$`, and starts with no digit",
        )


def exported_set(needed, listed, modversions):
    """The symbols that the kernel has to export, as scripts/gen_autoksyms.sh computes them.

    Args:
      needed: iterable of bytes, the undefined global symbols of modules.
      listed: iterable of bytes, symbols from KMI symbol lists.
      modversions: whether the kernel has CONFIG_MODVERSIONS.

    Returns:
      [bytes], sorted by bytes as `LC_ALL=C sort -u`, each once: a leading dot (ppc64: the entry point of a
      function) is dropped, `__this_module` ignored, and `module_layout` added with modversions.
    """
    names = {name[1:] if name.startswith(b".") else name for source in (needed, listed) for name in source}
    names.discard(_THIS_MODULE)
    if modversions:
        names.add(_MODULE_LAYOUT)
    return sorted(names)
