"""The hot path: reads the symbols of one plain ELF object that matter to the kernel's export trimming.

Only the ELF header, the section headers and their names, the global part of the symbol table and its string table are
read, with `struct`; of an object that exports something also the rest of the symbol table. Anything out of the ordinary
(extended section numbering, several symbol tables, inconsistent headers) raises Irregular and goes to `general_reader`,
where pyelftools reads or refuses it. Both give the same result; tests/differential holds them to it.
"""

import functools
import os
import struct
from collections.abc import Iterable
from typing import NamedTuple

from ksyms.elf import export_sections

_SHT_SYMTAB = 2
_SHT_STRTAB = 3
_SHT_NOBITS = 8
_STB_LOCAL = 0
_STB_GLOBAL = 1
_STB_WEAK = 2
# GCC's LTO: its sections, and the symbol (in the string table) of an object that has no other code.
_LTO_SECTION = b".gnu.lto_"
_SLIM_LTO = b"__gnu_lto_slim\0"


class Symbols(NamedTuple):
    """What an object needs and offers; each list is in the order of the symbol table.

    Attributes:
      undefined: undefined global symbols (`U` of nm); kbuild's `.usyms` files have these.
      weak: undefined weak symbols (`w`, `v` of nm); they do not have these.
      exported: what the object exports.
      defined: global and weak symbols with a definition; collected on request.
      signed: whether a module signature is appended to the file; object_file finds out.
      machine: e_machine of the object, such as 62 for x86-64.
    """

    undefined: list[bytes]
    weak: list[bytes]
    exported: list[export_sections.Export]
    defined: list[bytes]
    signed: bool = False
    machine: int = 0


class Irregular(Exception):
    """The hot path does not read this object; the general reader has to."""


class _Layout(NamedTuple):
    """Formats of one ELF class and byte order, reduced to the fields in use."""

    header: struct.Struct  # e_machine, e_shoff, e_shentsize, e_shnum, e_shstrndx
    section_type: struct.Struct  # sh_type
    section: struct.Struct  # sh_name, sh_type, sh_addr, sh_offset, sh_size, sh_link, sh_info, sh_entsize
    symbol: struct.Struct  # st_name, st_info, st_shndx
    symbol_section: struct.Struct  # st_shndx
    label: struct.Struct  # st_name, st_value


def _layout(order: str, formats: Iterable[str]) -> _Layout:
    return _Layout(*(struct.Struct(order + text) for text in formats))


_ELF32 = ("18xH12xI10xHHH", "4xI32x", "II4xIIIII4xI", "I8xBxH", "14xH", "II8x")
_ELF64 = ("18xH20xQ10xHHH", "4xI56x", "II8xQQQII8xQ", "IBxH16x", "6xH16x", "I4xQ8x")
# By EI_CLASS and EI_DATA, bytes 4 and 5 of the file.
_LAYOUTS = {
    b"\x01\x01": _layout("<", _ELF32),
    b"\x01\x02": _layout(">", _ELF32),
    b"\x02\x01": _layout("<", _ELF64),
    b"\x02\x02": _layout(">", _ELF64),
}


class _Window:
    """An object's bytes: a whole file, or a member's part of an archive."""

    def __init__(self, file: int, base: int, size: int) -> None:
        self._file, self._base, self._size = file, base, size

    def read(self, offset: int, size: int) -> bytes:
        if offset + size > self._size:
            raise Irregular
        data = os.pread(self._file, size, self._base + offset)
        if len(data) != size:
            raise Irregular
        return data


def read(file: int, base: int, size: int, header: bytes, with_defined: bool = False) -> Symbols:
    """Reads an ELF object.

    Args:
      file: an open file descriptor.
      base: where the object starts in it, in bytes: 0, or the place of a member in an archive.
      size: of the object, in bytes.
      header: the first 64 bytes of the object, or all if it has fewer.
      with_defined: also collect the defined symbols.

    Raises:
      Irregular: the object is not a plain one.
    """
    layout = _LAYOUTS.get(header[4:6])
    if layout is None or len(header) < layout.header.size:
        raise Irregular
    window = _Window(file, base, size)
    machine, sections_at, section_size, section_count, names_index = layout.header.unpack_from(header)
    if not 0 <= names_index < section_count or section_size != layout.section.size:
        raise Irregular
    headers = window.read(sections_at, section_count * section_size)
    table_at, table_size, link, first_global = _symbol_table(layout, headers)
    strings = _read_strings(window, layout, headers, link)
    # From the last local symbol on, to see that it is local: no global one is among those that are not read.
    skipped = (first_global - 1) * layout.symbol.size
    section_names = _read_strings(window, layout, headers, names_index)
    if is_slim_lto(section_names, strings):
        raise Irregular
    exporting = any(mark in section_names for mark in export_sections.SECTION_MARKS)
    table = window.read(table_at, table_size) if exporting else window.read(table_at + skipped, table_size - skipped)
    symbols = layout.symbol.iter_unpack(memoryview(table)[skipped:] if exporting else table)
    if next(symbols)[1] >> 4 != _STB_LOCAL:
        raise Irregular
    undefined, weak, defined = _collect(symbols, strings, with_defined)
    exported = _exported(window, layout, headers, section_names, table, strings) if exporting else []
    return Symbols(undefined, weak, exported, defined, machine=machine)


def is_slim_lto(section_names: bytes, symbol_names: bytes) -> bool:
    """Whether an object is what `gcc -flto` makes without `-ffat-lto-objects`: its symbols are known only after LTO.

    Args:
      section_names: string table of the sections.
      symbol_names: string table of the symbols.
    """
    return _LTO_SECTION in section_names and _SLIM_LTO in symbol_names


def _symbol_table(layout: _Layout, headers: bytes) -> tuple[int, int, int, int]:
    """Returns offset, size, section of the string table and first global symbol of the one symbol table."""
    types = [section_type for (section_type,) in layout.section_type.iter_unpack(headers)]
    if types.count(_SHT_SYMTAB) != 1:
        raise Irregular
    fields = layout.section.unpack_from(headers, types.index(_SHT_SYMTAB) * layout.section.size)
    _, _, _, offset, size, link, first_global, symbol_size = fields
    if symbol_size != layout.symbol.size or size % symbol_size or not 0 < first_global <= size // symbol_size:
        raise Irregular
    return offset, size, link, first_global


def _read_strings(window: _Window, layout: _Layout, headers: bytes, index: int) -> bytes:
    position = index * layout.section.size
    if position >= len(headers):
        raise Irregular
    _, section_type, _, offset, size, *_ = layout.section.unpack_from(headers, position)
    if section_type != _SHT_STRTAB:
        raise Irregular
    return window.read(offset, size)


def _collect(
    symbols: Iterable[tuple[int, int, int]], strings: bytes, with_defined: bool
) -> tuple[list[bytes], list[bytes], list[bytes]]:
    """Sorts (name offset, info, section index) into undefined, weak undefined and defined names."""
    undefined: list[bytes] = []
    weak: list[bytes] = []
    defined: list[bytes] = []
    try:
        for name, info, section in symbols:
            if section:  # SHN_UNDEF is 0
                if with_defined and info >> 4 != _STB_LOCAL:
                    defined.append(strings[name : strings.index(0, name)])
            elif info >> 4 == _STB_GLOBAL:
                undefined.append(strings[name : strings.index(0, name)])
            elif info >> 4 == _STB_WEAK:
                weak.append(strings[name : strings.index(0, name)])
            elif name or info >> 4 != _STB_LOCAL:
                raise Irregular
    except ValueError:
        raise Irregular from None  # a name outside the string table
    return undefined, weak, defined


def _exported(
    window: _Window, layout: _Layout, headers: bytes, names: bytes, table: bytes, strings: bytes
) -> list[export_sections.Export]:
    """Returns the exports of an object that has sections for some."""
    sections = list(layout.section.iter_unpack(headers))

    @functools.cache
    def contents(index: int) -> bytes:
        if sections[index][1] == _SHT_NOBITS:
            raise Irregular
        return window.read(*sections[index][3:5])

    labels = []
    try:
        section_names = [names[section[0] : names.index(0, section[0])] for section in sections]
        relevant = {index for index, name in enumerate(section_names) if export_sections.is_export_section(name)}
        # Of all symbols only the section: one in seven is a label.
        for number, (section,) in enumerate(layout.symbol_section.iter_unpack(table)):
            if section in relevant:
                name, value = layout.label.unpack_from(table, number * layout.symbol.size)
                labels.append((strings[name : strings.index(0, name)], section, value - sections[section][2]))
        return export_sections.exports(labels, section_names, contents)
    except ValueError:
        raise Irregular from None  # a string outside its section
