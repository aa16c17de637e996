"""symbol_list_update: which targets it makes, and what it tells the program."""

load("@bazel_skylib//lib:unittest.bzl", "asserts", "unittest")
load("//ksyms_rules:defs.bzl", "symbol_list_update")
load(":subjects.bzl", "MANUAL", "empty_files")

visibility("private")

def _made_test_impl(ctx):
    env = unittest.begin(ctx)
    asserts.equals(env, ctx.attr.expected, ctx.attr.made)
    return unittest.end(env)

_made_test = unittest.make(
    _made_test_impl,
    attrs = {
        "expected": attr.string_list(),
        "made": attr.string_list(doc = "Arguments and data of the targets that the macro made, as a BUILD file has them."),
    },
)

def _update(name, symbol_list):
    """Calls the macro; returns the arguments and data of the test that it made, [] if it made none."""
    symbol_list_update(name = name, generated = "updated/generated", symbol_list = symbol_list, tags = MANUAL)
    test = native.existing_rule(name + "_test") or {"args": [], "data": []}
    return list(test["args"]) + list(test["data"])

def _made(name, symbol_list, expected):
    _made_test(name = name, made = _update(name + "_subject", symbol_list), expected = expected)
    return [name]

def _expected(name, symbol_list, *data):
    return [
        "--test",
        "'--fix=bazel run //tests/analysis:{}_subject'".format(name),
        "$(rootpath updated/generated)",
        "tests/analysis/" + symbol_list,
        ":updated/generated",
    ] + list(data)

def symbol_list_update_test_suite(name):
    """Declares the tests.

    Args:
      name: of the test_suite.
    """
    empty_files("updated_files", ["updated/generated"])
    native.test_suite(
        name = name,
        tests = _made(
                    "test_of_a_list_test",
                    "subjects.bzl",
                    _expected("test_of_a_list_test", "subjects.bzl", ":subjects.bzl"),
                ) + _made(
                    "test_of_a_list_that_does_not_exist_test",
                    "lists/not_yet",
                    _expected("test_of_a_list_that_does_not_exist_test", "lists/not_yet"),
                ) + _made("no_test_of_a_list_outside_test", "../analysis/subjects.bzl", []) +
                _made("no_test_of_a_list_below_test", "kbuild/kernels.bzl", []),
    )
