"""Writes `ar` archives for tests: GNU, BSD and thin, with the layout of the real tools, byte for byte."""

_MAGIC, _THIN_MAGIC = b"!<arch>\n", b"!<thin>\n"
_SHORT_NAME = 15  # with the closing slash it fills the header's field


def gnu(members, symbol_table=None):
    """A GNU archive.

    Args:
      members: {name (bytes): contents (bytes)}.
      symbol_table: contents of the first member `/`, which `ar s` makes; None for an archive without one.
    """
    names, long_names = _gnu_names(members, _SHORT_NAME)
    parts = [_MAGIC, *_tables(symbol_table, long_names)]
    parts += [_member(names[name], contents) for name, contents in members.items()]
    return b"".join(parts)


def thin(members, symbol_table=None):
    """A thin archive; arguments as in `gnu`, but the names are paths, and only the size of the contents is used."""
    names, long_names = _gnu_names(members, 0)
    parts = [_THIN_MAGIC, *_tables(symbol_table, long_names)]
    parts += [_header(names[name], len(contents)) for name, contents in members.items()]
    return b"".join(parts)


def bsd(members, symbol_table=None):
    """A BSD archive (macOS), with each name before its member's contents; arguments as in `gnu`."""
    tables = {} if symbol_table is None else {b"__.SYMDEF SORTED": symbol_table}
    parts = [_MAGIC]
    for name, contents in (tables | members).items():
        padded = name + bytes(-len(name) % 4)
        parts.append(_member(b"#1/%d" % len(padded), padded + contents))
    return b"".join(parts)


def _gnu_names(members, longest):
    """Returns the header name of each member, and the table of the names that are too long for a header."""
    table, names = b"", {}
    for name in members:
        if len(name) <= longest:
            names[name] = name + b"/"
        else:
            names[name] = b"/%d" % len(table)
            table += name + b"/\n"
    return names, table


def _tables(symbol_table, long_names):
    if symbol_table is not None:
        yield _member(b"/", symbol_table)
    if long_names:
        yield _member(b"//", long_names)


def _member(name, contents):
    return _header(name, len(contents)) + contents + b"\n" * (len(contents) % 2)


def _header(name, size):
    return b"%-16s%-12d%-6d%-6d%-8s%-10d`\n" % (name, 0, 0, 0, b"100644", size)
