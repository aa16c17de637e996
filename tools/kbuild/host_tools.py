"""Programs and libraries of the machine that kbuild runs, checked before it stops at the first one missing."""

import dataclasses
import shutil
import subprocess

from errors import FailedCheckError

# {program: package}, as Debian and Ubuntu name it.
_ALWAYS = {"bc": "bc", "bison": "bison", "flex": "flex", "make": "make", "perl": "perl"}
_PACKAGES = {"clang": "clang", "gcc": "gcc", "ld": "binutils", "ld.lld": "lld"}
# {option: (header, package)}; of programs that run on this machine.
_HEADERS = {
    "CONFIG_DEBUG_INFO_BTF": ("gelf.h", "libelf-dev"),
    "CONFIG_MODULE_SIG_FORMAT": ("openssl/evp.h", "libssl-dev"),
    "CONFIG_OBJTOOL": ("gelf.h", "libelf-dev"),
    "CONFIG_STACK_VALIDATION": ("gelf.h", "libelf-dev"),
    "CONFIG_SYSTEM_TRUSTED_KEYRING": ("openssl/evp.h", "libssl-dev"),
}
# {option: (program, package)}
_PROGRAMS = {
    "CONFIG_DEBUG_INFO_BTF": ("pahole", "pahole"),
    "CONFIG_IKHEADERS": ("cpio", "cpio"),
    "CONFIG_KERNEL_LZ4": ("lz4", "lz4"),
    "CONFIG_KERNEL_ZSTD": ("zstd", "zstd"),
}


@dataclasses.dataclass(frozen=True)
class Toolchain:
    """What make compiles the kernel with.

    Attributes:
      host_compiler: program that compiles for this machine.
      compiler: program that compiles the kernel.
      linker: program that links it.
    """

    host_compiler: str
    compiler: str
    linker: str


def toolchain(llvm, make_vars):
    """Returns the Toolchain that the kernel's Makefile takes.

    Args:
      llvm: whether it is LLVM's tools that build.
      make_vars: [`NAME=VALUE`] of make's command line, of which CROSS_COMPILE, CC and LD count.
    """
    variables = dict(variable.split("=", 1) for variable in make_vars)
    prefix = "" if llvm else variables.get("CROSS_COMPILE", "")
    compiler, linker = ("clang", "ld.lld") if llvm else ("gcc", "ld")
    return Toolchain(compiler, variables.get("CC", prefix + compiler), variables.get("LD", prefix + linker))


def check(tools, options):
    """Checks for what a build needs.

    Args:
      tools: Toolchain
      options: {name: value} of the configuration; empty before there is one.

    Raises:
      FailedCheckError: something is missing; names all of it, with the packages.
    """
    programs = _ALWAYS | {name: _package(name) for name in (tools.host_compiler, tools.compiler, tools.linker)}
    programs |= dict(_PROGRAMS[name] for name in _PROGRAMS if options.get(name) == "y")
    missing = {name: package for name, package in programs.items() if not shutil.which(name)}
    if tools.host_compiler not in missing:
        headers = dict(_HEADERS[name] for name in _HEADERS if options.get(name) == "y")
        missing |= {name: package for name, package in headers.items() if not _has_header(tools.host_compiler, name)}
    if missing:
        packages = " ".join(sorted(set(missing.values())))
        raise FailedCheckError(
            f"a kernel build needs {', '.join(sorted(missing))}, not found on PATH or by {tools.host_compiler}. "
            f"To fix: install {packages} (Debian: apt-get install {packages})."
        )


def _package(program):
    """The package of a compiler or linker; of aarch64-linux-gnu-gcc it is gcc-aarch64-linux-gnu."""
    prefix, _, name = program.rpartition("-")
    package = _PACKAGES.get(name or program, program)
    return f"{package}-{prefix}" if prefix and package != program else package


def _has_header(compiler, header):
    command = [compiler, "-E", "-x", "c", "-", "-include", header]
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False).returncode == 0
