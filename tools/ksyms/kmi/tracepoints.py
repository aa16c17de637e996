"""The two symbols of an exported tracepoint, which belong together in a KMI symbol list.

The full types of `__traceiter_X` let ABI tools see changes of the tracepoint that `__tracepoint_X` hides.
"""

_TRACEPOINT, _TRACEITER = "__tracepoint_", "__traceiter_"


def traceiter(symbol: str) -> str:
    """Returns the `__traceiter_X` that extract_symbols adds for a `__tracepoint_X`; nothing for other symbols."""
    return symbol.replace(_TRACEPOINT, _TRACEITER) if symbol.startswith(_TRACEPOINT) else ""


def counterpart(symbol: str) -> str:
    """Returns what has to be listed beside a `__tracepoint_X` or a `__traceiter_X`; nothing for other symbols."""
    if symbol.startswith(_TRACEPOINT):
        return _TRACEITER + symbol[len(_TRACEPOINT) :]
    if symbol.startswith(_TRACEITER):
        return _TRACEPOINT + symbol[len(_TRACEITER) :]
    return ""
