"""Which files are module files: given directly, and below a device's top-level target."""

load("@bazel_skylib//lib:unittest.bzl", "analysistest", "asserts")
load("//ksyms_rules:defs.bzl", "module_symbols")
load("//ksyms_rules:providers.bzl", "KsymsInfo")
load(":subjects.bzl", "MANUAL", "empty_files")

visibility("private")

def _modules_test_impl(ctx):
    env = analysistest.begin(ctx)
    modules = analysistest.target_under_test(env)[KsymsInfo].modules.to_list()
    asserts.equals(env, ctx.attr.modules, sorted([file.basename for file in modules]))
    return analysistest.end(env)

_modules_test = analysistest.make(
    _modules_test_impl,
    attrs = {"modules": attr.string_list(doc = "The names of the module files, sorted.")},
)

def _bundle_impl(_ctx):
    return [DefaultInfo()]

_bundle = rule(
    implementation = _bundle_impl,
    doc = "A target that gives nothing itself.",
    attrs = {
        "by_label": attr.label_keyed_string_dict(allow_files = True),
        "one": attr.label(),
        "some": attr.label_list(allow_files = True),
    },
)

def _built_against_impl(ctx):
    module = ctx.actions.declare_file(ctx.label.name)
    ctx.actions.write(module, "")
    return [DefaultInfo(files = depset([module]))]

_built_against = rule(
    implementation = _built_against_impl,
    doc = "A module that was built against a kernel with modules of its own.",
    attrs = {"kernel": attr.label_list(allow_files = True)},
)

def _of(name, given, expected):
    module_symbols(name = name + "_subject", modules = given, tags = MANUAL)
    _modules_test(name = name, target_under_test = name + "_subject", modules = expected)
    return [name]

def module_files_test_suite(name):
    """Declares the tests.

    Args:
      name: of the test_suite.
    """
    every_kind = empty_files(
        "every_kind",
        ["kind/a.a", "kind/b.ko", "kind/c.ko.gz", "kind/d.ko.zst", "kind/e.o", "kind/f.txt"],
    )
    _bundle(name = "device_of_every_kind", some = every_kind, tags = MANUAL)
    empty_files("in_tree_module", ["kind/in_tree.ko"])
    _built_against(name = "against.ko", kernel = ["kind/in_tree.ko"], tags = MANUAL)
    _bundle(name = "inner", one = "against.ko", some = ["kind/b.ko", "kind/f.txt"], tags = MANUAL)
    _bundle(name = "outer", by_label = {"inner": "", "kind/c.ko.gz": ""}, tags = MANUAL)
    native.test_suite(
        name = name,
        tests = _of(
            "module_files_given_directly_test",
            ["every_kind"],
            ["a.a", "b.ko", "c.ko.gz", "d.ko.zst", "e.o"],
        ) + _of(
            "module_files_below_a_device_test",
            ["device_of_every_kind"],
            ["b.ko", "c.ko.gz", "d.ko.zst"],
        ) + _of(
            "modules_of_the_nearest_targets_test",
            ["outer"],
            ["against.ko", "b.ko", "c.ko.gz"],
        ),
    )
