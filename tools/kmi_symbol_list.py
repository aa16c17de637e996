"""Composes a KMI symbol list in libabigail's form, as Kleaf's extract_symbols writes it."""

import collections
import itertools

import kmi_order

# In every list of Android 15's extract_symbols: `module_layout` is exported even when trimming, and
# `__put_task_struct` keeps `struct task_struct` in the ABI. Later ones have more.
ALWAYS = ("module_layout", "__put_task_struct")
_TRACEPOINT, _TRACEITER = "__tracepoint_", "__traceiter_"


def with_traceiters(needs, is_exported):
    """Adds the `__traceiter_X` of each `__tracepoint_X`, whose full types let ABI tools see changes.

    Args:
      needs: {module file name: set of str}, what each module needs.
      is_exported: function from a symbol to whether something exports it.

    Returns:
      {module file name: set of str}, in the same order.
    """
    # Looked for once in the union: modules need the same few thousand symbols again and again.
    traceiters = {
        symbol: symbol.replace(_TRACEPOINT, _TRACEITER)
        for symbol in set().union(*needs.values())
        if symbol.startswith(_TRACEPOINT)
    }
    return {
        module: symbols
        if symbols.isdisjoint(traceiters)
        else symbols.union(filter(is_exported, map(traceiters.get, symbols & traceiters.keys())))
        for module, symbols in needs.items()
    }


def compose(needs, grouping, preserved, always=ALWAYS):
    """Writes the list.

    Args:
      needs: {module file name: set of str}, the symbols to list for each module, in the order of its sections.
      grouping: whether symbols of one module only are in a section of that module's.
      preserved: set of str, symbols that stay listed though nothing needs them.
      always: symbols that are listed whoever needs them.

    Returns:
      str
    """
    counts = collections.Counter(itertools.chain.from_iterable(needs.values()))
    common = {symbol for symbol, count in counts.items() if count > 1 or not grouping}.union(always)
    if not grouping:
        common |= preserved
    sections = [("# commonly used symbols\n" if grouping else "", common)]
    sections += [(f"\n# required by {module}\n", symbols - common) for module, symbols in needs.items()]
    sections.append(("\n# preserved by --additions-only\n", preserved.difference(common, *needs.values())))
    return "[abi_symbol_list]\n" + "".join(_section(title, symbols) for title, symbols in sections if symbols)


def _section(title, symbols):
    return title + "".join(f"  {symbol}\n" for symbol in kmi_order.ordered(symbols))
