"""Composes a KMI symbol list in libabigail's form, as Kleaf's extract_symbols writes it."""

import collections
import itertools

import kmi_order

_TRACEPOINT, _TRACEITER = "__tracepoint_", "__traceiter_"


def count(needs):
    """How many modules need each symbol, as a collections.Counter; `needs` is {module file name: [str], each once}."""
    return collections.Counter(itertools.chain.from_iterable(needs.values()))


def add_traceiters(needs, counts, is_exported):
    """Adds the `__traceiter_X` of each `__tracepoint_X`, whose full types let ABI tools see changes.

    Args:
      needs: {module file name: [str]}, what each module needs, each once; changed in place.
      counts: result of `count` for these; changed in place.
      is_exported: function from a symbol to whether something exports it.
    """
    traceiters = {
        symbol: traceiter
        for symbol in counts
        if symbol.startswith(_TRACEPOINT) and is_exported(traceiter := symbol.replace(_TRACEPOINT, _TRACEITER))
    }
    for module, symbols in needs.items():
        if not traceiters.keys().isdisjoint(symbols):
            new = {traceiters[symbol] for symbol in symbols if symbol in traceiters}.difference(symbols)
            needs[module] = [*symbols, *new]
            counts.update(new)


def compose(needs, counts, listed, grouping, preserved, always):
    """Writes the list.

    Args:
      needs: {module file name: [str]}, what each module needs, in the order of its sections.
      counts: result of `count` for these.
      listed: set of str, the symbols that may be listed for what modules need.
      grouping: whether symbols of one module only are in a section of that module's.
      preserved: set of str, symbols that stay listed though nothing needs them.
      always: iterable of str, symbols that are listed whoever needs them.

    Returns:
      str
    """
    needed = listed.intersection(counts)
    common = {symbol for symbol in needed if counts[symbol] > 1 or not grouping}.union(always)
    if not grouping:
        common |= preserved
    own = needed - common
    sections = [("# commonly used symbols\n" if grouping else "", common)]
    sections += [(f"\n# required by {module}\n", own.intersection(symbols)) for module, symbols in needs.items()]
    sections.append(("\n# preserved by --additions-only\n", preserved - common - own))
    return "[abi_symbol_list]\n" + "".join(_section(title, symbols) for title, symbols in sections if symbols)


def _section(title, symbols):
    return title + "".join(f"  {symbol}\n" for symbol in kmi_order.ordered(symbols))
