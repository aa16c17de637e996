"""Reads the `.ksyms.jsonl` files that `extract` writes."""

import json
from typing import NamedTuple

from errors import KsymsError


class Record(NamedTuple):
    """What one module needs and offers.

    Attributes:
      module: its file name, such as `loop.ko`.
      signed: whether a signature is appended; in Android those are the GKI modules.
      undefined: [str], undefined global symbols, sorted by bytes, each once.
      weak: [str], undefined weak symbols, likewise.
      exported: [str], sorted by bytes.
    """

    module: str
    signed: bool
    undefined: list
    weak: list
    exported: list

    @property
    def name(self):
        """The kernel's name of the module: without extension, and `-` is `_`."""
        return kernel_name(self.module)


def kernel_name(path):
    """The kernel's name of the module in a file, `drivers/x/snd-hda.ko` or the same without extension: `snd_hda`."""
    return path.rpartition("/")[2].partition(".")[0].replace("-", "_")


def read(paths):
    """Reads files of records.

    Args:
      paths: [str]

    Returns:
      [Record], sorted by the modules' file names.

    Raises:
      KsymsError: a file is missing or was not written by `extract`.
    """
    return sorted((record for path in paths for record in _read(path)), key=lambda record: record.module)


def partition(records, gki_modules, signed_modules_as_users):
    """Tells modules that use the kernel's interface from modules that are part of the kernel.

    Args:
      records: [Record]
      gki_modules: [str], names of modules that are part of it.
      signed_modules_as_users: whether a signature does not make a module part of it, as it does in Android.

    Returns:
      ([Record], [Record]): users and the kernel's own, each in the order given.
    """
    kernels_own = set(map(kernel_name, gki_modules))

    def is_own(record):
        return record.name in kernels_own or (record.signed and not signed_modules_as_users)

    return [record for record in records if not is_own(record)], [record for record in records if is_own(record)]


def _read(path):
    try:
        with open(path, encoding="ascii") as file:
            # Line by line: what is not kept of a line is still in the processor's cache when it is freed.
            return [_record(json.loads(line)) for line in file]
    except OSError as error:
        raise KsymsError(
            path, f"cannot be read ({error.strerror})", "give a file that `ksyms extract` wrote"
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise KsymsError(path, f"is no record file ({error!r})", "give a file that `ksyms extract` wrote") from error


def _record(fields):
    return Record(
        fields["module"],
        fields["signed"],
        list(fields["undefined"]),
        list(fields["weak"]),
        [name for name, _, _ in fields["exported"]],
    )
