"""`.ksyms.jsonl` files: what each module needs and offers.

One JSON object per line and module, in ASCII, in the order of the module files' names:

    {"module":"loop.ko","signed":false,"machine":62,"undefined":["kfree"],"weak":[],"exported":[["api","GPL","NS"]]}

| key | value |
| --- | --- |
| `module` | name of the module file, without folders |
| `signed` | whether a signature is appended to it |
| `machine` | `e_machine` of the ELF object, such as 62 for x86-64 |
| `undefined` | undefined global symbols, sorted by bytes, each once |
| `weak` | undefined weak symbols, likewise |
| `exported` | `[symbol, licence, namespace]`, sorted by bytes; licence is `GPL` or empty, an empty namespace is none |
"""

from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

from ksyms.errors import KsymsError, reading
from ksyms.formats.module_names import module_name

_FIX = "give a file that `ksyms extract` wrote"


class Record(NamedTuple):
    """One line, reduced to what its readers use.

    Attributes:
      file_name: of the module file, such as `snd-hda.ko`.
      signed: whether a signature is appended to it; in Android that makes it a GKI module.
      undefined: undefined global symbols, sorted by bytes, each once.
      weak: undefined weak symbols, likewise.
      exported: symbols, sorted by bytes.
      machine: e_machine of the ELF object.
    """

    file_name: str
    signed: bool
    undefined: list[str]
    weak: list[str]
    exported: list[str]
    machine: int = 0

    @property
    def module_name(self) -> str:
        """The name by which the kernel knows the module, such as `snd_hda`."""
        return module_name(self.file_name)


def line(
    file_name: str,
    signed: bool,
    machine: int,
    undefined: Collection[bytes],
    weak: Collection[bytes],
    exported: Collection[tuple[bytes, bytes, bytes]],
) -> bytes:
    """Returns the line of a module; its symbol names are checked already (symbol_names.check)."""
    return b'{"module":%s,"signed":%s,"machine":%d,"undefined":%s,"weak":%s,"exported":%s}\n' % (
        _string(file_name),
        b"true" if signed else b"false",
        machine,
        _names(undefined),
        _names(weak),
        _exports(exported),
    )


def _names(names: Collection[bytes]) -> bytes:
    """JSON of symbol names, which have nothing that JSON would escape."""
    return b'["%s"]' % b'","'.join(sorted(names)) if names else b"[]"


def _exports(exported: Collection[tuple[bytes, bytes, bytes]]) -> bytes:
    rows = [
        b'["%s","%s",%s]' % (symbol, licence, _string(namespace.decode("ascii", "backslashreplace")))
        for symbol, licence, namespace in sorted(exported)
    ]
    return b"[%s]" % b",".join(rows)


def _string(text: str) -> bytes:
    """JSON of any text. Most texts need no escapes, and importing `json` takes longer than reading a module."""
    if text.isascii() and text.isprintable() and '"' not in text and "\\" not in text:
        return b'"%s"' % text.encode("ascii")
    import json

    return json.dumps(text).encode("ascii")


def read(paths: Iterable[str]) -> list[Record]:
    """Reads files.

    Args:
      paths: of the files.

    Returns:
      The records of all files, sorted by file name.

    Raises:
      KsymsError: a file cannot be read, or `extract` did not write it.
    """
    return sorted((record for path in paths for record in _read(path)), key=lambda record: record.file_name)


def _read(path: str) -> list[Record]:
    import json

    try:
        with reading(path, _FIX), open(path, encoding="ascii") as file:
            # Line by line: what is not kept of a line is still in the processor's cache when it is freed.
            found = [_record(json.loads(text)) for text in file]
        if not found:
            raise ValueError("it is empty")
        return found
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise KsymsError(path, f"is not a file of records ({error!r})", _FIX) from error


def _record(fields: dict[str, Any]) -> Record:
    return Record(
        fields["module"],
        fields["signed"],
        list(fields["undefined"]),
        list(fields["weak"]),
        [symbol for symbol, _, _ in fields["exported"]],
        fields["machine"],
    )
