"""What can be wrong with KMI symbol lists, given modules, exports and policy. Each check finds problems."""

import itertools
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import NamedTuple

from ksyms.formats.records import Record
from ksyms.formats.symbol_list import Entry
from ksyms.kmi import order, resolved, tracepoints


class Problem(NamedTuple):
    """One row of a report.

    Attributes:
      symbol: the symbol concerned.
      what: what is wrong with it.
      where: the modules that need it, or the list and line that have it.
    """

    symbol: str
    what: str
    where: str


def coverage(
    user_modules: Collection[Record],
    entries: Iterable[Entry],
    by_kernel: Collection[str] = frozenset(),
    by_users: Collection[str] = frozenset(),
) -> list[Problem]:
    """Finds what user modules use, and what neither a list has nor another user module exports.

    Mirrors what kernels with CONFIG_MODULE_SIG_PROTECT refuse to unsigned modules (resolve_symbol of
    kernel/module/main.c in Android's kernels). A weak undefined symbol may stay unresolved, so it is a problem only if
    the kernel exports it: then the kernel refuses the module.

    Args:
      user_modules: records of the modules.
      entries: of all lists.
      by_kernel: symbols that the kernel and its GKI modules are known to export.
      by_users: symbols that user modules export.
    """
    covered = {entry.symbol for entry in entries}.union(by_users)
    protected_symbols = set(by_kernel).difference(covered)

    def unlisted(record: Record) -> list[str]:
        names = [name for name in record.undefined if name not in covered]
        names += [name for name in record.weak if name in protected_symbols]
        known = resolved.by_build(names, record.machine) - protected_symbols if names else ()
        return [name for name in names if name not in known]

    what = "is exported by the kernel, but in no symbol list"
    found = _needed(user_modules, unlisted, "is in no symbol list and exported by no other module")
    return [problem._replace(what=what) if problem.symbol in protected_symbols else problem for problem in found]


def not_exported(entries: Iterable[Entry], exported: Collection[str]) -> list[Problem]:
    """Finds listed symbols that the kernel, with its GKI modules, does not export."""
    return [
        Problem(entry.symbol, "is listed but not exported by the kernel", entry.place)
        for entry in entries
        if entry.symbol not in exported
    ]


def denied(entries: Collection[Entry], deny_lists: Iterable[Mapping[str, str]]) -> list[Problem]:
    """Finds listed symbols that policy forbids, with the reason in each of the deny lists ({symbol: reason})."""
    return [
        Problem(entry.symbol, f"is denied: {reasons[entry.symbol]}", entry.place)
        for reasons in deny_lists
        for entry in entries
        if entry.symbol in reasons
    ]


def unpaired_tracepoints(entries: Collection[Entry]) -> list[Problem]:
    """Finds `__tracepoint_X` without `__traceiter_X` in the same list, and the reverse."""
    present = {(entry.file, entry.symbol) for entry in entries}
    return [
        Problem(entry.symbol, f"is listed without {other}", entry.place)
        for entry in entries
        if (other := tracepoints.counterpart(entry.symbol)) and (entry.file, other) not in present
    ]


def repeated(entries: Iterable[Entry]) -> list[Problem]:
    """Finds symbols that are listed more than once, in one list or in several."""
    first: dict[str, Entry] = {}
    problems = []
    for entry in entries:
        known = first.setdefault(entry.symbol, entry)
        if known is not entry:
            problems.append(Problem(entry.symbol, f"is listed again, after {known.place}", entry.place))
    return problems


def unsorted(entries: Iterable[Entry]) -> list[Problem]:
    """Finds symbols that stand after one that extract_symbols would put later."""
    return [
        Problem(entry.symbol, f"is out of order, after {previous.symbol}", entry.place)
        for previous, entry in itertools.pairwise(entries)
        if (previous.file, previous.paragraph) == (entry.file, entry.paragraph)
        and order.key(entry.symbol) < order.key(previous.symbol)
    ]


def protected(user_modules: Collection[Record], symbols: set[str], entries: Iterable[Entry]) -> list[Problem]:
    """Finds what user modules do with the exports of GKI modules (`symbols`) and may not do.

    They may not export such a symbol themselves, and use it only if a list has it (kernel/module/gki_module.c of
    Android's kernels).
    """
    unlisted = symbols.difference(entry.symbol for entry in entries)
    exports = "is protected: only GKI modules may export it"
    uses = "is protected, and in no symbol list"
    found = _modules_with(user_modules, lambda record: symbols.intersection(record.exported), exports, "exported by")
    return found + _needed(user_modules, lambda record: unlisted.intersection([*record.undefined, *record.weak]), uses)


def _needed(user_modules: Iterable[Record], symbols_of: Callable[[Record], Iterable[str]], what: str) -> list[Problem]:
    """Makes a problem of each symbol that `symbols_of` some modules gives, with all modules that need it."""
    return _modules_with(user_modules, symbols_of, what, "needed by")


def _modules_with(
    modules: Iterable[Record], symbols_of: Callable[[Record], Iterable[str]], what: str, where: str
) -> list[Problem]:
    names: dict[str, list[str]] = {}
    for record in modules:
        for symbol in symbols_of(record):
            names.setdefault(symbol, []).append(record.file_name)
    return [Problem(symbol, what, f"{where} {', '.join(files)}") for symbol, files in names.items()]
