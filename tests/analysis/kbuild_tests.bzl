"""The rules that build a kernel: which actions there are, what they depend on, and what is said of wrong use."""

load("@bazel_skylib//lib:unittest.bzl", "analysistest", "asserts", "unittest")
load(
    "//ksyms_rules:kbuild.bzl",
    "kbuild_config",
    "kbuild_external_module",
    "kbuild_module_objects",
    "kbuild_modules",
    "kbuild_vmlinux",
    "linux_kernel",
)

# buildifier: disable=bzl-visibility
load("//ksyms_rules/private:kernel_build_programs.bzl", "names_program")
load(":failure_test.bzl", "failure_test")

_MANUAL = ["manual"]

def _kernel_sources(name):
    """Files that look like a kernel to the rules; nothing here is ever built."""
    native.genrule(
        name = name,
        outs = [name + "/" + file for file in ("Kconfig", "Makefile", "init/Kconfig", "init/main.c", "scripts/mod/modpost.c")],
        cmd = "touch $(OUTS)",
        tags = _MANUAL,
    )

def _config(name, trim = "modpost", **kwargs):
    kbuild_config(name = name, srcs = ["kernel_sources"], defconfig = "tinyconfig", trim = trim, tags = _MANUAL, **kwargs)
    return name

def _vmlinux(name, **kwargs):
    kbuild_vmlinux(name = name, config = _config(name + "_config", **kwargs), raw_symbol_list = "symbols.txt", tags = _MANUAL)
    return name

def _actions_test_impl(ctx):
    env = analysistest.begin(ctx)
    actions = {action.mnemonic: action for action in analysistest.target_actions(env)}
    asserts.equals(env, sorted(ctx.attr.mnemonics), sorted([name for name in actions if name.startswith("Kbuild")]))
    for mnemonic, action in actions.items():
        inputs = [file.basename for file in action.inputs.to_list()]
        asserts.equals(env, mnemonic in ctx.attr.reads_list, "symbols.txt" in inputs, mnemonic)
        argv = " ".join(action.argv or [])
        asserts.equals(env, mnemonic in ctx.attr.keeps_objects, "--build_cache=/kept" in argv, mnemonic)
    return analysistest.end(env)

_ACTIONS_ATTRS = {
    "keeps_objects": attr.string_list(),
    "mnemonics": attr.string_list(),
    "reads_list": attr.string_list(),
}

_actions_test = analysistest.make(_actions_test_impl, attrs = _ACTIONS_ATTRS)

_keeping_actions_test = analysistest.make(
    _actions_test_impl,
    attrs = _ACTIONS_ATTRS,
    config_settings = {str(Label("//ksyms_rules:build_cache")): "/kept"},
)

def _actions(name):
    """vmlinux.o does not depend on the list from Linux 6.5 on; before, all of vmlinux does."""
    _actions_test(
        name = name + "_modpost_test",
        target_under_test = _vmlinux(name + "_modpost"),
        mnemonics = ["KbuildVmlinux", "KbuildVmlinuxO"],
        reads_list = ["KbuildVmlinux"],
    )
    _actions_test(
        name = name + "_autoksyms_test",
        target_under_test = _vmlinux(name + "_autoksyms", trim = "autoksyms"),
        mnemonics = ["KbuildVmlinux"],
        reads_list = ["KbuildVmlinux"],
    )
    _keeping_actions_test(
        name = name + "_keeping_test",
        target_under_test = name + "_modpost",
        mnemonics = ["KbuildVmlinux", "KbuildVmlinuxO"],
        keeps_objects = ["KbuildVmlinux", "KbuildVmlinuxO"],
        reads_list = ["KbuildVmlinux"],
    )
    return [name + "_modpost_test", name + "_autoksyms_test", name + "_keeping_test"]

def _macro_test_impl(ctx):
    env = analysistest.begin(ctx)
    (action,) = [action for action in analysistest.target_actions(env) if action.mnemonic == "KsymsRawList"]
    inputs = [file.short_path.rpartition("/")[2] for file in action.inputs.to_list()]
    asserts.true(env, "macro_objects.usyms" in inputs)
    asserts.true(env, "macro_driver_objects.usyms" in inputs)
    return analysistest.end(env)

_macro_test = analysistest.make(_macro_test_impl)

def _macro(name):
    """The kernel's list has the needs of modules in tree and external."""
    linux_kernel(
        name = "macro",
        srcs = ["kernel_sources"],
        trim = "modpost",
        defconfig = "tinyconfig",
        external_modules = {"driver": ["driver_sources"]},
        kbuild_files = {"driver": "driver/Kbuild"},
        tags = _MANUAL,
    )
    _macro_test(name = name, target_under_test = "macro_raw_symbol_list")
    return [name]

def _places_test_impl(ctx):
    env = analysistest.begin(ctx)
    (action,) = [action for action in analysistest.target_actions(env) if action.mnemonic == "KbuildExternalModule"]
    argv = [argument for argument in action.argv if argument.startswith(("--kbuild_file=", "--source="))]
    asserts.equals(
        env,
        ["--kbuild_file=module/Kbuild", "--source=include/config.h=", "--source=module/Kbuild=", "--source=module/zfs.c="],
        sorted([argument[:argument.rfind("=") + 1] if argument.startswith("--source") else argument for argument in argv]),
    )
    return analysistest.end(env)

_places_test = analysistest.make(_places_test_impl)

def _places(name):
    """Sources keep their places beside and above the Kbuild file, as those of OpenZFS do."""
    native.genrule(
        name = "zfs_sources",
        outs = ["openzfs/module/Kbuild", "openzfs/module/zfs.c", "openzfs/include/config.h"],
        cmd = "touch $(OUTS)",
        tags = _MANUAL,
    )
    kbuild_external_module(name = "zfs", srcs = ["zfs_sources"], config = _config("zfs_config"), tags = _MANUAL)
    _places_test(name = name, target_under_test = "zfs")
    return [name]

def _programs_test_impl(ctx):
    env = unittest.begin(ctx)
    programs = ["clang-14", "gcc", "gcc-12", "ld.lld-14", "pahole", "x86_64-linux-gnu-gcc-12.2", "x86_64-linux-gnu-ld.bfd"]
    others = ["basename", "cc1-as-x", "clang-format-14", "gcc-ar", "g++", "ldd", "lld-link", "llvm-nm"]
    asserts.equals(env, programs, [name for name in programs + others if names_program(name)])
    return unittest.end(env)

_programs_test = unittest.make(_programs_test_impl)

def _refused(name, subject, *messages):
    failure_test(name = name, target_under_test = subject, messages = messages)
    return [name]

def _failures():
    tests = []
    kbuild_config(name = "no_kernel", srcs = ["BUILD.bazel"], defconfig = "x", trim = "modpost", tags = _MANUAL)
    tests += _refused(
        "no_kernel_test",
        "no_kernel",
        "no_kernel: srcs: expected a Linux source tree with Kconfig and Makefile at its top, got tests/analysis/BUILD.bazel.",
        "To fix: name a filegroup of all files of the tree",
    )
    kbuild_config(
        name = "elsewhere",
        srcs = ["kernel_sources", "driver_sources"],
        defconfig = "x",
        trim = "modpost",
        tags = _MANUAL,
    )
    tests += _refused(
        "elsewhere_test",
        "elsewhere",
        "elsewhere: srcs: expected files of the kernel's tree, below bazel-out/",
        "tests/analysis/driver/Kbuild.",
        "To fix: put them into the tree",
    )
    kbuild_config(
        name = "two_architectures",
        srcs = ["kernel_sources"],
        defconfig = "x",
        make_vars = {"ARCH": "arm64"},
        trim = "modpost",
        tags = _MANUAL,
    )
    tests += _refused("two_architectures_test", "two_architectures", "make_vars: expected no ARCH, got arm64.")
    kbuild_config(name = "no_base", srcs = ["kernel_sources"], trim = "modpost", tags = _MANUAL)
    tests += _refused("no_base_test", "no_base", "base, defconfig: expected one of the two, got none.")
    _config("two_bases", base = "BUILD.bazel")
    tests += _refused("two_bases_test", "two_bases", "base, defconfig: expected one of the two, got both.")
    tests += _refused(
        "no_image_test",
        _vmlinux("no_image", arch = "alpha"),
        "no_image: config: expected an architecture whose bootable image is known (arm, arm64, ",
        "got alpha.\nTo fix: name the image in image_target and image_file.",
    )
    kbuild_external_module(
        name = "no_kbuild_file",
        srcs = ["BUILD.bazel"],
        config = _config("no_kbuild_file_config"),
        tags = _MANUAL,
    )
    tests += _refused(
        "no_kbuild_file_test",
        "no_kbuild_file",
        "no_kbuild_file: srcs: expected a file Kbuild or Makefile, got BUILD.bazel.",
        "To fix: add one with a line such as `obj-m := driver.o`.",
    )
    kbuild_vmlinux(
        name = "half_an_image",
        config = _config("half_an_image_config"),
        image_target = "uImage",
        raw_symbol_list = "symbols.txt",
        tags = _MANUAL,
    )
    tests += _refused("half_an_image_test", "half_an_image", "image_target, image_file: expected both or none, got one.")
    kbuild_module_objects(name = "other_objects", config = _config("other_objects_config"), tags = _MANUAL)
    kbuild_modules(name = "other_config", objects = "other_objects", vmlinux = _vmlinux("other_vmlinux"), tags = _MANUAL)
    tests += _refused(
        "other_config_test",
        "other_config",
        "other_config: objects, vmlinux: expected both to be built from one kbuild_config, got " +
        "@@//tests/analysis:other_objects_config and @@//tests/analysis:other_vmlinux_config.",
    )
    return tests

def kbuild_test_suite(name):
    """Declares the tests of the rules that build a kernel.

    Args:
      name: of the test_suite.
    """
    _kernel_sources("kernel_sources")
    native.genrule(name = "driver_sources", outs = ["driver/Kbuild", "driver/driver.c"], cmd = "touch $(OUTS)", tags = _MANUAL)
    native.genrule(name = "symbols_txt", outs = ["symbols.txt"], cmd = "touch $@", tags = _MANUAL)
    _programs_test(name = "programs_test")
    native.test_suite(name = name, tests = ["programs_test"] + _actions("actions") + _macro("macro_test") + _places("places_test") + _failures())
