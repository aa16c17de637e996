"""Programs and libraries of the machine that kbuild runs, checked before it stops at the first one missing."""

import shutil
import subprocess

from errors import FailedCheckError

# {program: package}, as Debian and Ubuntu name it.
_ALWAYS = {"bc": "bc", "bison": "bison", "flex": "flex", "make": "make", "perl": "perl"}
_COMPILERS = {
    False: {"gcc": "gcc", "ld": "binutils", "nm": "binutils", "objcopy": "binutils"},
    True: {"clang": "clang", "ld.lld": "lld", "llvm-nm": "llvm", "llvm-objcopy": "llvm"},
}
# {option: (header, package)}
_HEADERS = {
    "CONFIG_OBJTOOL": ("gelf.h", "libelf-dev"),
    "CONFIG_MODULE_SIG_FORMAT": ("openssl/evp.h", "libssl-dev"),
    "CONFIG_SYSTEM_TRUSTED_KEYRING": ("openssl/evp.h", "libssl-dev"),
}
# {option: (program, package)}
_PROGRAMS = {
    "CONFIG_DEBUG_INFO_BTF": ("pahole", "pahole"),
    "CONFIG_IKHEADERS": ("cpio", "cpio"),
    "CONFIG_KERNEL_LZ4": ("lz4", "lz4"),
    "CONFIG_KERNEL_ZSTD": ("zstd", "zstd"),
}


def check(llvm, options):
    """Checks for what a build needs.

    Args:
      llvm: whether it is LLVM's tools that build.
      options: {name: value} of the configuration; empty before there is one.

    Raises:
      FailedCheckError: something is missing; names all of it, with the packages.
    """
    programs = _ALWAYS | _COMPILERS[llvm] | dict(_PROGRAMS[name] for name in _PROGRAMS if options.get(name) == "y")
    missing = {name: package for name, package in programs.items() if not shutil.which(name)}
    compiler = "clang" if llvm else "gcc"
    for option, (header, package) in _HEADERS.items():
        if options.get(option) == "y" and compiler not in missing and not _has_header(compiler, header):
            missing[header] = package
    if missing:
        packages = " ".join(sorted(set(missing.values())))
        raise FailedCheckError(
            f"a kernel build needs {', '.join(sorted(missing))}, not found on PATH or by {compiler}. "
            f"To fix: install {packages} (Debian: apt-get install {packages})."
        )


def _has_header(compiler, header):
    command = [compiler, "-E", "-x", "c", "-", "-include", header]
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False).returncode == 0
