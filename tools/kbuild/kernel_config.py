"""A kernel's configuration: read from `.config`, and checked for what a trimmed kernel needs."""

import os
import re

from errors import KsymsError, reading

AUTOKSYMS, MODPOST = "autoksyms", "modpost"
WHITELIST = "CONFIG_UNUSED_KSYMS_WHITELIST"
# With this option the kernel packs all headers into itself (kernel/gen_kheaders.sh).
ALL_HEADERS = "CONFIG_IKHEADERS"

# 5.7 has the whitelist, 5.8 vmlinux.symvers. 6.5 moved trimming from a header to modpost: commit 5e9e95cc9148,
# "kbuild: implement CONFIG_TRIM_UNUSED_KSYMS without recursion".
_FIRST_VERSIONS = {AUTOKSYMS: (5, 8), MODPOST: (6, 5)}
_INITRAMFS, _ONE_ARCHIVE = "CONFIG_INITRAMFS_SOURCE", re.compile(r"[^/\s]\S*\.cpio(\.\w+)?")
_SET = re.compile(r"^(CONFIG_\w+)=(.*)$|^# (CONFIG_\w+) is not set$", re.MULTILINE)
_OFF = ("", "n")
_NEEDED = ("CONFIG_MODULES", "CONFIG_TRIM_UNUSED_KSYMS")
# Read where the objects are, and not found in the source tree.
_BLACKLIST = "CONFIG_SYSTEM_BLACKLIST_HASH_LIST"
# What they name becomes part of vmlinux; kbuild finds the others in the source tree.
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


def parse(text):
    """Reads `.config` or a fragment; returns {CONFIG_name: value}, empty for `is not set`; the last one counts."""
    return {match[1] or match[3]: match[2] or "" for match in _SET.finditer(text)}


def read(path):
    """Reads a configuration from its file; see `parse`."""
    with reading(path, "check base and fragments"), open(path, encoding="utf-8", errors="surrogateescape") as file:
        return parse(file.read())


def kernel_version(source_root):
    """Reads (VERSION, PATCHLEVEL) from a kernel's Makefile; KsymsError if the folder is no kernel."""
    makefile = os.path.join(source_root, "Makefile")
    with reading(makefile, "name the files of a Linux source tree in srcs"), open(makefile, encoding="utf-8") as file:
        numbers = dict(re.findall(r"^(VERSION|PATCHLEVEL) = (\d+)$", file.read(4096), re.MULTILINE))
    if len(numbers) < 2:
        raise KsymsError(makefile, "is not the Makefile of a Linux kernel", "name a Linux source tree in srcs")
    return int(numbers["VERSION"]), int(numbers["PATCHLEVEL"])


def check_mechanism(trim, source_root):
    """Checks that a kernel has the mechanism that is asked for; raises KsymsError."""
    version = kernel_version(source_root)
    known = [name for name, first in _FIRST_VERSIONS.items() if version >= first]
    makefile, name = os.path.join(source_root, "Makefile"), "Linux {}.{}".format(*version)
    if not known:
        raise KsymsError(makefile, f"is {name}, which cannot trim exports to a list", "take Linux 5.8 or later")
    if trim != known[-1]:
        raise KsymsError(
            makefile,
            f'is {name}, which does not trim exports by "{trim}"',
            f'set trim = "{known[-1]}"',
        )


def check_base(path, base, fragments):
    """Checks that a configuration to start with has no list of its own, which ours would replace without a word.

    Args:
      path: of the `.config` that the base has given.
      base: what the user calls it.
      fragments: [path]; one that empties the option says that the user knows.

    Raises:
      KsymsError: it has one.
    """
    emptied = any(read(fragment).get(WHITELIST) == '""' for fragment in fragments)
    if read(path).get(WHITELIST, '""') != '""' and not emptied:
        raise KsymsError(
            base,
            f"sets {WHITELIST}",
            f'give that list to symbol_lists, and put {WHITELIST}="" into a fragment',
        )


def check_result(path, fragments):
    """Checks a configuration that kbuild made from fragments.

    Args:
      path: of the `.config`.
      fragments: [path], in the order in which they were merged.

    Raises:
      KsymsError: it cannot give a trimmed kernel with modules, lacks what a fragment asks for, or names files that are
        no sources.
    """
    options, wanted = read(path), {}
    for fragment in fragments:
        for name, value in read(fragment).items():
            if name == WHITELIST and value == '""':
                continue
            if name == WHITELIST:
                raise KsymsError(fragment, f"sets {name}", "remove it, and give the list to symbol_lists")
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


def _check_files(options):
    """Refuses what becomes part of vmlinux and is in no action's key."""
    for name in _NAMING_FILES:
        if any(file.startswith("/") for file in options.get(name, "").strip('"').split()):
            place = "../ and its path there" if name == _BLACKLIST else "its path there"
            raise KsymsError(
                "configuration",
                f"{name}={options[name]} is outside the source tree, where nobody would notice that it changes",
                f"put it into the source tree (srcs), and name it by {place}",
            )
    initramfs = options.get(_INITRAMFS, "").strip('"')
    if initramfs and not _ONE_ARCHIVE.fullmatch(initramfs):
        raise KsymsError(
            "configuration",
            f'{_INITRAMFS}="{initramfs}" is no archive in the source tree; other files may be links in a sandbox',
            "pack it into one .cpio file in the source tree (srcs), and name that by its path there",
        )
