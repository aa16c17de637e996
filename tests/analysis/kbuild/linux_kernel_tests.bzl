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

def linux_kernel_test_suite(name):
    """Declares the tests.

    Args:
      name: of the test_suite.
    """
    native.test_suite(name = name, tests = _raw_symbol_list("raw_symbol_list_of_all_modules_test"))
