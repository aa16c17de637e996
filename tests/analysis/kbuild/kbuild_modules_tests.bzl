"""kbuild_modules: what it refuses, and that the rules that read symbols take its directories."""

load("@bazel_skylib//lib:unittest.bzl", "analysistest", "asserts")
load("//ksyms_rules:defs.bzl", "module_symbols")
load("//ksyms_rules:kbuild.bzl", "kbuild_module_objects", "kbuild_modules")
load("//ksyms_rules:providers.bzl", "KsymsInfo")
load("//tests/analysis:failure_test.bzl", "refused")
load("//tests/analysis:subjects.bzl", "MANUAL")
load(":kernels.bzl", "config", "vmlinux")

visibility("private")

def _directories_test_impl(ctx):
    env = analysistest.begin(ctx)
    modules = analysistest.target_under_test(env)[KsymsInfo].modules.to_list()
    asserts.equals(env, ["in_tree", "in_tree_objects"], sorted([file.basename for file in modules]))
    asserts.true(env, all([file.is_directory for file in modules]))
    return analysistest.end(env)

_directories_test = analysistest.make(_directories_test_impl)

def _directories(name):
    vmlinux("linux")
    kbuild_module_objects(name = "in_tree_objects", config = "linux_config", tags = MANUAL)
    kbuild_modules(name = "in_tree", objects = "in_tree_objects", vmlinux = "linux", tags = MANUAL)
    module_symbols(name = "in_tree_symbols", modules = ["in_tree", "in_tree_objects"], tags = MANUAL)
    _directories_test(name = name, target_under_test = "in_tree_symbols")
    return [name]

def _other_config(name):
    kbuild_module_objects(name = "other_objects", config = config("other_objects_config"), tags = MANUAL)
    kbuild_modules(name = name + "_subject", objects = "other_objects", vmlinux = vmlinux("other_vmlinux"), tags = MANUAL)
    return refused(
        name,
        name + "_subject",
        "_subject: objects, vmlinux: expected both to be built from one kbuild_config, got " +
        "@@//tests/analysis/kbuild:other_objects_config and @@//tests/analysis/kbuild:other_vmlinux_config.",
    )

def kbuild_modules_test_suite(name):
    """Declares the tests.

    Args:
      name: of the test_suite.
    """
    native.test_suite(name = name, tests = _directories("directories_test") + _other_config("other_config_test"))
