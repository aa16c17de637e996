"""kmi_symbol_list_test and validated_symbol_list: what they give, their command lines, and what they refuse."""

load("@bazel_skylib//lib:unittest.bzl", "analysistest", "asserts")
load("//ksyms_rules:defs.bzl", "kmi_symbol_list_test", "validated_symbol_list")
load(":argv_test.bzl", "argv_test")
load(":failure_test.bzl", "refused")
load(":subjects.bzl", "MANUAL", "empty_files")

visibility("private")

def _validation_test_impl(ctx):
    env = analysistest.begin(ctx)
    target = analysistest.target_under_test(env)
    asserts.equals(env, ["list"], [file.basename for file in target[DefaultInfo].files.to_list()])
    validation = getattr(target[OutputGroupInfo], "_validation", depset()).to_list()
    asserts.equals(env, ctx.attr.validation, [file.basename for file in validation])
    return analysistest.end(env)

_validation_test = analysistest.make(_validation_test_impl, attrs = {"validation": attr.string_list()})

def _validation():
    for enabled in (True, False):
        validated_symbol_list(
            name = "validated_{}".format(enabled),
            enabled = enabled,
            symbol_lists = ["checked/list"],
            tags = MANUAL,
        )
    _validation_test(
        name = "validated_symbol_list_test",
        target_under_test = "validated_True",
        validation = ["validated_True.valid"],
    )
    argv_test(
        name = "require_empty_argv_test",
        argv = ["require_empty", "--output={bin}/validated_True.valid", "{bin}/validated_True.report"],
        mnemonic = "KsymsRequireEmpty",
        target_under_test = "validated_True",
    )
    _validation_test(name = "validation_off_test", target_under_test = "validated_False", validation = [])
    return ["validated_symbol_list_test", "require_empty_argv_test", "validation_off_test"]

def _argv(name):
    kmi_symbol_list_test(
        name = "checked_subject",
        check_order = True,
        check_unique = True,
        deny_lists = ["BUILD.bazel"],
        exports = ["checked/vmlinux"],
        gki_modules = ["zram"],
        modules = ["checked/one.ko"],
        protected_exports = ["subjects.bzl"],
        signed_modules_are_gki = False,
        strict = True,
        symbol_lists = ["checked/list"],
        tags = MANUAL,
    )
    argv_test(
        name = name,
        argv = [
            "kmi_check",
            "--output={bin}/checked_subject.report",
            "--title=//tests/analysis:checked_subject",
            "--fix=edit //tests/analysis:checked/list",
            "--symbol_lists={bin}/checked/list",
            "--records={bin}/checked_subject.ksyms/tests/analysis/checked/one.ko.ksyms.jsonl",
            "--gki_modules=zram",
            "--exports={bin}/checked_subject.exports",
            "--deny_lists=tests/analysis/BUILD.bazel",
            "--protected_exports=tests/analysis/subjects.bzl",
            "--check_order",
            "--check_tracepoints",
            "--check_unique",
            "--strict",
        ],
        mnemonic = "KsymsKmiCheck",
        target_under_test = "checked_subject",
    )
    return [name]

def _strict_without_exports(name):
    validated_symbol_list(name = name + "_subject", strict = True, symbol_lists = ["BUILD.bazel"], tags = MANUAL)
    return refused(
        name,
        name + "_subject",
        "_subject: exports: expected vmlinux or Module.symvers with strict, got [].",
        "To fix: name what the kernel exports, or set strict = False.",
    )

def _nothing_to_check(name):
    kmi_symbol_list_test(name = name + "_subject", symbol_lists = [], tags = MANUAL)
    return refused(
        name,
        name + "_subject",
        "_subject: symbol_lists: expected at least one label, got [].",
        "To fix: name the KMI symbol lists to check.",
    )

def kmi_check_test_suite(name):
    """Declares the tests.

    Args:
      name: of the test_suite.
    """
    empty_files("checked_files", ["checked/list", "checked/one.ko", "checked/vmlinux"])
    native.test_suite(
        name = name,
        tests = _validation() + _argv("kmi_check_argv_test") +
                _strict_without_exports("strict_without_exports_test") +
                _nothing_to_check("nothing_to_check_test"),
    )
