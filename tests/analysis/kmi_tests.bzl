"""What the rules of KMI symbol lists give, and what they find below a device's top-level target."""

load("@bazel_skylib//lib:unittest.bzl", "analysistest", "asserts")
load(
    "//ksyms_rules:defs.bzl",
    "kmi_symbol_list",
    "kmi_symbol_list_test",
    "module_symbols",
    "validated_symbol_list",
)
load("//ksyms_rules:providers.bzl", "KsymsInfo")
load(":argv_test.bzl", "argv_test")

def _collected_test_impl(ctx):
    env = analysistest.begin(ctx)
    modules = analysistest.target_under_test(env)[KsymsInfo].modules.to_list()
    asserts.equals(env, ctx.attr.modules, sorted([file.basename for file in modules]))
    return analysistest.end(env)

_collected_test = analysistest.make(_collected_test_impl, attrs = {"modules": attr.string_list()})

def _validation_test_impl(ctx):
    env = analysistest.begin(ctx)
    target = analysistest.target_under_test(env)
    asserts.equals(env, ["kmi_list"], [file.basename for file in target[DefaultInfo].files.to_list()])
    validation = getattr(target[OutputGroupInfo], "_validation", depset()).to_list()
    asserts.equals(env, ctx.attr.validation, [file.basename for file in validation])
    return analysistest.end(env)

_validation_test = analysistest.make(_validation_test_impl, attrs = {"validation": attr.string_list()})

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

def _subjects():
    for module in ("in_tree.ko", "one.ko", "two.ko", "kept.ko", "vmlinux", "Module.symvers", "vmlinux.symvers"):
        native.genrule(name = "kmi_make_" + module, outs = ["kmi/" + module], cmd = "touch $@", tags = ["manual"])
    native.genrule(name = "make_kmi_list", outs = ["kmi_list"], cmd = "touch $@", tags = ["manual"])
    _built_against(name = "against.ko", kernel = ["kmi/in_tree.ko"], tags = ["manual"])
    _bundle(name = "inner", one = "against.ko", some = ["kmi/one.ko", "kmi_list"], tags = ["manual"])
    _bundle(name = "outer", by_label = {"kmi/two.ko": "", "inner": ""}, tags = ["manual"])
    module_symbols(name = "collected", modules = ["outer"], tags = ["manual"])
    native.filegroup(name = "kmi_kernel", srcs = ["kmi/vmlinux", "kmi_list", "kmi/Module.symvers", "kmi/vmlinux.symvers"], tags = ["manual"])
    kmi_symbol_list(
        name = "kmi_generated",
        base = "kmi_list",
        exclude_modules = ["test"],
        exports = ["kmi_kernel"],
        gki_modules = ["zram"],
        include_module_exports = True,
        include_modules = ["^one"],
        modules = ["kmi/one.ko"],
        signed_modules_are_gki = False,
        tags = ["manual"],
    )
    kmi_symbol_list_test(
        name = "kmi_checked",
        check_order = True,
        check_unique = True,
        deny_lists = ["BUILD.bazel"],
        exports = ["kmi_kernel"],
        modules = ["kmi/one.ko"],
        protected_exports = ["kmi_tests.bzl"],
        strict = True,
        symbol_lists = ["kmi_list"],
        tags = ["manual"],
    )
    for enabled in (True, False):
        validated_symbol_list(
            name = "kmi_validated_{}".format(enabled),
            enabled = enabled,
            symbol_lists = ["kmi_list"],
            tags = ["manual"],
        )

def kmi_test_suite(name):
    """Declares the tests.

    Args:
      name: of the test_suite.
    """
    _subjects()
    _collected_test(
        name = "modules_below_a_device_test",
        modules = ["against.ko", "one.ko", "two.ko"],
        target_under_test = "collected",
    )
    _validation_test(
        name = "validated_symbol_list_test",
        target_under_test = "kmi_validated_True",
        validation = ["kmi_validated_True.valid"],
    )
    _validation_test(name = "validation_off_test", target_under_test = "kmi_validated_False", validation = [])
    argv_test(
        name = "exports_argv_test",
        argv = [
            "exports",
            "--output={bin}/kmi_generated.exports",
            "{bin}/kmi/vmlinux",
            "{bin}/kmi/Module.symvers",
            "{bin}/kmi/vmlinux.symvers",
        ],
        mnemonic = "KsymsExports",
        target_under_test = "kmi_generated",
    )
    argv_test(
        name = "kmi_list_argv_test",
        argv = [
            "kmi_list",
            "--output={bin}/kmi_generated",
            "--records={bin}/kmi_generated.ksyms/tests/analysis/kmi/one.ko.ksyms.jsonl",
            "--exports={bin}/kmi_generated.exports",
            "--base={bin}/kmi_list",
            "--always=module_layout",
            "--always=__put_task_struct",
            "--include_module=^one",
            "--exclude_module=test",
            "--include_module_exports",
            "--module_grouping",
            "--gki_module=zram",
            "--signed_modules_as_users",
        ],
        mnemonic = "KsymsKmiList",
        target_under_test = "kmi_generated",
    )
    argv_test(
        name = "kmi_check_argv_test",
        argv = [
            "kmi_check",
            "--output={bin}/kmi_checked.report",
            "--title=//tests/analysis:kmi_checked",
            "--fix=edit //tests/analysis:kmi_list",
            "--symbol_list={bin}/kmi_list",
            "--records={bin}/kmi_checked.ksyms/tests/analysis/kmi/one.ko.ksyms.jsonl",
            "--exports={bin}/kmi_checked.exports",
            "--deny_list=tests/analysis/BUILD.bazel",
            "--protected_exports=tests/analysis/kmi_tests.bzl",
            "--check_order",
            "--check_tracepoints",
            "--check_unique",
            "--strict",
        ],
        mnemonic = "KsymsKmiCheck",
        target_under_test = "kmi_checked",
    )
    native.test_suite(
        name = name,
        tests = [
            "exports_argv_test",
            "kmi_check_argv_test",
            "kmi_list_argv_test",
            "modules_below_a_device_test",
            "validated_symbol_list_test",
            "validation_off_test",
        ],
    )
