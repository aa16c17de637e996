"""Which modules use the KMI (user modules), and which are part of the kernel (GKI modules)."""

from collections.abc import Collection, Iterable, Mapping

from ksyms.errors import KsymsError
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


def none_left(gki_modules: Collection[Record], signed_modules_are_gki: bool) -> KsymsError:
    """Returns the error of modules among which there is no user module: a list or a check of what they use is void.

    Args:
      gki_modules: the modules, as `partition` returns them.
      signed_modules_are_gki: as for `partition`.
    """
    signed = sum(record.signed for record in gki_modules) if signed_modules_are_gki else 0
    reasons, fixes = [], []
    if signed:
        reasons.append(f"{signed} by signature (signed_modules_are_gki)")
        fixes.append("set signed_modules_are_gki = False if user modules are signed too")
    if signed < len(gki_modules):
        reasons.append(f"{len(gki_modules) - signed} by name (gki_modules)")
        fixes.append("remove the user modules from gki_modules")
    problem = f"there is no user module, as all are GKI modules: {', '.join(reasons)}"
    return KsymsError("modules", problem, ", or ".join([*fixes, "add the modules that use the KMI"]))


def exports(
    exporters: Mapping[str, str], user_modules: Iterable[Record], gki_modules: Iterable[Record]
) -> tuple[set[str], set[str]]:
    """Returns the symbols that the kernel exports, with its GKI modules, and those that user modules export.

    Args:
      exporters: {symbol: module name} of tables of exports; all that is not of user modules is the kernel's.
      user_modules: as `partition` returns them.
      gki_modules: likewise.
    """
    names = {record.module_name for record in user_modules}
    of_users = {symbol for symbol, name in exporters.items() if name in names}
    by_kernel = exporters.keys() - of_users
    by_kernel.update(symbol for record in gki_modules for symbol in record.exported)
    return by_kernel, of_users.union(symbol for record in user_modules for symbol in record.exported)
