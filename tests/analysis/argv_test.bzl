"""A test of the command line of a target's action."""

load("@bazel_skylib//lib:unittest.bzl", "analysistest", "asserts")

visibility(["//tests/analysis/..."])

def package_path(env):
    """Returns the folder of the tested package's outputs, with a slash at its end."""
    return "{}/{}/".format(analysistest.target_bin_dir_path(env), analysistest.target_under_test(env).label.package)

def _argv_test_impl(ctx):
    env = analysistest.begin(ctx)
    (action,) = [action for action in analysistest.target_actions(env) if action.mnemonic == ctx.attr.mnemonic]
    expected = [argument.replace("{bin}/", package_path(env)) for argument in ctx.attr.argv]
    asserts.equals(env, expected, action.argv[1:])
    return analysistest.end(env)

argv_test = analysistest.make(
    _argv_test_impl,
    attrs = {
        "argv": attr.string_list(doc = "The arguments; {bin} stands for the tested package's output folder."),
        "mnemonic": attr.string(doc = "Of the one action to look at."),
    },
)
