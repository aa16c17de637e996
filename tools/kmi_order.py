"""The order of KMI symbol lists, as Kleaf's extract_symbols sorts them (since Android 14)."""


def key(symbol):
    """Sort key of a symbol (str): case and underscores do not count.

    Names that are then equal are in the order of their characters: capitals, `_`, small letters.
    """
    return symbol.lower().replace("_", ""), symbol


def ordered(symbols):
    """Returns the symbols (iterable of str) as a list in KMI order, each once."""
    return sorted(set(symbols), key=key)
