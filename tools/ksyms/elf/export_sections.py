"""Finds the `EXPORT_SYMBOL`s of an object in its special sections, for both ELF readers.

Up to Linux 6.3 an export is a label `__ksymtab_SYM` in the section `___ksymtab+SYM` or `___ksymtab_gpl+SYM`
(`__ksymtab` and `__ksymtab_gpl` once linked), with its namespace at `__kstrtabns_SYM`. The `.ko` files and vmlinux of
later versions have the same. From 6.4 on, a `.o` file has `__export_symbol_SYM` in `.export_symbol` instead: licence
and namespace, each NUL-terminated. See include/linux/export.h and include/linux/export-internal.h.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import NamedTuple

# If any section `is_export_section`, one of these is in the string of all section names.
SECTION_MARKS = (b"__ksymtab", b".export_symbol")

_KSYMTAB = b"__ksymtab_"
_NAMESPACE = b"__kstrtabns_"
_EXPORT_SYMBOL = b"__export_symbol_"
_STRINGS_SECTION = b"__ksymtab_strings"
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


class StrippedLabelsError(ValueError):
    """A section has exports and no label: labels are local symbols, which `strip --strip-unneeded` removes."""


def is_export_section(name: bytes) -> bool:
    """Whether a section can have a label that `exports` looks for."""
    return name.startswith((b"__ksymtab", b"___ksymtab")) or name == b".export_symbol"


def exports(
    labels: Iterable[tuple[bytes, int, int]], section_names: Sequence[bytes], section_bytes: Callable[[int], bytes]
) -> list[Export]:
    """Puts the exports together.

    Args:
      labels: (name, section index, offset in the section in bytes) of each symbol in an export section.
      section_names: names by section index.
      section_bytes: function from a section index to the section's contents.

    Returns:
      The exports, in the order of `labels`.

    Raises:
      StrippedLabelsError: a section has exports and no label; its argument is the section's name.
      ValueError: a licence or namespace is not inside its section.
    """
    found: list[Export] = []
    namespaces: dict[bytes, bytes] = {}
    licences: dict[int, bytes] = {}  # of the sections that have a label
    for name, section, offset in labels:
        if name.startswith(_KSYMTAB):
            if section not in licences:
                licences[section] = b"GPL" if _is_gpl(section_names[section]) else b""
            found.append(Export(name[len(_KSYMTAB) :], licences[section]))
        elif name.startswith(_NAMESPACE):
            contents = section_bytes(section)
            if contents[offset : offset + 1] != b"\0":  # most are in no namespace
                (namespaces[name[len(_NAMESPACE) :]],) = _strings(contents, offset, 1)
        elif name.startswith(_EXPORT_SYMBOL):
            licence, namespace = _strings(section_bytes(section), offset, 2)
            licences[section] = b""
            found.append(Export(name[len(_EXPORT_SYMBOL) :], licence, namespace))
    _require_labels(section_names, licences, section_bytes)
    if not namespaces:
        return found
    return [
        export._replace(namespace=namespaces[export.name]) if export.name in namespaces else export for export in found
    ]


def _require_labels(
    section_names: Iterable[bytes], labelled: Collection[int], section_bytes: Callable[[int], bytes]
) -> None:
    """Raises StrippedLabelsError if a section has exports, and is not among the `labelled` ones."""
    for index, name in enumerate(section_names):
        if index not in labelled and _has_entries(name) and section_bytes(index):
            raise StrippedLabelsError(name)


def _has_entries(section: bytes) -> bool:
    """Whether each export of a section has a label there."""
    return section == b".export_symbol" or (
        section.startswith((b"__ksymtab", b"___ksymtab")) and section != _STRINGS_SECTION
    )


def _is_gpl(section: bytes) -> bool:
    return section in _GPL_SECTIONS or section.startswith(b"___ksymtab_gpl+")


def _strings(data: bytes, offset: int, count: int) -> list[bytes]:
    """Returns `count` NUL-terminated strings from `offset` on; raises ValueError if they do not end in `data`."""
    strings = []
    for _ in range(count):
        end = data.index(0, offset)
        if not 0 <= offset <= end:
            raise ValueError(f"no string at offset {offset} of {len(data)} bytes")
        strings.append(data[offset:end])
        offset = end + 1
    return strings
