"""Checks that the machine has the programs and headers that kbuild runs, and names all that are missing at once."""

import dataclasses
import itertools
import os
import shlex
import shutil
import subprocess
from collections.abc import Iterable, Mapping

from ksyms.errors import FailedCheckError

# {program: its package}, as Debian and Ubuntu name it.
_ALWAYS = {"bc": "bc", "bison": "bison", "flex": "flex", "make": "make", "perl": "perl"}
_PACKAGES = {"clang": "clang", "gcc": "gcc", "ld": "binutils", "ld.lld": "lld"}
_PACKAGES |= dict.fromkeys(("llvm-ar", "llvm-nm", "llvm-objcopy"), "llvm")
# {option: (header, package)}, for programs that run on this machine.
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
    "CONFIG_KERNEL_BZIP2": ("bzip2", "bzip2"),
    "CONFIG_KERNEL_LZ4": ("lz4", "lz4"),
    "CONFIG_KERNEL_LZMA": ("lzma", "xz-utils"),
    "CONFIG_KERNEL_LZO": ("lzop", "lzop"),
    "CONFIG_KERNEL_XZ": ("xz", "xz-utils"),
    "CONFIG_KERNEL_ZSTD": ("zstd", "zstd"),
}


@dataclasses.dataclass(frozen=True)
class Toolchain:
    """What make compiles the kernel with.

    Attributes:
      host_compiler: program that compiles for this machine.
      compiler: command that compiles the kernel: a program, perhaps after others such as ccache, and its arguments.
      linker: command that links it.
      others: [program] that it needs as well.
    """

    host_compiler: str
    compiler: list[str]
    linker: list[str]
    others: list[str]

    def programs(self) -> list[str]:
        """All programs that have to be installed; one may be named twice."""
        named = [word for command in (self.compiler, self.linker) for word in itertools.takewhile(_is_no_flag, command)]
        # Variables of the environment (NAME=VALUE) and of make (`$(NAME)`) are no programs.
        return [self.host_compiler, *(word for word in named if not set(word) & set("=$")), *self.others]

    def identity(self) -> str:
        """What compiler and linker print as their versions; an empty line for one that is not installed."""
        return "\n".join(_version([*command, "--version"]) for command in (self.compiler, self.linker))


def _is_no_flag(word: str) -> bool:
    return not word.startswith("-")


def toolchain(llvm: bool, make_vars: Iterable[str]) -> Toolchain:
    """Returns the programs that the kernel's Makefile chooses.

    Args:
      llvm: whether LLVM's tools build the kernel.
      make_vars: [`NAME=VALUE`] of make's command line; CROSS_COMPILE, CC, LD and LLVM count.
    """
    variables = dict(variable.split("=", 1) for variable in make_vars)
    prefix, suffix, compiler, linker = variables.get("CROSS_COMPILE", ""), "", "gcc", "ld"
    others: tuple[str, ...] = ()
    host_compiler = compiler
    if llvm or variables.get("LLVM"):
        # LLVM=/opt/llvm/bin/ or LLVM=-17, as in Documentation/kbuild/llvm.rst.
        chosen = variables.get("LLVM", "1")
        prefix, suffix = chosen if chosen.endswith("/") else "", chosen if chosen.startswith("-") else ""
        compiler, linker, others = "clang", "ld.lld", ("llvm-ar", "llvm-nm", "llvm-objcopy")
        host_compiler = prefix + compiler + suffix
    return Toolchain(
        host_compiler,
        shlex.split(variables.get("CC", prefix + compiler + suffix)),
        shlex.split(variables.get("LD", prefix + linker + suffix)),
        [prefix + name + suffix for name in others],
    )


def check(tools: Toolchain, options: Mapping[str, str]) -> None:
    """Checks that everything that a build needs is installed.

    Args:
      tools: what make will compile with.
      options: {name: value} of the configuration; empty before there is one.

    Raises:
      FailedCheckError: something is missing; names all of it, sorted, with the packages.
    """
    programs = _ALWAYS | {name: _package(name) for name in tools.programs()}
    programs |= dict(_PROGRAMS[name] for name in _PROGRAMS if options.get(name) in ("y", "m"))
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


def _package(program: str) -> str:
    """The package of a program: gcc-aarch64-linux-gnu for aarch64-linux-gnu-gcc, lld-17 for ld.lld-17."""
    program = os.path.basename(program)
    for name, package in _PACKAGES.items():
        if program == name or program.endswith("-" + name):
            prefix = program[: -len(name) - 1]
            return f"{package}-{prefix}" if prefix else package
        if program.startswith(name + "-") and program[len(name) + 1 :].isdigit():
            return package + program[len(name) :]
    return program


def _version(command: list[str]) -> str:
    # Like a shell, env takes variables before the program. Of a missing program it complains on stderr.
    printed: str = subprocess.run(["/usr/bin/env", *command], capture_output=True, text=True, check=False).stdout
    return printed


def _has_header(compiler: str, header: str) -> bool:
    command = [compiler, "-E", "-x", "c", "-", "-include", header]
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False).returncode == 0
