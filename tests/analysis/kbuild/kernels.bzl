"""Kernels to try the rules on, and files that look like one; nothing here is ever built."""

load("//ksyms_rules:kbuild.bzl", "kbuild_config", "kbuild_vmlinux")
load("//tests/analysis:subjects.bzl", "MANUAL", "empty_files")

visibility("private")

_SOURCES = ("Kconfig", "Makefile", "init/Kconfig", "init/main.c", "scripts/mod/modpost.c")

def kernel_files(name):
    """Declares `<name>_sources`, `<name>_driver` and the file `symbols.txt`."""
    empty_files(name + "_sources", ["kernel/" + file for file in _SOURCES])
    empty_files(name + "_driver", ["driver/Kbuild", "driver/driver.c"])
    empty_files(name + "_symbols", ["symbols.txt"])

def config(name, trim = "modpost", **kwargs):
    """Declares a kbuild_config; returns its name."""
    kbuild_config(name = name, srcs = ["kernel_sources"], defconfig = "tinyconfig", trim = trim, tags = MANUAL, **kwargs)
    return name

def vmlinux(name, **kwargs):
    """Declares a kbuild_vmlinux whose kbuild_config has these attributes; returns its name."""
    kbuild_vmlinux(name = name, config = config(name + "_config", **kwargs), raw_symbol_list = "symbols.txt", tags = MANUAL)
    return name
