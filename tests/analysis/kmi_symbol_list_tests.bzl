"""kmi_symbol_list: its command line, and what it refuses."""

load("//ksyms_rules:defs.bzl", "kmi_symbol_list")
load(":argv_test.bzl", "argv_test")
load(":failure_test.bzl", "refused")
load(":subjects.bzl", "MANUAL", "empty_files")

visibility("private")

def _argv(name):
    empty_files("listed_files", ["listed/base", "listed/one.ko", "listed/vmlinux"])
    kmi_symbol_list(
        name = "generated",
        base = "listed/base",
        exclude_modules = ["test"],
        exports = ["listed/vmlinux"],
        gki_modules = ["zram"],
        include_module_exports = True,
        include_modules = ["^one"],
        modules = ["listed/one.ko"],
        tags = MANUAL,
    )
    argv_test(
        name = name,
        argv = [
            "kmi_symbol_list",
            "--output={bin}/generated",
            "--records={bin}/generated.ksyms/tests/analysis/listed/one.ko.ksyms.jsonl",
            "--exports={bin}/generated.exports",
            "--base={bin}/listed/base",
            "--include_module_exports",
            "--module_grouping",
            "--gki_modules=zram",
            "--signed_modules_are_gki",
            "--always=module_layout",
            "--always=__put_task_struct",
            "--include_modules=^one",
            "--exclude_modules=test",
        ],
        mnemonic = "KsymsKmiSymbolList",
        target_under_test = "generated",
    )
    return [name]

def _no_modules(name):
    kmi_symbol_list(name = name + "_subject", tags = MANUAL)
    return refused(
        name,
        name + "_subject",
        "_subject: modules: expected at least one label, got [].",
        "To fix: list the modules that use the KMI, or set full_gki_abi and exports.",
    )

def _full_abi_without_exports(name):
    kmi_symbol_list(name = name + "_subject", full_gki_abi = True, tags = MANUAL)
    return refused(
        name,
        name + "_subject",
        "_subject: exports: expected vmlinux or Module.symvers with full_gki_abi, got [].",
        "To fix: name what the kernel exports.",
    )

def kmi_symbol_list_test_suite(name):
    """Declares the tests.

    Args:
      name: of the test_suite.
    """
    native.test_suite(
        name = name,
        tests = _argv("kmi_symbol_list_argv_test") +
                _no_modules("kmi_symbol_list_without_modules_test") +
                _full_abi_without_exports("full_abi_without_exports_test"),
    )
