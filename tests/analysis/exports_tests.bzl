"""The attribute `exports`: which files are read, and what is refused."""

load("//ksyms_rules:defs.bzl", "kmi_symbol_list", "validated_symbol_list")
load(":argv_test.bzl", "argv_test")
load(":failure_test.bzl", "refused")
load(":subjects.bzl", "MANUAL", "empty_files")

visibility("private")

def _argv(name):
    empty_files(
        name + "_kernel",
        ["kernel/vmlinux", "kernel/notes", "kernel/Module.symvers", "kernel/a.ko", "kernel/b.ko.xz"],
    )
    kmi_symbol_list(name = name + "_subject", exports = [name + "_kernel"], full_gki_abi = True, tags = MANUAL)
    argv_test(
        name = name,
        argv = [
            "exports",
            "--output={{bin}}/{}_subject.exports".format(name),
            "{bin}/kernel/vmlinux",
            "{bin}/kernel/Module.symvers",
            "{bin}/kernel/a.ko",
            "{bin}/kernel/b.ko.xz",
        ],
        mnemonic = "KsymsExports",
        target_under_test = name + "_subject",
    )
    return [name]

def _exports_of_nothing(name):
    native.filegroup(name = name + "_documents", srcs = ["BUILD.bazel"], tags = MANUAL)
    kmi_symbol_list(
        name = name + "_subject",
        exports = [name + "_documents"],
        full_gki_abi = True,
        tags = MANUAL,
    )
    return refused(
        name,
        name + "_subject",
        "exports: expected @@//tests/analysis:{}_documents to give vmlinux, Module.symvers or modules, ".format(name) +
        "got BUILD.bazel.",
    )

def _many_other_files_are_counted(name):
    outs = empty_files(name + "_documents", ["{}_{}.txt".format(name, number) for number in range(7)])
    validated_symbol_list(
        name = name + "_subject",
        exports = [name + "_documents"],
        symbol_lists = ["BUILD.bazel"],
        tags = MANUAL,
    )
    return refused(name, name + "_subject", outs[4] + " and 2 more.")

def exports_test_suite(name):
    """Declares the tests.

    Args:
      name: of the test_suite.
    """
    native.test_suite(
        name = name,
        tests = _argv("exports_argv_test") +
                _exports_of_nothing("exports_of_nothing_test") +
                _many_other_files_are_counted("many_other_files_in_exports_test"),
    )
