"""The Kbuild files of an external module, and why they may build nothing."""

import os
import re
from collections.abc import Collection

from ksyms.errors import KsymsError

# As kbuild looks for them in a folder.
NAMES = ("Kbuild", "Makefile")

# Lines that decide what is built.
_DECIDING = re.compile(r"^.*(?:\bobj-|\bforeach\b|^\s*-?include\b|^\s*ifn?(?:eq|def)\b).*$", re.MULTILINE)
_REFERENCE = re.compile(r"\$[({](\w+)[)}]|^\s*ifn?def\s+(\w+)", re.MULTILINE)
# Not in recipes, whose lines begin with a tab: there it is for another make.
_ASSIGNMENT = re.compile(r"^ *(?:export\s+|override\s+)*([\w-]+)\s*[:?+]*=", re.MULTILINE)
_LOOP = re.compile(r"\bforeach\s+(\w+)\s*,")
# Variables of make and of kbuild.
_KNOWN = re.compile(
    r"ARCH|AWK|CC|CPP|CURDIR|KERNELRELEASE|KERNELVERSION|LD|M|MAKE|NM|PWD|obj|objtree|shell|src|srctree|KBUILD_\w+"
)
_SHOWN = 8


def of(folder: str) -> str:
    """Returns the path of the file that kbuild reads in a folder; empty if there is none."""
    candidates = (os.path.join(folder, name) for name in NAMES)
    return next((path for path in candidates if os.path.isfile(path)), "")


def below(top: str) -> list[str]:
    """Lists the files that kbuild would read in a tree; returns [path] relative to its top, sorted."""
    found = (of(folder) for folder, _, _ in os.walk(top))
    return sorted(os.path.relpath(path, top) for path in found if path)


def builds_nothing(folder: str, top: str, known: Collection[str]) -> KsymsError:
    """Makes the error for a folder in which kbuild builds no module.

    Args:
      folder: path of the folder.
      top: path of the module's tree.
      known: [name] of the variables that are set: of the configuration, and of make's command line.

    Returns:
      The error, with what may be missing: variables, or the choice of another folder.
    """
    path = of(folder)
    with open(path, encoding="utf-8", errors="replace") as file:
        missing = unset_variables(file.read(), known)
    name = os.path.relpath(path, top)
    fixes = ["add a line such as `obj-m := driver.o`"]
    if missing:
        fixes.append(f"set the variables that it uses in make_vars ({_some(missing)})")
    others = [other for other in below(top) if other != name]
    if others:
        fixes.append(f"build the folder of another Kbuild file ({_some(others)})")
    return KsymsError(name, "builds no module", ", or ".join(fixes))


def unset_variables(text: str, known: Collection[str]) -> list[str]:
    """Finds variables that decide what a Kbuild file builds and that nothing sets.

    Args:
      text: of the Kbuild file.
      known: [name] of variables that are set elsewhere.

    Returns:
      [name], each once, in the order of the file.
    """
    own = {*_ASSIGNMENT.findall(text), *_LOOP.findall(text), *known}
    lines = "\n".join(line for line in _DECIDING.findall(text) if not line.lstrip().startswith("#"))
    names = (match[1] or match[2] for match in _REFERENCE.finditer(lines))
    return list(dict.fromkeys(name for name in names if name not in own and not _KNOWN.fullmatch(name)))


def _some(names: list[str]) -> str:
    more = len(names) - _SHOWN
    return ", ".join(names[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
