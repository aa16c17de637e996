"""Reads the symbols of a module file: an ELF object, or an `ar` archive of objects."""

import os
from types import TracebackType
from typing import TYPE_CHECKING, Literal

from ksyms.elf import fast_reader
from ksyms.errors import KsymsError, unreadable

if TYPE_CHECKING:
    from ksyms.elf import ar_archive

_ELF_MAGIC = b"\x7fELF"
_BYTE_ORDERS: dict[bytes, Literal["little", "big"]] = {b"\x01": "little", b"\x02": "big"}  # by EI_DATA
_ET_REL = 1
_LINKED = (2, 3)  # ET_EXEC, ET_DYN
_HEADER_SIZE = 64
# At the end of a signed module: struct module_signature, then this (include/linux/module_signature.h).
_SIGNATURE_MAGIC = b"~Module signature appended~\n"
_SIGNATURE_SIZE = 12
_ID_TYPE_AT, _PKCS7 = 2, 2
_DECOMPRESS = "decompress it first (`{}`)"
_AFTER_LTO = (
    "build it without LTO (CONFIG_LTO_NONE=y), or give what LTO makes of it: "
    "the .ko, or from Linux 5.15 on the module's .o"
)
# Formats that are recognised and refused: magic number, what they are, what to do.
_REFUSED = (
    (b"BC\xc0\xde", "LLVM bitcode", _AFTER_LTO),
    (b"\xde\xc0\x17\x0b", "wrapped LLVM bitcode", _AFTER_LTO),
    (b"\x1f\x8b", "compressed with gzip", _DECOMPRESS.format("gunzip")),
    (b"\xfd7zXZ\x00", "compressed with xz", _DECOMPRESS.format("unxz")),
    (b"\x28\xb5\x2f\xfd", "compressed with zstd", _DECOMPRESS.format("unzstd")),
    (b"BZh", "compressed with bzip2", _DECOMPRESS.format("bunzip2")),
    (b"!<", "an archive inside an archive", "give the inner archive's members"),
)


def read(path: str) -> fast_reader.Symbols:
    """Reads a module's symbols.

    Args:
      path: of a relocatable ELF object (`.o`, `.ko`), or of an `ar` archive of these, also a thin one.

    Returns:
      The symbols. Those of an archive are of its members together, as if linked with `ld -r`: what one member needs and
      another defines is not undefined.

    Raises:
      KsymsError: the file is missing, of another format, malformed or truncated, or its symbols are stripped.
    """
    with _Opened(path) as file:
        header = os.pread(file, _HEADER_SIZE, 0)
        if _is_archive(header):
            return _read_archive(path, file)
        size = os.fstat(file).st_size
        symbols = _read_relocatable(file, 0, size, path, header)
        if path.endswith(".ko") and not (symbols.undefined or symbols.weak or symbols.exported):
            _require_symbols(file, size, path, header)
        return symbols._replace(signed=_is_signed(file, size))


def read_linked(path: str) -> fast_reader.Symbols:
    """Reads the symbols of vmlinux, or of any other ELF object; returns and raises what `read` does."""
    with _Opened(path) as file:
        return _read_elf(file, 0, os.fstat(file).st_size, path, os.pread(file, _HEADER_SIZE, 0))


class _Opened:
    """Opens a file and gives its descriptor; errors are about `name`, by default the path."""

    def __init__(self, path: str, name: str = "", fix: str = "build it, or remove it from the list") -> None:
        self._path, self._name, self._fix = path, name or path, fix

    def __enter__(self) -> int:
        try:
            self._file = os.open(self._path, os.O_RDONLY)
        except OSError as error:
            raise unreadable(self._name, error, self._fix) from error
        return self._file

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        os.close(self._file)
        if isinstance(error, OSError):
            raise unreadable(self._name, error, "give a module file") from error


def _read_relocatable(
    file: int, base: int, size: int, name: str, header: bytes, with_defined: bool = False
) -> fast_reader.Symbols:
    _check_type(name, header)
    return _read_elf(file, base, size, name, header, with_defined)


def _require_symbols(file: int, size: int, name: str, header: bytes) -> None:
    """Refuses a `.ko` without any global symbol: modpost defines `__this_module` in each."""
    if not _read_relocatable(file, 0, size, name, header, with_defined=True).defined:
        raise KsymsError(
            name, "has no global symbol, not even `__this_module`", "give the .ko as the kernel's make built it"
        )


def _read_elf(
    file: int, base: int, size: int, name: str, header: bytes, with_defined: bool = False
) -> fast_reader.Symbols:
    """Reads an object on the hot path, or else with the general reader."""
    if not header.startswith(_ELF_MAGIC):
        raise _not_elf(name, header)
    try:
        return fast_reader.read(file, base, size, header, with_defined)
    except fast_reader.Irregular:
        # Imported only here: loading pyelftools takes longer than most runs.
        from ksyms.elf import general_reader

        return general_reader.read(os.pread(file, size, base), name, with_defined)


def _is_signed(file: int, size: int) -> bool:
    """Whether `modinfo -F sig_id` would say PKCS#7, the only kind of signature that kernels append."""
    end = os.pread(
        file, _SIGNATURE_SIZE + len(_SIGNATURE_MAGIC), max(0, size - _SIGNATURE_SIZE - len(_SIGNATURE_MAGIC))
    )
    return end.endswith(_SIGNATURE_MAGIC) and end[_ID_TYPE_AT] == _PKCS7


def _check_type(name: str, header: bytes) -> None:
    """Refuses a linked object; files that are not ELF, too short or unusual are left to the readers."""
    order = _BYTE_ORDERS.get(header[5:6])
    if order is None or len(header) < 18 or not header.startswith(_ELF_MAGIC):
        return
    elf_type = int.from_bytes(header[16:18], order)
    if elf_type != _ET_REL:
        what = "linked" if elf_type in _LINKED else f"of ELF type {elf_type}"
        raise KsymsError(name, f"is {what}, not a relocatable ELF object", "give the module's .ko or .o")


def _not_elf(name: str, header: bytes) -> KsymsError:
    if not header:
        return KsymsError(name, "is empty", "build the module again, or remove it from the list")
    for magic, what, fix in _REFUSED:
        if header.startswith(magic):
            return KsymsError(name, f"is {what}, not an ELF object", fix)
    problem = f"is not an ELF object or ar archive (starts with {header[:4].hex(' ')})"
    return KsymsError(name, problem, "give the module's .ko, .o or .a")


def _is_archive(header: bytes) -> bool:
    if not header.startswith(b"!<"):
        return False
    # Imported only here: most modules are not archives, and small actions are as fast as they start.
    from ksyms.elf import ar_archive

    return header.startswith((ar_archive.MAGIC, ar_archive.THIN_MAGIC))


def _read_archive(path: str, file: int) -> fast_reader.Symbols:
    """Reads all members and resolves them against each other."""
    from ksyms.elf import ar_archive

    members = ar_archive.members(path, os.pread(file, os.fstat(file).st_size, 0))
    if not members:
        raise KsymsError(path, "is an archive without members", "add the module's objects, or remove it from the list")
    parts = [_read_member(path, file, member) for member in members]
    defined = {name for part in parts for name in part.defined}
    undefined = [name for part in parts for name in part.undefined if name not in defined]
    resolved = defined.union(undefined)  # what another member needs more than weakly is not weak
    weak = [name for part in parts for name in part.weak if name not in resolved]
    return fast_reader.Symbols(
        undefined, weak, [export for part in parts for export in part.exported], [], machine=parts[0].machine
    )


def _read_member(path: str, archive: int, member: "ar_archive.Member") -> fast_reader.Symbols:
    name = f"{path}({member.name})"
    if member.path == path:
        header = os.pread(archive, min(_HEADER_SIZE, member.size), member.offset)
        return _read_relocatable(archive, member.offset, member.size, name, header, with_defined=True)
    with _Opened(member.path, name, f"make {member.path} an input too, or use an archive that is not thin") as file:
        header = os.pread(file, _HEADER_SIZE, 0)
        return _read_relocatable(file, 0, os.fstat(file).st_size, name, header, with_defined=True)
