"""A test that a target cannot be analysed, and of what Bazel says then."""

load("@bazel_skylib//lib:unittest.bzl", "analysistest", "asserts")

visibility(["//tests/analysis/..."])

def _failure_test_impl(ctx):
    env = analysistest.begin(ctx)
    for message in ctx.attr.messages:
        asserts.expect_failure(env, message)
    return analysistest.end(env)

_failure_test = analysistest.make(
    _failure_test_impl,
    expect_failure = True,
    attrs = {"messages": attr.string_list(mandatory = True)},
)

def refused(name, subject, *messages):
    """Declares the test.

    Args:
      name: of the test.
      subject: target that cannot be analysed.
      *messages: parts of what Bazel says, word for word.
    Returns:
      [string], the test's name.
    """
    _failure_test(name = name, target_under_test = subject, messages = messages)
    return [name]
