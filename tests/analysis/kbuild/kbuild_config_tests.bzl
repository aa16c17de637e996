"""kbuild_config: its command line, and what it refuses."""

load("//ksyms_rules:kbuild.bzl", "kbuild_config")
load("//tests/analysis:argv_test.bzl", "argv_test")
load("//tests/analysis:failure_test.bzl", "refused")
load("//tests/analysis:subjects.bzl", "MANUAL")
load(":kernels.bzl", "config")

visibility("private")

def _argv(name):
    config(name + "_subject", fragments = ["symbols.txt"], make_vars = {"LLVM": "-17"}, toolchain = "llvm")
    argv_test(
        name = name,
        argv = [
            "config",
            "--title=//tests/analysis/kbuild:{}_subject".format(name),
            "--kconfig={bin}/kernel/Kconfig",
            "--trim=modpost",
            "--make_vars=ARCH=x86_64",
            "--make_vars=LLVM=-17",
            "--llvm",
            "--output={{bin}}/{}_subject/config".format(name),
            "--defconfig=tinyconfig",
            "--fragments={bin}/symbols.txt",
            "--log={{bin}}/{}_subject/config.log".format(name),
        ],
        mnemonic = "KbuildConfig",
        target_under_test = name + "_subject",
    )
    return [name]

def _no_kernel(name):
    kbuild_config(name = name + "_subject", srcs = ["BUILD.bazel"], defconfig = "x", trim = "modpost", tags = MANUAL)
    return refused(
        name,
        name + "_subject",
        "_subject: srcs: expected a Linux source tree with Kconfig and Makefile at its top, got tests/analysis/kbuild/BUILD.bazel.",
        "To fix: name a filegroup of all files of the tree",
    )

def _sources_elsewhere(name):
    kbuild_config(
        name = name + "_subject",
        srcs = ["kernel_sources", "kernel_driver"],
        defconfig = "x",
        trim = "modpost",
        tags = MANUAL,
    )
    return refused(
        name,
        name + "_subject",
        "_subject: srcs: expected files of the kernel's tree, below bazel-out/",
        "tests/analysis/kbuild/driver/Kbuild.",
        "To fix: put them into the tree",
    )

def _two_architectures(name):
    config(name + "_subject", make_vars = {"ARCH": "arm64"})
    return refused(name, name + "_subject", "make_vars: expected no ARCH, got arm64.", "To fix: set arch instead")

def _no_base(name):
    kbuild_config(name = name + "_subject", srcs = ["kernel_sources"], trim = "modpost", tags = MANUAL)
    return refused(name, name + "_subject", "base, defconfig: expected one of the two, got none.")

def _two_bases(name):
    config(name + "_subject", base = "BUILD.bazel")
    return refused(name, name + "_subject", "base, defconfig: expected one of the two, got both.")

def kbuild_config_test_suite(name):
    """Declares the tests.

    Args:
      name: of the test_suite.
    """
    native.test_suite(
        name = name,
        tests = _argv("config_argv_test") + _no_kernel("no_kernel_test") + _sources_elsewhere("sources_elsewhere_test") +
                _two_architectures("two_architectures_test") + _no_base("no_base_test") + _two_bases("two_bases_test"),
    )
