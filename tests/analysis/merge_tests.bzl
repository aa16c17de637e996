"""How the undefined symbols of many targets are merged."""

load("@bazel_skylib//lib:unittest.bzl", "analysistest", "asserts")
load("//ksyms_rules:defs.bzl", "autoksyms_header")

# buildifier: disable=bzl-visibility
load("//ksyms_rules/private:merge.bzl", "FAN_IN")
load(":argv_test.bzl", "argv_test")
load(":subjects.bzl", "MANUAL", "empty_files")

visibility("private")

def _merge_count_test_impl(ctx):
    env = analysistest.begin(ctx)
    merges = [action for action in analysistest.target_actions(env) if action.mnemonic == "KsymsMerge"]
    asserts.equals(env, ctx.attr.merges, len(merges))
    for action in merges:
        asserts.equals(env, "merge", action.argv[1])
        asserts.true(env, len([argument for argument in action.argv if argument.startswith("--usyms=")]) <= FAN_IN)
    return analysistest.end(env)

_merge_count_test = analysistest.make(
    _merge_count_test_impl,
    attrs = {"merges": attr.int(doc = "Of the target, in all steps.")},
)

def _targets(name, count):
    """A header of so many targets, with one module each."""
    modules = empty_files(name + "_modules", ["{}_{}.ko".format(name, number) for number in range(count)])
    autoksyms_header(name = name, modules = modules, tags = MANUAL)
    return name

def _merges(name, count, merges):
    _merge_count_test(name = name + "_targets_test", merges = merges, target_under_test = _targets(name, count))
    return [name + "_targets_test"]

def _header_of_merged(name):
    argv_test(
        name = name,
        argv = [
            "autoksyms_header",
            "--output={bin}/many/include/generated/autoksyms.h",
            "--usyms={bin}/many.merged/0-0.usyms",
            "--usyms={{bin}}/many.ksyms/tests/analysis/many_{}.ko.usyms".format(FAN_IN),
        ],
        mnemonic = "KsymsAutoksymsHeader",
        target_under_test = "many",
    )
    return [name]

def merge_test_suite(name):
    """Declares the tests.

    Args:
      name: of the test_suite.
    """
    native.test_suite(
        name = name,
        tests = _merges("few", FAN_IN, merges = 0) +
                _merges("many", FAN_IN + 1, merges = 1) +
                _merges("very_many", FAN_IN * FAN_IN + 2, merges = FAN_IN + 1 + 1) +
                _header_of_merged("header_of_merged_test"),
    )
