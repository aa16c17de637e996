"""Composes a KMI symbol list as Kleaf's extract_symbols does: which symbols, in which paragraphs."""

import collections
import itertools
from collections.abc import Callable, Collection, Iterable, Mapping, MutableMapping

from ksyms.formats.symbol_list import Paragraph
from ksyms.kmi import order, tracepoints


def count(needs: Mapping[str, Iterable[str]]) -> collections.Counter[str]:
    """Returns how many modules need each symbol; `needs` is {module file name: symbols, each once}."""
    return collections.Counter(itertools.chain.from_iterable(needs.values()))


def add_traceiters(
    needs: MutableMapping[str, Collection[str]],
    counts: collections.Counter[str],
    is_exported: Callable[[str], bool],
) -> None:
    """Adds the `__traceiter_X` of each `__tracepoint_X`.

    Args:
      needs: {module file name: what the module needs, each once}; changed in place.
      counts: result of `count` for these; changed in place.
      is_exported: function from a symbol to whether something exports it.
    """
    traceiters = {
        symbol: traceiter
        for symbol in counts
        if (traceiter := tracepoints.traceiter(symbol)) and is_exported(traceiter)
    }
    for file_name, symbols in needs.items():
        if not traceiters.keys().isdisjoint(symbols):
            new = {traceiters[symbol] for symbol in symbols if symbol in traceiters}.difference(symbols)
            needs[file_name] = [*symbols, *new]
            counts.update(new)


def paragraphs(
    needs: Mapping[str, Iterable[str]],
    counts: collections.Counter[str],
    listed: Collection[str],
    grouping: bool,
    preserved: Collection[str],
    always: Iterable[str],
) -> list[Paragraph]:
    """Puts the symbols of a list into paragraphs.

    Args:
      needs: {module file name: what the module needs}, in the order of their paragraphs.
      counts: result of `count` for these.
      listed: the symbols that may be listed because modules need them.
      grouping: whether symbols that only one module needs are in a paragraph of that module.
      preserved: symbols that stay listed even if no module needs them.
      always: symbols that are listed in any case.

    Returns:
      The paragraphs, some of them empty, with their symbols in KMI order.
    """
    needed = set(listed).intersection(counts)
    common = {symbol for symbol in needed if counts[symbol] > 1 or not grouping}.union(always)
    if not grouping:
        common.update(preserved)
    own = needed - common
    groups = [("commonly used symbols" if grouping else "", common)]
    groups += [(f"required by {file_name}", own.intersection(symbols)) for file_name, symbols in needs.items()]
    groups.append(("preserved by --additions-only", set(preserved) - common - own))
    return [Paragraph(comment, order.ordered(symbols)) for comment, symbols in groups]
