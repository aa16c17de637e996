"""A kernel's configuration (`.config`): reads it, and checks that it gives a trimmed kernel."""

import os
import re
from collections.abc import Iterable, Mapping, Sequence

from ksyms.errors import KsymsError, reading

AUTOKSYMS, MODPOST = "autoksyms", "modpost"
WHITELIST = "CONFIG_UNUSED_KSYMS_WHITELIST"
# With this option the kernel packs all headers into itself (kernel/gen_kheaders.sh).
ALL_HEADERS = "CONFIG_IKHEADERS"

# Linux 5.7 has the whitelist and 5.8 vmlinux.symvers. Linux 6.5 moved trimming from a header to modpost: commit
# 5e9e95cc9148, "kbuild: implement CONFIG_TRIM_UNUSED_KSYMS without recursion".
_FIRST_VERSIONS = {AUTOKSYMS: (5, 8), MODPOST: (6, 5)}
_INITRAMFS, _ONE_ARCHIVE = "CONFIG_INITRAMFS_SOURCE", re.compile(r"[^/\s]\S*\.cpio(\.\w+)?")
_SET = re.compile(r"^(CONFIG_\w+)=(.*)$|^# (CONFIG_\w+) is not set$", re.MULTILINE)
_OFF = ("", "n")
_NEEDED = ("CONFIG_MODULES", "CONFIG_TRIM_UNUSED_KSYMS")
# Its path is relative to the objects; kbuild does not look for it in the source tree.
_BLACKLIST = "CONFIG_SYSTEM_BLACKLIST_HASH_LIST"
# Files that these name become part of vmlinux. kbuild looks for all but _BLACKLIST in the source tree.
_NAMING_FILES = (
    "CONFIG_ACPI_CUSTOM_DSDT_FILE",
    "CONFIG_BOOT_CONFIG_EMBED_FILE",
    "CONFIG_CFG80211_EXTRA_REGDB_KEYDIR",
    "CONFIG_EXTRA_FIRMWARE_DIR",
    "CONFIG_MODULE_SIG_KEY",
    _BLACKLIST,
    "CONFIG_SYSTEM_REVOCATION_KEYS",
    "CONFIG_SYSTEM_TRUSTED_KEYS",
)
_HOW_TO_SET = {
    "CONFIG_MODULES": "add CONFIG_MODULES=y to fragments",
    "CONFIG_TRIM_UNUSED_KSYMS": (
        "add CONFIG_TRIM_UNUSED_KSYMS=y to fragments, with CONFIG_EXPERT=y and without CONFIG_COMPILE_TEST"
    ),
}


def parse(text: str) -> dict[str, str]:
    """Parses the text of a `.config` or a fragment.

    Returns:
      {CONFIG_name: value}, with an empty value for `is not set`; of several values of an option the last one counts.
    """
    return {match[1] or match[3]: match[2] or "" for match in _SET.finditer(text)}


def read(path: str) -> dict[str, str]:
    """Reads a `.config` or a fragment from a file; see `parse`. Raises KsymsError if it cannot be read."""
    with reading(path, "check base and fragments"), open(path, encoding="utf-8", errors="surrogateescape") as file:
        return parse(file.read())


def kernel_version(source_root: str) -> tuple[int, int]:
    """Reads VERSION and PATCHLEVEL from the Makefile at the top of a kernel's sources.

    Raises:
      KsymsError: `source_root` is not the folder of a kernel's sources.
    """
    makefile = os.path.join(source_root, "Makefile")
    with reading(makefile, "name the files of a Linux source tree in srcs"), open(makefile, encoding="utf-8") as file:
        numbers = dict(re.findall(r"^(VERSION|PATCHLEVEL) = (\d+)$", file.read(4096), re.MULTILINE))
    if len(numbers) < 2:
        raise KsymsError(makefile, "is not the Makefile of a Linux kernel", "name a Linux source tree in srcs")
    return int(numbers["VERSION"]), int(numbers["PATCHLEVEL"])


def check_mechanism(trim: str, source_root: str) -> None:
    """Checks that a kernel trims its exports in a certain way.

    Args:
      trim: AUTOKSYMS or MODPOST.
      source_root: path of the kernel's sources.

    Raises:
      KsymsError: it trims them in the other way, or not at all.
    """
    version = kernel_version(source_root)
    known = [name for name, first in _FIRST_VERSIONS.items() if version >= first]
    makefile, name = os.path.join(source_root, "Makefile"), "Linux {}.{}".format(*version)
    if not known:
        raise KsymsError(makefile, f"is {name}, which cannot trim exports to a list", "use Linux 5.8 or later")
    if trim != known[-1]:
        raise KsymsError(
            makefile,
            f'is {name}, which does not trim exports by "{trim}"',
            f'set trim = "{known[-1]}"',
        )


def check_base(path: str, base: str, fragments: Iterable[str]) -> None:
    """Checks that a base sets no list of its own (CONFIG_UNUSED_KSYMS_WHITELIST), since ours would silently replace it.

    Args:
      path: of the `.config` that was made from the base.
      base: the user's name of the base, for messages.
      fragments: [path]; if one of them empties the option, the user knows about it.

    Raises:
      KsymsError: the base sets a list.
    """
    emptied = any(read(fragment).get(WHITELIST) == '""' for fragment in fragments)
    if read(path).get(WHITELIST, '""') != '""' and not emptied:
        raise KsymsError(
            base,
            f"sets {WHITELIST}",
            f'add that list to symbol_lists, and put {WHITELIST}="" into a fragment',
        )


def check_result(path: str, fragments: Sequence[str]) -> None:
    """Checks a configuration that kbuild made from fragments.

    Args:
      path: of the `.config`.
      fragments: [path], in the order in which they were merged.

    Raises:
      KsymsError: it does not give a trimmed kernel with modules, lacks what a fragment asks for, or names files outside
        the source tree.
    """
    options = read(path)
    wanted: dict[str, tuple[str, str]] = {}
    for fragment in fragments:
        for name, value in read(fragment).items():
            if name == WHITELIST and value == '""':
                continue
            if name == WHITELIST:
                raise KsymsError(fragment, f"sets {name}", "remove it, and add that list to symbol_lists")
            wanted[name] = value, fragment
    for name, (value, fragment) in wanted.items():
        result = options.get(name, "")
        if result != value and not (value in _OFF and result in _OFF):
            asked = f"{name}={value}" if value not in _OFF else f"{name} off"
            raise KsymsError(
                fragment,
                f"asks for {asked}, but kbuild made it {name}={result or 'n'}",
                f"set what {name} depends on too, or remove what selects it (make menuconfig, then / and {name[7:]})",
            )
    _check_files(options)
    for name in _NEEDED:
        if options.get(name) != "y":
            raise KsymsError("configuration", f"has no {name}=y", _HOW_TO_SET[name])


def _check_files(options: Mapping[str, str]) -> None:
    """Refuses files that become part of vmlinux but are no inputs of an action."""
    for name in _NAMING_FILES:
        if any(file.startswith("/") for file in options.get(name, "").strip('"').split()):
            place = "../ and its path there" if name == _BLACKLIST else "its path there"
            raise KsymsError(
                "configuration",
                f"{name}={options[name]} is outside the source tree, where Bazel does not see it change",
                f"put it into the source tree (srcs), and name it by {place}",
            )
    initramfs = options.get(_INITRAMFS, "").strip('"')
    if initramfs and not _ONE_ARCHIVE.fullmatch(initramfs):
        raise KsymsError(
            "configuration",
            f'{_INITRAMFS}="{initramfs}" is not an archive in the source tree; other files may be links in a sandbox',
            "pack it into one .cpio file in the source tree (srcs), and name that by its path there",
        )
