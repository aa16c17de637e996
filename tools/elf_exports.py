"""Finds the `EXPORT_SYMBOL`s of an object from its special sections, whoever parsed the ELF.

Up to Linux 6.3 an export is a label `__ksymtab_SYM` in `___ksymtab+SYM` or `___ksymtab_gpl+SYM` (`__ksymtab`
and `__ksymtab_gpl` once linked), with its namespace at `__kstrtabns_SYM`; so it is in the `.ko` and
vmlinux of every version. From 6.4 on, an `.o` has `__export_symbol_SYM` in `.export_symbol` instead: licence
and namespace, each NUL-terminated. See include/linux/export.h and export-internal.h.
"""

from typing import NamedTuple

# The names of an object's sections, one after the other, have one of these if any `is_export_section`.
SECTION_MARKS = (b"__ksymtab", b".export_symbol")

_KSYMTAB = b"__ksymtab_"
_NAMESPACE = b"__kstrtabns_"
_EXPORT_SYMBOL = b"__export_symbol_"
_GPL_SECTIONS = (b"__ksymtab_gpl", b"___ksymtab_gpl")


class Export(NamedTuple):
    """One `EXPORT_SYMBOL` of an object.

    Attributes:
      name: the symbol.
      licence: "GPL" for `EXPORT_SYMBOL_GPL`, otherwise empty.
      namespace: of `EXPORT_SYMBOL_NS`, empty for none.
    """

    name: bytes
    licence: bytes = b""
    namespace: bytes = b""


def is_export_section(name):
    """Whether a section can hold a label that `exports` looks for."""
    return name.startswith((b"__ksymtab", b"___ksymtab")) or name == b".export_symbol"


def exports(labels, section_names, section_bytes):
    """Puts the exports together.

    Args:
      labels: (name, section index, offset in the section) of each symbol in an export section.
      section_names: names by section index.
      section_bytes: function from a section index to the section's contents.

    Returns:
      [Export], in the order of `labels`.

    Raises:
      ValueError: a licence or namespace is not inside its section.
    """
    found, namespaces = [], {}
    licences = [b"GPL" if _is_gpl(name) else b"" for name in section_names]
    for name, section, offset in labels:
        if name.startswith(_KSYMTAB):
            found.append(Export(name[len(_KSYMTAB) :], licences[section]))
        elif name.startswith(_NAMESPACE):
            contents = section_bytes(section)
            if contents[offset : offset + 1] != b"\0":  # most are in no namespace
                (namespaces[name[len(_NAMESPACE) :]],) = _strings(contents, offset, 1)
        elif name.startswith(_EXPORT_SYMBOL):
            licence, namespace = _strings(section_bytes(section), offset, 2)
            found.append(Export(name[len(_EXPORT_SYMBOL) :], licence, namespace))
    if not namespaces:
        return found
    return [
        export._replace(namespace=namespaces[export.name]) if export.name in namespaces else export for export in found
    ]


def _is_gpl(section):
    return section in _GPL_SECTIONS or section.startswith(b"___ksymtab_gpl+")


def _strings(data, offset, count):
    """`count` NUL-terminated strings from `offset` on; ValueError if they do not end in `data`."""
    strings = []
    for _ in range(count):
        end = data.index(0, offset)
        if not 0 <= offset <= end:
            raise ValueError(f"no string at offset {offset} of {len(data)} bytes")
        strings.append(data[offset:end])
        offset = end + 1
    return strings
