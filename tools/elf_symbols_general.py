"""Reads what `elf_symbols` reads, from any ELF object that pyelftools can parse.

Slower by two orders of magnitude and used only for the odd object: extended section numbering (an
LTO object with more than 65,279 sections), several symbol tables, foreign entry sizes. It is also where a
malformed object is refused, so each bound is checked: pyelftools alone would read a
truncated string table as shorter names.
"""

import functools
import io

from elftools.common.exceptions import ELFError
from elftools.construct.core import ConstructError
from elftools.elf.elffile import ELFFile

import elf_exports
import elf_symbols
from errors import KsymsError

_REBUILD = "build the module again, or remove it from the list"


def read(data, name, with_defined=False):
    """Reads an ELF object.

    Args:
      data: bytes of the whole object.
      name: what to call it in errors.
      with_defined: also collect the defined symbols.

    Returns:
      elf_symbols.Symbols.

    Raises:
      KsymsError: the object is malformed or truncated, or has no symbol table.
    """
    try:
        elf = ELFFile(io.BytesIO(data))
        sections = list(elf.iter_sections())
        tables = [section for section in sections if section["sh_type"] == "SHT_SYMTAB"]
        if not tables:
            raise KsymsError(
                name, "has no symbol table", "give the object as it was built; `strip --strip-debug` keeps the table"
            )
        result = elf_symbols.Symbols([], [], [], [])
        for table in tables:
            _read_table(data, sections, table, result, with_defined)
        return result
    except (ELFError, ConstructError, ValueError, KeyError, AttributeError, TypeError, IndexError, OverflowError) as error:
        detail = " ".join(str(error).split()) or type(error).__name__
        raise KsymsError(name, f"is a truncated or malformed ELF object ({detail})", _REBUILD) from error


def _contents(data, section):
    """A section's bytes; ValueError when the file ends before the section does."""
    start, size = section["sh_offset"], section["sh_size"]
    if start + size > len(data):
        raise ValueError(f"section {section.name} ends {start + size - len(data)} bytes after the file")
    return data[start : start + size]


def _read_table(data, sections, table, result, with_defined):
    strings = _contents(data, sections[table["sh_link"]])
    _contents(data, table)
    section_names = [section.name.encode("latin-1", "replace") for section in sections]
    relevant = {index for index, name in enumerate(section_names) if elf_exports.is_export_section(name)}
    extension = next(
        (
            section
            for section in sections
            if section["sh_type"] == "SHT_SYMTAB_SHNDX" and sections[section["sh_link"]] is table
        ),
        None,
    )
    labels = []
    for number, symbol in enumerate(table.iter_symbols()):
        section = _section_index(extension, number, symbol)
        offset = symbol["st_name"]
        name = strings[offset : strings.index(0, offset)]
        binding = symbol["st_info"]["bind"]
        if section == "SHN_UNDEF":
            if binding == "STB_WEAK":
                result.weak.append(name)
            elif number:  # the first entry is no symbol
                result.undefined.append(name)
        elif binding != "STB_LOCAL" and with_defined:
            result.defined.append(name)
        if section in relevant:
            labels.append((name, section, symbol["st_value"] - sections[section]["sh_addr"]))
    contents = functools.cache(lambda index: _contents(data, sections[index]))
    result.exported.extend(elf_exports.exports(labels, section_names, contents))


def _section_index(extension, number, symbol):
    """The symbol's section: an index, or "SHN_UNDEF" and the like."""
    index = symbol["st_shndx"]
    if index != "SHN_XINDEX":
        return index
    if extension is None:
        raise ValueError(f"symbol {number} has SHN_XINDEX but there is no SHT_SYMTAB_SHNDX section")
    return extension.get_section_index(number)
