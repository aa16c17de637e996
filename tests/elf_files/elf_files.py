"""Writes ELF objects for tests, of any class and byte order, with the caller's sections and symbols.

An object has the caller's sections at the indexes 1, 2, …, then each symbol table with its string table, and
last the section names. It has nothing that readers of symbols ignore, such as code and relocations.
"""

import dataclasses
import struct
from typing import NamedTuple

# Symbol bindings.
LOCAL, GLOBAL, WEAK = 0, 1, 2
# Section indexes of symbols that are in no section; negative, because 0xFFF1 can be a real section too.
UNDEFINED, ABSOLUTE, COMMON = 0, -15, -14
# Object types.
RELOCATABLE, EXECUTABLE, SHARED = 1, 2, 3

_PROGBITS, _SYMTAB, _STRTAB, _SYMTAB_SHNDX = 1, 2, 3, 18
_RESERVED = 0xFF00  # section indexes from here on need extended numbering
_EXTENDED = 0xFFFF
_ALIGNMENT = 8


class Symbol(NamedTuple):
    """A symbol; undefined and global by default."""

    name: bytes
    binding: int = GLOBAL
    section: int = UNDEFINED
    value: int = 0


class Section(NamedTuple):
    """A section."""

    name: bytes
    data: bytes = b""
    kind: int = _PROGBITS
    link: int = 0
    info: int = 0
    entry_size: int = 0


@dataclasses.dataclass(frozen=True)
class Layout:
    """An ELF class and byte order."""

    ident: bytes
    machine: int
    header: struct.Struct
    section: struct.Struct
    symbol: struct.Struct
    value_first: bool  # a symbol's value and size come before its info and section
    index: struct.Struct


def _layout(ident, machine, order, header, section, symbol):
    return Layout(
        b"\x7fELF" + ident + b"\x01" + bytes(9),
        machine,
        struct.Struct(order + header),
        struct.Struct(order + section),
        struct.Struct(order + symbol),
        symbol.endswith("H"),
        struct.Struct(order + "I"),
    )


# Fields of a section header of X86_64: (offset, struct format).
SECTION_TYPE, SECTION_ADDRESS, SECTION_OFFSET, SECTION_SIZE = (4, "<I"), (16, "<Q"), (24, "<Q"), (32, "<Q")
SECTION_LINK, SECTION_INFO, SECTION_ENTRY_SIZE = (40, "<I"), (44, "<I"), (56, "<Q")

_ELF32 = ("16sHHIIIIIHHHHHH", "10I", "IIIBBH")
_ELF64 = ("16sHHIQQQIHHHHHH", "IIQQQQIIQQ", "IBBHQQ")
I386 = _layout(b"\x01\x01", 3, "<", *_ELF32)
POWERPC = _layout(b"\x01\x02", 20, ">", *_ELF32)
X86_64 = _layout(b"\x02\x01", 62, "<", *_ELF64)
S390X = _layout(b"\x02\x02", 22, ">", *_ELF64)
LAYOUTS = {"elf32_little": I386, "elf32_big": POWERPC, "elf64_little": X86_64, "elf64_big": S390X}


def write(symbols, sections=(), layout=X86_64, object_type=RELOCATABLE, more_tables=(), headers_first=False):
    """Writes an object.

    Args:
      symbols: iterable of Symbol; written in this order, but with the local ones first, as ELF requires.
      sections: sequence of Section.
      layout: Layout.
      object_type: RELOCATABLE, EXECUTABLE or SHARED.
      more_tables: iterables of Symbol, one for each further symbol table.
      headers_first: whether the section headers precede the sections' contents.

    Returns:
      bytes of the object. With more than 65,279 sections its numbering is extended: e_shnum is 0 and
      each symbol table has an SHT_SYMTAB_SHNDX section.
    """
    tables = [symbols, *more_tables]
    extended = 1 + len(sections) + 2 * len(tables) + 1 >= _RESERVED
    everything = [Section(b"", kind=0), *sections]
    for table in tables:
        everything += _table_sections(table, len(everything), layout, extended)
    everything.append(Section(b".shstrtab", kind=_STRTAB))
    names, name_bytes = _string_table(section.name for section in everything)
    everything[-1] = everything[-1]._replace(data=name_bytes)
    return _assemble(everything, names, layout, object_type, headers_first)


def with_section_field(data, section, field, value):
    """Returns an object of X86_64 with a SECTION_ field changed in the header of the section with this index."""
    offset, form = field
    (headers_at,) = struct.unpack_from("<Q", data, 40)
    changed = bytearray(data)
    struct.pack_into(form, changed, headers_at + section * X86_64.section.size + offset, value)
    return bytes(changed)


def _table_sections(symbols, index, layout, extended):
    """Yields a symbol table at this section index, its string table, and its extended indexes if needed."""
    ordered = [Symbol(b"", LOCAL)]
    ordered += sorted(symbols, key=lambda symbol: symbol.binding != LOCAL)
    names, name_bytes = _string_table(symbol.name for symbol in ordered)
    pack, entries = layout.symbol.pack, []
    for name, binding, section, value in ordered:
        short = _EXTENDED if section >= _RESERVED else section & 0xFFFF
        if layout.value_first:
            entries.append(pack(names[name], value, 0, binding << 4, 0, short))
        else:
            entries.append(pack(names[name], binding << 4, 0, short, value, 0))
    local_count = sum(symbol.binding == LOCAL for symbol in ordered)
    yield Section(b".symtab", b"".join(entries), _SYMTAB, index + 1, local_count, layout.symbol.size)
    yield Section(b".strtab", name_bytes, _STRTAB)
    if extended:
        indexes = (symbol.section if symbol.section >= _RESERVED else 0 for symbol in ordered)
        yield Section(b".symtab_shndx", b"".join(map(layout.index.pack, indexes)), _SYMTAB_SHNDX, index, 0, 4)


def _string_table(names):
    """Returns the offset of each name, and the table's bytes."""
    offsets, end = {b"": 0}, 1
    for name in names:
        if name not in offsets:
            offsets[name] = end
            end += len(name) + 1
    return offsets, b"\0".join(offsets) + b"\0"


def _assemble(sections, names, layout, object_type, headers_first):
    """Lays out the sections' contents and headers."""
    headers_size = len(sections) * layout.section.size
    position = layout.header.size + (headers_size if headers_first else 0)
    count, last = len(sections), len(sections) - 1
    contents, headers = [], []
    for number, (name, data, kind, link, info, entry_size) in enumerate(sections):
        if number == 0 and count >= _RESERVED:
            size, link = count, last
        else:
            size = len(data)
        headers.append(
            layout.section.pack(names[name], kind, 0, 0, position, size, link, info, min(number, 1), entry_size)
        )
        padding = -len(data) % _ALIGNMENT
        contents += (data, bytes(padding))
        position += len(data) + padding
    headers_at = layout.header.size if headers_first else position
    short_count, short_last = (0, _EXTENDED) if count >= _RESERVED else (count, last)
    header = layout.header.pack(
        layout.ident, object_type, layout.machine, 1, 0, 0, headers_at, 0,
        layout.header.size, 0, 0, layout.section.size, short_count, short_last,
    )  # fmt: skip
    return b"".join([header, *headers, *contents] if headers_first else [header, *contents, *headers])
