"""linux_kernel: what its targets depend on."""

load("@bazel_skylib//lib:unittest.bzl", "analysistest", "asserts")
load("//ksyms_rules:kbuild.bzl", "linux_kernel")
load("//tests/analysis:subjects.bzl", "MANUAL")

visibility("private")

def _raw_symbol_list_test_impl(ctx):
    env = analysistest.begin(ctx)
    (action,) = [action for action in analysistest.target_actions(env) if action.mnemonic == "KsymsRawSymbolList"]
    inputs = [file.short_path.rpartition("/")[2] for file in action.inputs.to_list()]
    asserts.true(env, "whole_objects.usyms" in inputs)
    asserts.true(env, "whole_driver_objects.usyms" in inputs)
    return analysistest.end(env)

_raw_symbol_list_test = analysistest.make(_raw_symbol_list_test_impl)

def _raw_symbol_list(name):
    """The kernel's list has what in-tree and external modules need."""
    linux_kernel(
        name = "whole",
        srcs = ["kernel_sources"],
        trim = "modpost",
        defconfig = "tinyconfig",
        external_modules = {"driver": ["kernel_driver"]},
        kbuild_files = {"driver": "driver/Kbuild"},
        tags = MANUAL,
    )
    _raw_symbol_list_test(name = name, target_under_test = "whole_raw_symbol_list")
    return [name]

def _kernel_symvers_test_impl(ctx):
    env = analysistest.begin(ctx)
    (action,) = [action for action in analysistest.target_actions(env) if action.mnemonic == "KbuildExternalModule"]
    inputs = [file.short_path.rpartition("/")[2] for file in action.inputs.to_list()]
    asserts.equals(env, ctx.attr.seen, "seeing_{}_objects.Module.symvers".format(ctx.attr.trim) in inputs)
    asserts.false(env, "seeing_{}_raw_symbol_list.txt".format(ctx.attr.trim) in inputs)
    return analysistest.end(env)

_kernel_symvers_test = analysistest.make(
    _kernel_symvers_test_impl,
    attrs = {"seen": attr.bool(), "trim": attr.string()},
)

def _kernel_symvers(name):
    """External modules see what may be exported from Linux 6.5 on, and never what is."""
    tests = []
    for trim in ("autoksyms", "modpost"):
        kernel = "seeing_" + trim
        linux_kernel(
            name = kernel,
            srcs = ["kernel_sources"],
            trim = trim,
            defconfig = "tinyconfig",
            external_modules = {"driver": ["kernel_driver"]},
            tags = MANUAL,
        )
        tests.append("{}_{}".format(name, trim))
        _kernel_symvers_test(
            name = tests[-1],
            seen = trim == "modpost",
            trim = trim,
            target_under_test = kernel + "_driver_objects",
        )
    return tests

def linux_kernel_test_suite(name):
    """Declares the tests.

    Args:
      name: of the test_suite.
    """
    native.test_suite(
        name = name,
        tests = _raw_symbol_list("raw_symbol_list_of_all_modules_test") + _kernel_symvers("kernel_symvers_test"),
    )
