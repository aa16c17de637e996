"""Programs and libraries of the machine that kbuild runs, checked before it stops at the first one missing."""

import dataclasses
import itertools
import os
import shlex
import shutil
import subprocess

from errors import FailedCheckError

# {program: package}, as Debian and Ubuntu name it.
_ALWAYS = {"bc": "bc", "bison": "bison", "flex": "flex", "make": "make", "perl": "perl"}
_PACKAGES = {"clang": "clang", "gcc": "gcc", "ld": "binutils", "ld.lld": "lld"}
_PACKAGES |= dict.fromkeys(("llvm-ar", "llvm-nm", "llvm-objcopy"), "llvm")
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
      compiler: [str] that compiles the kernel: a program, perhaps behind others such as ccache, and its arguments.
      linker: [str] that links it.
      others: [program] that it needs too.
    """

    host_compiler: str
    compiler: list
    linker: list
    others: list

    def programs(self):
        """All that have to be there."""
        named = [word for command in (self.compiler, self.linker) for word in itertools.takewhile(_is_no_flag, command)]
        # But for variables: of the environment, and make's own.
        return [self.host_compiler, *(word for word in named if not set(word) & set("=$")), *self.others]

    def identity(self):
        """What the compiler and linker say of themselves; nothing, if they are not there."""
        return "\n".join(_version([*command, "--version"]) for command in (self.compiler, self.linker))


def _is_no_flag(word):
    return not word.startswith("-")


def toolchain(llvm, make_vars):
    """Returns the Toolchain that the kernel's Makefile takes.

    Args:
      llvm: whether it is LLVM's tools that build.
      make_vars: [`NAME=VALUE`] of make's command line, of which CROSS_COMPILE, CC, LD and LLVM count.
    """
    variables = dict(variable.split("=", 1) for variable in make_vars)
    prefix, suffix, compiler, linker, others = variables.get("CROSS_COMPILE", ""), "", "gcc", "ld", ()
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


def check(tools, options):
    """Checks for what a build needs.

    Args:
      tools: Toolchain
      options: {name: value} of the configuration; empty before there is one.

    Raises:
      FailedCheckError: something is missing; names all of it, with the packages.
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


def _package(program):
    """The package of a program; of aarch64-linux-gnu-gcc it is gcc-aarch64-linux-gnu, of ld.lld-17 lld-17."""
    program = os.path.basename(program)
    for name, package in _PACKAGES.items():
        if program == name or program.endswith("-" + name):
            prefix = program[: -len(name) - 1]
            return f"{package}-{prefix}" if prefix else package
        if program.startswith(name + "-") and program[len(name) + 1 :].isdigit():
            return package + program[len(name) :]
    return program


def _version(command):
    # env, as a shell, takes variables before the program, and says on stderr what is not there.
    return subprocess.run(["/usr/bin/env", *command], capture_output=True, text=True, check=False).stdout


def _has_header(compiler, header):
    command = [compiler, "-E", "-x", "c", "-", "-include", header]
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False).returncode == 0
