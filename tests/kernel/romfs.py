"""Writes a romfs image: the simplest file system that Linux mounts from a block device."""

import struct

_DIRECTORY, _FILE = 1, 2


def image(name, data):
    """Makes a file system with one file.

    Args:
      name: name of the file, bytes.
      data: content of the file, bytes.

    Returns:
      bytes, in the format of Documentation/filesystems/romfs.rst.
    """
    volume = _padded(b"test\0")
    root = 16 + len(volume)
    file = root + 32
    entries = _entry(file, _DIRECTORY, root, b".", b"") + _entry(0, _FILE, 0, name, data)
    size = root + len(entries)
    start = struct.pack(">8sII", b"-rom1fs-", size, 0) + volume
    # The 32-bit words of the first 512 bytes have to add up to zero.
    whole = (start + entries).ljust(1024, b"\0")
    return whole[:12] + struct.pack(">I", _complement(whole[:512][: min(size, 512)])) + whole[16:]


def _entry(following, kind, info, name, data):
    header = struct.pack(">IIII", following | kind, info, len(data), 0) + _padded(name + b"\0")
    return header[:12] + struct.pack(">I", _complement(header)) + header[16:] + _padded(data)


def _padded(data):
    return data + bytes(-len(data) % 16)


def _complement(data):
    return -sum(struct.unpack(f">{len(data) // 4}I", data)) & 0xFFFFFFFF
