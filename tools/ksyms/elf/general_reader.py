"""Reads what `fast_reader` reads, from any ELF object that pyelftools can parse.

It is slower by two orders of magnitude, and used only for unusual objects: with extended section numbering (an LTO
object with more than 65,279 sections), or with several symbol tables. It also refuses malformed objects, so it checks
each bound: pyelftools alone would read a truncated string table as shorter names.
"""

import functools
import io
from typing import Any

from elftools.common.exceptions import ELFError
from elftools.construct.core import ConstructError
from elftools.elf.elffile import ELFFile

from ksyms.elf import export_sections, fast_reader
from ksyms.errors import KsymsError

_REBUILD = "build the module again, or remove it from the list"
_STRIPPED = "give the object as it was built; `strip --strip-debug` keeps the symbols"
_SLIM_LTO = (
    "is an object of GCC's LTO without code (`-flto` without `-ffat-lto-objects`), which has no symbols yet",
    "compile it without -flto or with -ffat-lto-objects, or give what LTO makes of it (the .ko)",
)
_SHN_XINDEX = 0xFFFF  # the index is in the SHT_SYMTAB_SHNDX section; pyelftools does not name this value
# What pyelftools raises for malformed objects; not all of these are its own.
_PARSE_ERRORS = (
    ELFError,
    ConstructError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)


class _Refused(Exception):
    """The object is well-formed, but lacks symbols that it should have; the arguments are problem and fix."""


def read(data: bytes, name: str, with_defined: bool = False) -> fast_reader.Symbols:
    """Reads an ELF object.

    Args:
      data: the whole object.
      name: what to call it in errors.
      with_defined: also collect the defined symbols.

    Raises:
      KsymsError: the object is malformed or truncated, its symbols are stripped, or they are not there before LTO.
    """
    try:
        elf = ELFFile(io.BytesIO(data))
        _check_entry_size("a section header", elf["e_shentsize"], elf.structs.Elf_Shdr)
        sections = list(elf.iter_sections())
        names = _strings(data, sections[elf.get_shstrndx()])
        section_names = [names[section["sh_name"] : names.index(0, section["sh_name"])] for section in sections]
        tables = [section for section in sections if section["sh_type"] == "SHT_SYMTAB"]
        if not tables:
            raise _Refused("has no symbol table", _STRIPPED)
        machine = int.from_bytes(data[18:20], "little" if elf.little_endian else "big")
        result = fast_reader.Symbols([], [], [], [], machine=machine)
        labels = []
        for table in tables:
            _check_entry_size("a symbol", table["sh_entsize"], elf.structs.Elf_Sym)
            if fast_reader.is_slim_lto(names, _strings(data, sections[table["sh_link"]])):
                raise _Refused(*_SLIM_LTO)
            if not table.num_symbols():
                raise _Refused("has an empty symbol table", _STRIPPED)
            labels += _read_table(data, sections, section_names, table, result, with_defined)
        result.exported.extend(_exported(data, sections, section_names, labels))
        return result
    except _Refused as error:
        raise KsymsError(name, *error.args) from error
    except _PARSE_ERRORS as error:
        detail = " ".join(str(error).split()) or type(error).__name__
        raise KsymsError(name, f"is a truncated or malformed ELF object ({detail})", _REBUILD) from error


def _contents(data: bytes, section: Any) -> bytes:
    """Returns the bytes of a section; raises ValueError if the file ends before the section."""
    if section["sh_type"] == "SHT_NOBITS":
        raise _Refused(f"has nothing in its section {section.name}", "give the file itself, not its debug information")
    start, size = section["sh_offset"], section["sh_size"]
    if start + size > len(data):
        raise ValueError(f"section {section.name} ends {start + size - len(data)} bytes after the file")
    return data[start : start + size]


def _strings(data: bytes, section: Any) -> bytes:
    if section["sh_type"] != "SHT_STRTAB":
        raise ValueError(f"section {section.name} is not a string table")
    return _contents(data, section)


def _check_entry_size(what: str, size: int, struct: Any) -> None:
    if size != struct.sizeof():
        raise ValueError(f"{what} has {size} bytes instead of {struct.sizeof()}")


def _read_table(
    data: bytes,
    sections: list[Any],
    section_names: list[bytes],
    table: Any,
    result: fast_reader.Symbols,
    with_defined: bool,
) -> list[tuple[bytes, int, int]]:
    """Adds the symbols of a table to `result`; returns those in export sections (export_sections.exports)."""
    strings = _strings(data, sections[table["sh_link"]])
    _contents(data, table)
    relevant = {index for index, name in enumerate(section_names) if export_sections.is_export_section(name)}
    extension = _extension(data, sections, table)
    labels = []
    for number, symbol in enumerate(table.iter_symbols()):
        section = _section_index(extension, number, symbol)
        offset = symbol["st_name"]
        name = strings[offset : strings.index(0, offset)]
        _sort(symbol["st_info"]["bind"], section, name, number < table["sh_info"], result, with_defined)
        if isinstance(section, int) and section in relevant:
            labels.append((name, section, symbol["st_value"] - sections[section]["sh_addr"]))

    return labels


def _exported(
    data: bytes, sections: list[Any], section_names: list[bytes], labels: list[tuple[bytes, int, int]]
) -> list[export_sections.Export]:
    """Returns the exports, given the symbols in export sections."""

    @functools.cache
    def contents(index: int) -> bytes:
        return _contents(data, sections[index])

    try:
        return export_sections.exports(labels, section_names, contents)
    except export_sections.StrippedLabelsError as error:
        raise _Refused(
            f"has exports in its section {error.args[0].decode()}, but not their names", _STRIPPED
        ) from error


def _sort(
    binding: str, section: int | str, name: bytes, among_locals: bool, result: fast_reader.Symbols, with_defined: bool
) -> None:
    """Adds one symbol to the list that it belongs to."""
    if binding == "STB_LOCAL":
        if section == "SHN_UNDEF" and name:
            raise ValueError(f"symbol {ascii(name)[1:]} is undefined and yet local")
    elif among_locals:
        raise ValueError(f"symbol {ascii(name)[1:]} is global and yet among the local ones")
    elif section != "SHN_UNDEF":
        if with_defined:
            result.defined.append(name)
    elif binding == "STB_WEAK":
        result.weak.append(name)
    else:
        result.undefined.append(name)


def _extension(data: bytes, sections: list[Any], table: Any) -> Any:
    """Returns the section with the extended section indexes of a symbol table, or None."""
    for section in sections:
        if section["sh_type"] == "SHT_SYMTAB_SHNDX" and sections[section["sh_link"]] is table:
            if len(_contents(data, section)) < table.num_symbols() * section["sh_entsize"]:
                raise ValueError(f"section {section.name} is shorter than the symbol table")
            return section
    return None


def _section_index(extension: Any, number: int, symbol: Any) -> int | str:
    """Returns the section of a symbol: an index, or "SHN_UNDEF" and the like."""
    index: int | str = symbol["st_shndx"]
    if index != _SHN_XINDEX:
        return index
    if extension is None:
        raise ValueError(f"symbol {number} has SHN_XINDEX but there is no SHT_SYMTAB_SHNDX section")
    extended: int = extension.get_section_index(number)
    return extended or "SHN_UNDEF"
