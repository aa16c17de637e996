"""Reads the symbols of a module file, whatever its container: an ELF object, or an `ar` archive of some."""

import os

import ar_archive
import elf_symbols
from errors import KsymsError

_ELF_MAGIC = b"\x7fELF"
_BYTE_ORDERS = {b"\x01": "little", b"\x02": "big"}  # by EI_DATA
_ET_REL = 1
_LINKED = (2, 3)  # ET_EXEC, ET_DYN
_HEADER_SIZE = 64
# At the end of a signed module: struct module_signature, then this (include/linux/module_signature.h).
_SIGNATURE_MAGIC = b"~Module signature appended~\n"
_SIGNATURE_SIZE = 12
_ID_TYPE_AT, _PKCS7 = 2, 2
_DECOMPRESS = "decompress it first (`{}`)"
# Formats that are recognised and refused: magic number, what it is, what to do.
_REFUSED = (
    (b"BC\xc0\xde", "LLVM bitcode", "give the object as it is after LTO (the .ko), or build the modules without LTO"),
    (b"\xde\xc0\x17\x0b", "wrapped LLVM bitcode", "give the object as it is after LTO (the .ko)"),
    (b"\x1f\x8b", "compressed with gzip", _DECOMPRESS.format("gunzip")),
    (b"\xfd7zXZ\x00", "compressed with xz", _DECOMPRESS.format("unxz")),
    (b"\x28\xb5\x2f\xfd", "compressed with zstd", _DECOMPRESS.format("unzstd")),
    (b"BZh", "compressed with bzip2", _DECOMPRESS.format("bunzip2")),
    (ar_archive.MAGIC, "an archive inside an archive", "give the inner archive's members"),
    (ar_archive.THIN_MAGIC, "a thin archive inside an archive", "give the inner archive's members"),
)


def read(path):
    """Reads a module's symbols.

    Args:
      path: a relocatable ELF object (`.o`, `.ko`), or an `ar` archive of such, also a thin one.

    Returns:
      elf_symbols.Symbols. Of an archive: of its members together, as if linked with `ld -r`, so what
      one member needs and another defines is not undefined.

    Raises:
      KsymsError: the file is missing, of another format, malformed or truncated.
    """
    with _Opened(path) as file:
        header = os.pread(file, _HEADER_SIZE, 0)
        if header.startswith((ar_archive.MAGIC, ar_archive.THIN_MAGIC)):
            return _read_archive(path, file)
        size = os.fstat(file).st_size
        return _read_relocatable(file, 0, size, path, header)._replace(signed=_is_signed(file, size))


def read_linked(path):
    """Reads the symbols of vmlinux, or of any other ELF object; returns and raises as `read` does."""
    with _Opened(path) as file:
        return _read_elf(file, 0, os.fstat(file).st_size, path, os.pread(file, _HEADER_SIZE, 0))


class _Opened:
    """Opens a file; gives its descriptor. Failures are those of `name`, by default its path."""

    def __init__(self, path, name=None, fix="build it, or remove it from the list"):
        self._path, self._name, self._fix = path, name or path, fix

    def __enter__(self):
        try:
            self._file = os.open(self._path, os.O_RDONLY)
        except OSError as error:
            raise self._failure(error, self._fix) from error
        return self._file

    def __exit__(self, kind, error, traceback):
        os.close(self._file)
        if isinstance(error, OSError):
            raise self._failure(error, "give a module file") from error

    def _failure(self, error, fix):
        return KsymsError(self._name, f"cannot be read ({error.strerror})", fix)


def _read_relocatable(file, base, size, name, header, with_defined=False):
    _check_type(name, header)
    return _read_elf(file, base, size, name, header, with_defined)


def _read_elf(file, base, size, name, header, with_defined=False):
    """Reads the object on the hot path, or else with the general reader."""
    if not header.startswith(_ELF_MAGIC):
        raise _not_elf(name, header)
    try:
        return elf_symbols.read(file, base, size, header, with_defined)
    except elf_symbols.Irregular:
        # Imported here: pyelftools takes longer to load than most runs take in all.
        import elf_symbols_general  # pylint: disable=g-import-not-at-top

        return elf_symbols_general.read(os.pread(file, size, base), name, with_defined)


def _is_signed(file, size):
    """Whether `modinfo -F sig_id` would say PKCS#7, the only kind of signature that kernels append."""
    end = os.pread(
        file, _SIGNATURE_SIZE + len(_SIGNATURE_MAGIC), max(0, size - _SIGNATURE_SIZE - len(_SIGNATURE_MAGIC))
    )
    return end.endswith(_SIGNATURE_MAGIC) and end[_ID_TYPE_AT] == _PKCS7


def _check_type(name, header):
    """Refuses a linked object; what is no ELF object, or too short or odd to tell, is left to the readers."""
    order = _BYTE_ORDERS.get(header[5:6])
    if order is None or len(header) < 18 or not header.startswith(_ELF_MAGIC):
        return
    elf_type = int.from_bytes(header[16:18], order)
    if elf_type != _ET_REL:
        what = "linked" if elf_type in _LINKED else f"of ELF type {elf_type}"
        raise KsymsError(name, f"is {what}, not a relocatable ELF object", "give the module's .ko or .o")


def _not_elf(name, header):
    if not header:
        return KsymsError(name, "is empty", "build the module again, or remove it from the list")
    for magic, what, fix in _REFUSED:
        if header.startswith(magic):
            return KsymsError(name, f"is {what}, not an ELF object", fix)
    return KsymsError(
        name, f"is no ELF object or ar archive (starts with {header[:4].hex(' ')})", "give the module's .ko, .o or .a"
    )


def _read_archive(path, file):
    """Reads all members and resolves them against each other."""
    members = ar_archive.members(path, os.pread(file, os.fstat(file).st_size, 0))
    if not members:
        raise KsymsError(path, "is an archive without members", "add the module's objects, or remove it from the list")
    parts = [_read_member(path, file, member) for member in members]
    defined = {name for part in parts for name in part.defined}
    undefined = [name for part in parts for name in part.undefined if name not in defined]
    resolved = defined.union(undefined)  # a symbol that another member needs more than weakly is no weak one
    weak = [name for part in parts for name in part.weak if name not in resolved]
    return elf_symbols.Symbols(undefined, weak, [export for part in parts for export in part.exported], [])


def _read_member(path, archive, member):
    name = f"{path}({member.name})"
    if member.path == path:
        header = os.pread(archive, min(_HEADER_SIZE, member.size), member.offset)
        return _read_relocatable(archive, member.offset, member.size, name, header, with_defined=True)
    with _Opened(member.path, name, f"make {member.path} an input too, or use an archive that is not thin") as file:
        header = os.pread(file, _HEADER_SIZE, 0)
        return _read_relocatable(file, 0, os.fstat(file).st_size, name, header, with_defined=True)
