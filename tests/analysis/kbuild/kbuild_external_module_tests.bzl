"""kbuild_external_module: where its sources are, and what it refuses."""

load("@bazel_skylib//lib:unittest.bzl", "analysistest", "asserts")
load("//ksyms_rules:kbuild.bzl", "kbuild_external_module")
load("//tests/analysis:failure_test.bzl", "refused")
load("//tests/analysis:subjects.bzl", "MANUAL", "empty_files")
load(":kernels.bzl", "config")

visibility("private")

def _places_test_impl(ctx):
    env = analysistest.begin(ctx)
    (action,) = [action for action in analysistest.target_actions(env) if action.mnemonic == "KbuildExternalModule"]
    asserts.equals(env, "external_module", action.argv[1])
    argv = [argument for argument in action.argv if argument.startswith(("--kbuild_file=", "--srcs="))]
    asserts.equals(
        env,
        ["--kbuild_file=module/Kbuild", "--srcs=include/config.h=", "--srcs=module/Kbuild=", "--srcs=module/zfs.c="],
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

def kbuild_external_module_test_suite(name):
    """Declares the tests.

    Args:
      name: of the test_suite.
    """
    native.test_suite(name = name, tests = _places("places_test") + _no_kbuild_file("no_kbuild_file_test"))
