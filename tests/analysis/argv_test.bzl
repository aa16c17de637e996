"""A test of the command line of a target's action."""

load("@bazel_skylib//lib:unittest.bzl", "analysistest", "asserts")

def package_path(env):
    """Returns the folder of the tested package's outputs, with a slash behind it."""
    return analysistest.target_bin_dir_path(env) + "/tests/analysis/"

def _argv_test_impl(ctx):
    env = analysistest.begin(ctx)
    (action,) = [action for action in analysistest.target_actions(env) if action.mnemonic == ctx.attr.mnemonic]
    expected = [argument.replace("{bin}/", package_path(env)) for argument in ctx.attr.argv]
    asserts.equals(env, expected, action.argv[1:])
    return analysistest.end(env)

argv_test = analysistest.make(
    _argv_test_impl,
    attrs = {
        "argv": attr.string_list(doc = "The arguments; {bin} stands for this package's output folder."),
        "mnemonic": attr.string(doc = "Of the one action to look at."),
    },
)
