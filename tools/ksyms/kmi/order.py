"""The order of KMI symbol lists, as Kleaf's extract_symbols sorts them (since Android 14)."""

from collections.abc import Iterable


def key(symbol: str) -> tuple[str, str]:
    """Sort key of a symbol: case and underscores are ignored.

    Symbols that are then equal are in the order of their characters: capitals, `_`, small letters.
    """
    return symbol.lower().replace("_", ""), symbol


def ordered(symbols: Iterable[str]) -> list[str]:
    """Returns the symbols in KMI order, each once."""
    return sorted(set(symbols), key=key)
