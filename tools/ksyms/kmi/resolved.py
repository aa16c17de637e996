"""Undefined symbols that the build of a module resolves itself, so that nothing has to export them.

Mirrors ignore_undef_symbol of scripts/mod/modpost.c: the linker or modpost defines them when they make the `.ko`.
"""

import re
from collections.abc import Iterable

_ON_ALL = r"__this_module|_GLOBAL_OFFSET_TABLE_|__(?:start|stop)_.*"
# By e_machine.
_ON = {
    20: r"_(?:save|rest)(?:gpr|32gpr|vr)_.*",  # EM_PPC
    21: r"\.TOC\.|_(?:save|rest)(?:gpr[01]|fpr|vr)_.*",  # EM_PPC64
}


def by_build(names: Iterable[str], machine: int) -> set[str]:
    """Returns those of some undefined symbols that the build resolves.

    Args:
      names: of the symbols.
      machine: e_machine of the objects that need them.
    """
    pattern = "|".join(filter(None, [_ON_ALL, _ON.get(machine)]))
    return set(re.findall(rf"^(?:{pattern})$", "\n".join(names), re.MULTILINE))
