"""kbuild_vmlinux: which actions there are, which of them depend on the list, and what is refused."""

load("@bazel_skylib//lib:unittest.bzl", "analysistest", "asserts")
load("//ksyms_rules:kbuild.bzl", "kbuild_vmlinux")
load("//tests/analysis:failure_test.bzl", "refused")
load("//tests/analysis:subjects.bzl", "MANUAL")
load(":kernels.bzl", "config", "vmlinux")

visibility("private")

def _actions_test_impl(ctx):
    env = analysistest.begin(ctx)
    actions = {
        action.mnemonic: action
        for action in analysistest.target_actions(env)
        if action.mnemonic.startswith("Kbuild")
    }
    asserts.equals(env, ctx.attr.mnemonics, sorted(actions))
    for mnemonic, action in actions.items():
        inputs = [file.basename for file in action.inputs.to_list()]
        asserts.equals(env, mnemonic == "KbuildVmlinux", "symbols.txt" in inputs, mnemonic)
        argv = " ".join(action.argv)
        asserts.false(env, "--kept_objects" in argv, mnemonic)
    return analysistest.end(env)

_actions_test = analysistest.make(_actions_test_impl, attrs = {"mnemonics": attr.string_list()})

def _actions():
    """vmlinux.o is the configuration's from Linux 6.5 on, which has no list; before, all of vmlinux depends on it."""
    _actions_test(
        name = "modpost_actions_test",
        target_under_test = vmlinux("modpost"),
        mnemonics = ["KbuildVmlinux"],
    )
    _actions_test(
        name = "modpost_config_actions_test",
        target_under_test = "modpost_config",
        mnemonics = ["KbuildConfig", "KbuildPrepare", "KbuildVmlinuxO"],
    )
    _actions_test(
        name = "autoksyms_actions_test",
        target_under_test = vmlinux("autoksyms", trim = "autoksyms"),
        mnemonics = ["KbuildVmlinux"],
    )
    return ["modpost_actions_test", "modpost_config_actions_test", "autoksyms_actions_test"]

def _no_image(name):
    return refused(
        name,
        vmlinux(name + "_subject", arch = "alpha"),
        "_subject: config: expected an architecture whose bootable image is known (arm, arm64, ",
        "got alpha.\nTo fix: name the image in image_target and image_file.",
    )

def _half_an_image(name):
    kbuild_vmlinux(
        name = name + "_subject",
        config = config(name + "_config"),
        image_target = "uImage",
        raw_symbol_list = "symbols.txt",
        tags = MANUAL,
    )
    return refused(name, name + "_subject", "image_target, image_file: expected both or none, got one.")

def kbuild_vmlinux_test_suite(name):
    """Declares the tests.

    Args:
      name: of the test_suite.
    """
    native.test_suite(name = name, tests = _actions() + _no_image("no_image_test") + _half_an_image("half_an_image_test"))
