"""Which modules use the KMI (user modules), and which are part of the kernel (GKI modules)."""

from collections.abc import Iterable

from ksyms.formats.module_names import module_name
from ksyms.formats.records import Record


def partition(
    records: Iterable[Record], gki_modules: Iterable[str], signed_modules_are_gki: bool
) -> tuple[list[Record], list[Record]]:
    """Separates user modules from GKI modules.

    Args:
      records: of all modules.
      gki_modules: names or paths of GKI modules.
      signed_modules_are_gki: whether a signature makes a module a GKI module, as in Android.

    Returns:
      User modules and GKI modules, both in the order given.
    """
    named = set(map(module_name, gki_modules))
    user_modules: list[Record] = []
    found: list[Record] = []
    for record in records:
        is_gki = record.module_name in named or (record.signed and signed_modules_are_gki)
        (found if is_gki else user_modules).append(record)
    return user_modules, found
