"""Checks of KMI symbol lists against modules, exports and policy; each finds problems and changes nothing."""

import itertools
from typing import NamedTuple

import kmi_order

_THIS_MODULE = "__this_module"
_PAIRS = (("__tracepoint_", "__traceiter_"), ("__traceiter_", "__tracepoint_"))


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


def coverage(users, entries, exported_by_modules):
    """Undefined symbols of modules that no list has and no other module exports.

    Weak undefined symbols may stay unresolved when a module is loaded, so they are no problem.
    """
    listed = {entry.symbol for entry in entries} | exported_by_modules | {_THIS_MODULE}
    what = "is in no symbol list and exported by no other module"
    return _needed(users, lambda record: [symbol for symbol in record.undefined if symbol not in listed], what)


def not_exported(entries, exported):
    """Listed symbols that the kernel, with its own modules, does not export."""
    return [
        Problem(entry.symbol, "is listed but not exported by the kernel", entry.place)
        for entry in entries
        if entry.symbol not in exported
    ]


def denied(entries, deny_lists):
    """Listed symbols that policy forbids, with the reason in each of the deny lists ([{symbol: reason}])."""
    return [
        Problem(entry.symbol, f"is denied: {reasons[entry.symbol]}", entry.place)
        for reasons in deny_lists
        for entry in entries
        if entry.symbol in reasons
    ]


def unpaired_tracepoints(entries):
    """`__tracepoint_X` without `__traceiter_X` in the same list, or the reverse."""
    present = {(entry.file, entry.symbol) for entry in entries}
    return [
        Problem(entry.symbol, f"is listed without {other}{entry.symbol[len(prefix) :]}", entry.place)
        for entry in entries
        for prefix, other in _PAIRS
        if entry.symbol.startswith(prefix) and (entry.file, other + entry.symbol[len(prefix) :]) not in present
    ]


def repeated(entries):
    """Symbols that are listed more than once, in one list or in several."""
    first, problems = {}, []
    for entry in entries:
        known = first.setdefault(entry.symbol, entry)
        if known is not entry:
            problems.append(Problem(entry.symbol, f"is listed again, after {known.place}", entry.place))
    return problems


def unsorted(entries):
    """Symbols that stand before one that extract_symbols would put first."""
    return [
        Problem(entry.symbol, f"is out of order, after {previous.symbol}", entry.place)
        for previous, entry in itertools.pairwise(entries)
        if (previous.file, previous.block) == (entry.file, entry.block)
        and kmi_order.key(entry.symbol) < kmi_order.key(previous.symbol)
    ]


def protected(users, symbols):
    """Symbols that only the kernel's own modules may use, used by others."""
    what = "is protected, for modules of the kernel itself only"
    return _needed(users, lambda record: symbols.intersection([*record.undefined, *record.weak]), what)


def _needed(users, symbols_of, what):
    """A problem for each symbol that `symbols_of` a user has, with all users that need it."""
    modules = {}
    for record in users:
        for symbol in symbols_of(record):
            modules.setdefault(symbol, []).append(record.module)
    return [Problem(symbol, what, "needed by " + ", ".join(names)) for symbol, names in modules.items()]
