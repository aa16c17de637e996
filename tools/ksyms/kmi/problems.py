"""What can be wrong with KMI symbol lists, given modules, exports and policy. Each check finds problems."""

import itertools
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import NamedTuple

from ksyms.formats.records import Record
from ksyms.formats.symbol_list import Entry
from ksyms.formats.symbol_names import THIS_MODULE
from ksyms.kmi import order, tracepoints


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


def coverage(user_modules: Iterable[Record], entries: Iterable[Entry], exported: Collection[str]) -> list[Problem]:
    """Finds undefined symbols of user modules that are in no list and that no module exports (`exported`).

    Weak undefined symbols may stay unresolved when a module is loaded, so they are not a problem.
    """
    covered = {entry.symbol for entry in entries}.union(exported, [THIS_MODULE])
    what = "is in no symbol list and exported by no other module"
    return _needed(user_modules, lambda record: [name for name in record.undefined if name not in covered], what)


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


def protected(user_modules: Iterable[Record], symbols: set[str]) -> list[Problem]:
    """Finds user modules' uses of symbols that only GKI modules may use."""
    what = "is protected, for modules of the kernel itself only"
    return _needed(user_modules, lambda record: symbols.intersection([*record.undefined, *record.weak]), what)


def _needed(user_modules: Iterable[Record], symbols_of: Callable[[Record], Iterable[str]], what: str) -> list[Problem]:
    """Makes a problem of each symbol that `symbols_of` some modules gives, with all modules that need it."""
    users: dict[str, list[str]] = {}
    for record in user_modules:
        for symbol in symbols_of(record):
            users.setdefault(symbol, []).append(record.file_name)
    return [Problem(symbol, what, "needed by " + ", ".join(names)) for symbol, names in users.items()]
