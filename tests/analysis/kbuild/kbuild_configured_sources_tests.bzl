"""kbuild_configured_sources: what the script sees, and where its result is built."""

load("@bazel_skylib//lib:unittest.bzl", "analysistest", "asserts")
load("//ksyms_rules:kbuild.bzl", "kbuild_configured_sources", "kbuild_external_module", "kbuild_module_objects")
load("//tests/analysis:subjects.bzl", "MANUAL", "empty_files")
load(":kernels.bzl", "config")

visibility("private")

def _script_test_impl(ctx):
    env = analysistest.begin(ctx)
    (action,) = [action for action in analysistest.target_actions(env) if action.mnemonic == "KbuildConfiguredSources"]
    for argument in ("--configure=configure", "--args=--with-linux=$(srctree)"):
        asserts.true(env, argument in action.argv, argument)
    inputs = [file.basename for file in action.inputs.to_list()]
    asserts.true(env, "trial_objects.Module.symvers" in inputs)
    asserts.true(env, "main.c" in inputs, "the kernel's sources")
    return analysistest.end(env)

_script_test = analysistest.make(_script_test_impl)

def _build_test_impl(ctx):
    env = analysistest.begin(ctx)
    (action,) = [action for action in analysistest.target_actions(env) if action.mnemonic == "KbuildExternalModule"]
    asserts.true(env, "--folders=module" in action.argv)
    (source,) = [argument for argument in action.argv if argument.startswith("--srcs=")]
    asserts.true(env, source.startswith("--srcs==") and source.endswith("/trial_configured"), source)
    return analysistest.end(env)

_build_test = analysistest.make(_build_test_impl)

def _configured(name):
    """The directory of configured sources is the module's tree."""
    empty_files("trial_sources", ["trial/configure", "trial/module/driver.c"])
    kernel = config("trial_config")
    kbuild_module_objects(name = "trial_objects", config = kernel, tags = MANUAL)
    kbuild_configured_sources(
        name = "trial_configured",
        srcs = ["trial_sources"],
        args = ["--with-linux=$(srctree)"],
        config = kernel,
        objects = "trial_objects",
        tags = MANUAL,
    )
    kbuild_external_module(
        name = "trial_module",
        srcs = ["trial_configured"],
        config = kernel,
        folders = ["module"],
        tags = MANUAL,
    )
    _script_test(name = name, target_under_test = "trial_configured")
    _build_test(name = name + "_of_result", target_under_test = "trial_module")
    return [name, name + "_of_result"]

def kbuild_configured_sources_test_suite(name):
    """Declares the tests.

    Args:
      name: of the test_suite.
    """
    native.test_suite(name = name, tests = _configured("configured_sources_test"))
