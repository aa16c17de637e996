"""Writes kernel modules for tests, with `EXPORT_SYMBOL`s in each of the forms that the kernel has used.

See include/linux/export.h and include/linux/export-internal.h of Linux 6.1 and 6.12.
"""

import struct
from typing import NamedTuple

from tests.elf_files import elf_files
from tests.elf_files.elf_files import Section, Symbol

# Forms of exports: in an .o up to Linux 6.3, in a .ko of any version, and in an .o from 6.4 on.
SECTION_EACH, LINKED, EXPORT_SYMBOL = "section_each", "linked", "export_symbol"
EXPORT_FORMS = (SECTION_EACH, LINKED, EXPORT_SYMBOL)

PKCS7 = 2  # id_type of signatures

_ENTRY = bytes(12)  # struct kernel_symbol with relative references, before relocation


class Export(NamedTuple):
    """An `EXPORT_SYMBOL`; licence is "GPL" for `EXPORT_SYMBOL_GPL`, otherwise empty."""

    name: bytes
    licence: bytes = b""
    namespace: bytes = b""


def write(undefined=(), weak=(), defined=(), exports=(), form=LINKED, layout=elf_files.X86_64, **options):
    """Writes a module.

    Args:
      undefined: names of undefined global symbols.
      weak: names of undefined weak symbols.
      defined: names of further global symbols that the module defines.
      exports: iterable of Export; their symbols are defined too.
      form: form of the exports: SECTION_EACH, LINKED or EXPORT_SYMBOL.
      layout: elf_files.Layout.
      **options: see elf_files.write.

    Returns:
      bytes of the module.
    """
    exports = list(exports)
    sections, labels = export_sections(exports, form, first=2)
    symbols = [*labels]
    symbols += [Symbol(name, section=1) for name in defined]
    symbols += [Symbol(export.name, section=1) for export in exports]
    symbols += [Symbol(name) for name in undefined]
    symbols += [Symbol(name, elf_files.WEAK) for name in weak]
    return elf_files.write(symbols, [Section(b".text", bytes(16)), *sections], layout, **options)


def signature(id_type=PKCS7):
    """What scripts/sign-file appends to a module: signature, struct module_signature, magic (module_signature.h)."""
    contents = bytes(16)
    return contents + struct.pack(">BBBBBxxxI", 0, 0, id_type, 0, 0, len(contents)) + b"~Module signature appended~\n"


def vmlinux(exports, address=0xFFFF800008000000):
    """Writes a vmlinux.

    Args:
      exports: list of Export.
      address: where its sections are linked; the values of symbols are addresses, not offsets.

    Returns:
      bytes of an executable of X86_64.
    """
    sections, labels = export_sections(exports, LINKED, first=2)
    symbols = [label._replace(value=address + label.value) for label in labels]
    symbols += [Symbol(export.name, section=1, value=address) for export in exports]
    data = elf_files.write(symbols, [Section(b".text", bytes(16)), *sections], object_type=elf_files.EXECUTABLE)
    for index in range(1, 2 + len(sections)):
        data = elf_files.with_section_field(data, index, elf_files.SECTION_ADDRESS, address)
    return data


def export_sections(exports, form, first):
    """Returns the sections and labels of exports.

    Args:
      exports: list of Export.
      form: see write.
      first: index of the first section.

    Returns:
      ([Section], [Symbol]); all symbols are local.
    """
    if not exports:
        return [], []
    if form == EXPORT_SYMBOL:
        return _export_symbol(exports, first)
    sections, labels = (_section_each if form == SECTION_EACH else _linked)(exports, first)
    strings = b""
    for name, _, namespace in exports:
        labels.append(_label(b"__kstrtab_" + name, first + len(sections), len(strings)))
        labels.append(_label(b"__kstrtabns_" + name, first + len(sections), len(strings) + len(name) + 1))
        strings += name + b"\0" + namespace + b"\0"
    return [*sections, Section(b"__ksymtab_strings", strings)], labels


def _label(name, section, offset):
    return Symbol(name, elf_files.LOCAL, section, offset)


def _section_each(exports, first):
    """`___ksymtab+SYM` and `___ksymtab_gpl+SYM`."""
    sections, labels = [], []
    for index, (name, licence, _) in enumerate(exports, first):
        sections.append(Section((b"___ksymtab_gpl+" if licence else b"___ksymtab+") + name, _ENTRY))
        labels.append(_label(b"__ksymtab_" + name, index, 0))
    return sections, labels


def _linked(exports, first):
    """`__ksymtab` and `__ksymtab_gpl`, as scripts/module.lds.S collects them."""
    contents = [b"", b""]
    labels = []
    for name, licence, _ in exports:
        gpl = bool(licence)
        labels.append(_label(b"__ksymtab_" + name, first + gpl, len(contents[gpl])))
        contents[gpl] += _ENTRY
    return [Section(b"__ksymtab", contents[0]), Section(b"__ksymtab_gpl", contents[1])], labels


def _export_symbol(exports, first):
    """`.export_symbol`: licence, namespace and an aligned reference, one after the other."""
    contents, labels = b"", []
    for name, licence, namespace in exports:
        labels.append(_label(b"__export_symbol_" + name, first, len(contents)))
        contents += licence + b"\0" + namespace + b"\0"
        contents += bytes(-len(contents) % 8 + 8)
    return [Section(b".export_symbol", contents)], labels
