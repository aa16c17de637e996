"""Where objects are kept, and which folders are refused for them."""

load("@bazel_skylib//lib:unittest.bzl", "analysistest", "asserts")
load(":kernels.bzl", "vmlinux")

visibility("private")

_KEPT_OBJECTS = str(Label("//ksyms_rules:kept_objects"))

def _kept_test_impl(ctx):
    env = analysistest.begin(ctx)
    keeping = [action.mnemonic for action in analysistest.target_actions(env) if "--kept_objects=/kept" in (action.argv or [])]
    asserts.equals(env, ctx.attr.mnemonics, sorted(keeping))
    return analysistest.end(env)

_kept_test = analysistest.make(
    _kept_test_impl,
    attrs = {"mnemonics": attr.string_list(default = ["KbuildVmlinux"])},
    config_settings = {_KEPT_OBJECTS: "/kept"},
)

def _refused_test_impl(ctx):
    env = analysistest.begin(ctx)
    asserts.expect_failure(env, "--@ksyms_rules//ksyms_rules:kept_objects: expected an absolute path, got ~/kept.")
    asserts.expect_failure(env, "To fix: name a folder such as /home/me/.cache/kernel_objects; Bazel expands no ~")
    return analysistest.end(env)

_refused_test = analysistest.make(_refused_test_impl, config_settings = {_KEPT_OBJECTS: "~/kept"}, expect_failure = True)

def kbuild_action_test_suite(name):
    """Declares the tests.

    Args:
      name: of the test_suite.
    """
    vmlinux("keeping")
    _kept_test(name = "kept_objects_test", target_under_test = "keeping")
    _kept_test(name = "kept_vmlinux_o_test", target_under_test = "keeping_config", mnemonics = ["KbuildVmlinuxO"])
    _refused_test(name = "kept_objects_in_a_relative_folder_test", target_under_test = "keeping")
    native.test_suite(name = name, tests = ["kept_objects_test", "kept_vmlinux_o_test", "kept_objects_in_a_relative_folder_test"])
