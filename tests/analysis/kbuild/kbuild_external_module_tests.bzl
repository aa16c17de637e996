"""kbuild_external_module: where its sources are, and what it refuses."""

load("@bazel_skylib//lib:unittest.bzl", "analysistest", "asserts")
load("//ksyms_rules:kbuild.bzl", "kbuild_external_module", "kbuild_modules", "kbuild_vmlinux")
load("//tests/analysis:failure_test.bzl", "refused")
load("//tests/analysis:subjects.bzl", "MANUAL", "empty_files")
load(":kernels.bzl", "config")

visibility("private")

def _places_test_impl(ctx):
    env = analysistest.begin(ctx)
    (action,) = [action for action in analysistest.target_actions(env) if action.mnemonic == "KbuildExternalModule"]
    asserts.equals(env, "external_module", action.argv[1])
    argv = [argument for argument in action.argv if argument.startswith(("--folders=", "--srcs="))]
    asserts.equals(
        env,
        ["--folders=module", "--srcs=include/config.h=", "--srcs=module/Kbuild=", "--srcs=module/zfs.c="],
        sorted([argument[:argument.rfind("=") + 1] if argument.startswith("--srcs") else argument for argument in argv]),
    )
    return analysistest.end(env)

_places_test = analysistest.make(_places_test_impl)

def _places(name):
    """Sources keep their places beside and above the Kbuild file, as those of OpenZFS do."""
    empty_files("zfs_sources", ["openzfs/module/Kbuild", "openzfs/module/zfs.c", "openzfs/include/config.h"])
    kbuild_external_module(name = "zfs", srcs = ["zfs_sources"], config = config("zfs_config"), tags = MANUAL)
    _places_test(name = name, target_under_test = "zfs")
    return [name]

def _no_kbuild_file(name):
    kbuild_external_module(
        name = name + "_subject",
        srcs = ["BUILD.bazel"],
        config = config(name + "_config"),
        tags = MANUAL,
    )
    return refused(
        name,
        name + "_subject",
        "_subject: srcs: expected a file Kbuild or Makefile, got BUILD.bazel.",
        "To fix: add one with a line such as `obj-m := driver.o`.",
    )

def _command_line_test_impl(ctx):
    env = analysistest.begin(ctx)
    for action in analysistest.target_actions(env):
        if action.mnemonic in ("KbuildExternalModule", "KbuildModules"):
            for argument in ("--folders=common", "--folders=nat64", "--make_vars=KCFLAGS=-O1", "--make_vars=SOURCES=$(M)/.."):
                asserts.true(env, argument in action.argv, argument)
            asserts.false(env, "--make_vars=KCFLAGS=-O2" in action.argv)
    return analysistest.end(env)

_command_line_test = analysistest.make(_command_line_test_impl)

def _command_line(name):
    """Variables and folders of a module reach make when it is compiled and when it is linked."""
    empty_files("jool_sources", ["jool_tree/common/Kbuild", "jool_tree/nat64/Kbuild"])
    kernel = config("jool_config", make_vars = {"KCFLAGS": "-O2"})
    kbuild_external_module(
        name = "jool",
        srcs = ["jool_sources"],
        config = kernel,
        folders = ["common", "nat64"],
        make_vars = {"KCFLAGS": "-O1", "SOURCES": "$(M)/.."},
        tags = MANUAL,
    )
    kbuild_vmlinux(name = "jool_vmlinux", config = kernel, raw_symbol_list = "raw_symbol_list.txt", tags = MANUAL)
    kbuild_modules(name = "jool_linked", objects = "jool", vmlinux = "jool_vmlinux", tags = MANUAL)
    _command_line_test(name = name, target_under_test = "jool")
    _command_line_test(name = name + "_of_link", target_under_test = "jool_linked")
    return [name, name + "_of_link"]

def _refused(name, problem, fix, files = ["refused/Kbuild", "refused/Makefile", "refused/Other"], **kwargs):
    empty_files(name + "_sources", [name + "/" + file for file in files])
    kbuild_external_module(
        name = name + "_subject",
        srcs = [name + "_sources"],
        config = config(name + "_config"),
        tags = MANUAL,
        **kwargs
    )
    return refused(name, name + "_subject", "_subject: " + problem, fix)

def kbuild_external_module_test_suite(name):
    """Declares the tests.

    Args:
      name: of the test_suite.
    """
    native.test_suite(
        name = name,
        tests = (
            _places("places_test") +
            _no_kbuild_file("no_kbuild_file_test") +
            _command_line("external_command_line_test") +
            _refused(
                "other_name_test",
                "kbuild_file: expected a file Kbuild or Makefile, since kbuild reads no other, got Other.",
                "To fix: copy it to a file Kbuild in the same folder",
                kbuild_file = "other_name_test/refused/Other",
            ) +
            _refused(
                "hidden_makefile_test",
                "kbuild_file: expected the file that kbuild reads, got Makefile, but there is a Kbuild beside it.",
                "To fix: name that Kbuild, or leave it out of srcs.",
                kbuild_file = "hidden_makefile_test/refused/Makefile",
            ) +
            _refused(
                "folders_and_kbuild_file_test",
                "kbuild_file, folders: expected one of the two at most, got both.",
                "To fix: name all folders to build in folders.",
                folders = ["refused"],
                kbuild_file = "folders_and_kbuild_file_test/refused/Kbuild",
            ) +
            _refused(
                "own_variable_test",
                "make_vars: expected variables of the module, got M.",
                "To fix: remove it; the rule sets it.",
                make_vars = {"M": "/elsewhere"},
            )
        ),
    )
