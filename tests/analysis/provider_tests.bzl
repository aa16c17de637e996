"""What the rules give, and the command lines of their actions."""

load("@bazel_skylib//lib:unittest.bzl", "analysistest", "asserts")
load("@rules_cc//cc/common:cc_info.bzl", "CcInfo")
load("//ksyms_rules:defs.bzl", "autoksyms_header", "module_symbols", "raw_symbol_list")
load("//ksyms_rules:providers.bzl", "KsymsInfo")

# buildifier: disable=bzl-visibility
load("//ksyms_rules/private:merge.bzl", "FAN_IN")
load(":argv_test.bzl", "argv_test", "package_path")

def _names(files):
    return [file.basename for file in files.to_list()]

def _module_symbols_test_impl(ctx):
    env = analysistest.begin(ctx)
    target = analysistest.target_under_test(env)
    info = target[KsymsInfo]
    asserts.equals(env, ["alpha.ko", "beta.o", "gamma.a"], _names(info.modules))
    asserts.equals(env, ["mixed.usyms", "gamma.usyms"], _names(info.usyms))
    asserts.equals(env, ["mixed.ksyms.jsonl", "gamma.ksyms.jsonl"], _names(info.records))
    asserts.equals(
        env,
        sorted(_names(info.usyms) + _names(info.records)),
        sorted(_names(target[DefaultInfo].files)),
    )
    asserts.equals(env, _names(info.usyms), _names(target[OutputGroupInfo].usyms))
    asserts.equals(env, _names(info.records), _names(target[OutputGroupInfo].records))
    return analysistest.end(env)

_module_symbols_test = analysistest.make(_module_symbols_test_impl)

def _header_test_impl(ctx):
    env = analysistest.begin(ctx)
    target = analysistest.target_under_test(env)
    (header,) = target[DefaultInfo].files.to_list()
    asserts.equals(env, package_path(env) + "header/include/generated/autoksyms.h", header.path)
    context = target[CcInfo].compilation_context
    asserts.equals(env, [header], context.headers.to_list())
    asserts.equals(env, [package_path(env) + "header/include"], context.includes.to_list())
    asserts.equals(env, ["raw_symbol_list.txt"], _names(target[OutputGroupInfo].raw_symbol_list))
    return analysistest.end(env)

_header_test = analysistest.make(_header_test_impl)

def _merge_count_test_impl(ctx):
    env = analysistest.begin(ctx)
    merges = [action for action in analysistest.target_actions(env) if action.mnemonic == "KsymsMerge"]
    asserts.equals(env, ctx.attr.merges, len(merges))
    for action in merges:
        asserts.true(env, len([argument for argument in action.argv if argument.startswith("--usyms=")]) <= FAN_IN)
    return analysistest.end(env)

_merge_count_test = analysistest.make(
    _merge_count_test_impl,
    attrs = {"merges": attr.int(doc = "Of the target, in all steps.")},
)

def _many(name, count):
    """A header of so many targets, a module each."""
    modules = ["{}_{}".format(name, number) for number in range(count)]
    for module in modules:
        native.genrule(name = module, outs = [module + ".ko"], cmd = "touch $@", tags = ["manual"])
    autoksyms_header(name = name, modules = modules, tags = ["manual"])

def _subjects():
    for module in ("alpha.ko", "beta.o", "gamma.a", "notes.txt"):
        native.genrule(name = "make_" + module, outs = [module], cmd = "touch $@", tags = ["manual"])
    native.filegroup(name = "mixed", srcs = ["alpha.ko", "notes.txt", "beta.o"], tags = ["manual"])
    native.filegroup(name = "gamma", srcs = ["gamma.a"], tags = ["manual"])
    module_symbols(name = "symbols", modules = ["mixed", "gamma"], tags = ["manual"])
    module_symbols(name = "mixed_symbols", modules = ["mixed"], tags = ["manual"])
    autoksyms_header(
        name = "header",
        modules = ["symbols"],
        modversions = True,
        symbol_lists = ["notes.txt"],
        tags = ["manual"],
    )
    raw_symbol_list(name = "raw", modules = ["symbols"], tags = ["manual"])
    _many("few", FAN_IN)
    _many("many", FAN_IN + 1)
    _many("very_many", FAN_IN * FAN_IN + 2)

def provider_test_suite(name):
    """Declares the tests.

    Args:
      name: of the test_suite.
    """
    _subjects()
    _module_symbols_test(name = "module_symbols_test", target_under_test = "symbols")
    _header_test(name = "autoksyms_header_test", target_under_test = "header")
    argv_test(
        name = "extract_argv_test",
        argv = [
            "extract",
            "--usyms={bin}/mixed_symbols.ksyms/tests/analysis/mixed.usyms",
            "--records={bin}/mixed_symbols.ksyms/tests/analysis/mixed.ksyms.jsonl",
            "{bin}/alpha.ko",
            "{bin}/beta.o",
        ],
        mnemonic = "KsymsExtract",
        target_under_test = "mixed_symbols",
    )
    argv_test(
        name = "header_argv_test",
        argv = [
            "header",
            "--output={bin}/header/include/generated/autoksyms.h",
            "--usyms={bin}/symbols.ksyms/tests/analysis/mixed.usyms",
            "--usyms={bin}/symbols.ksyms/tests/analysis/gamma.usyms",
            "--symbol_list={bin}/notes.txt",
            "--modversions",
        ],
        mnemonic = "KsymsHeader",
        target_under_test = "header",
    )
    argv_test(
        name = "raw_list_argv_test",
        argv = [
            "raw_list",
            "--output={bin}/raw.txt",
            "--usyms={bin}/symbols.ksyms/tests/analysis/mixed.usyms",
            "--usyms={bin}/symbols.ksyms/tests/analysis/gamma.usyms",
        ],
        mnemonic = "KsymsRawList",
        target_under_test = "raw",
    )
    _merge_count_test(name = "few_targets_merge_at_once_test", merges = 0, target_under_test = "few")
    _merge_count_test(name = "many_targets_merge_in_steps_test", merges = 1, target_under_test = "many")
    _merge_count_test(name = "very_many_targets_merge_in_steps_test", merges = FAN_IN + 1 + 1, target_under_test = "very_many")
    argv_test(
        name = "merged_header_argv_test",
        argv = [
            "header",
            "--output={bin}/many/include/generated/autoksyms.h",
            "--usyms={bin}/many.merged/0-0.usyms",
            "--usyms={{bin}}/many.ksyms/tests/analysis/many_{}.usyms".format(FAN_IN),
        ],
        mnemonic = "KsymsHeader",
        target_under_test = "many",
    )
    native.test_suite(
        name = name,
        tests = [
            "autoksyms_header_test",
            "extract_argv_test",
            "few_targets_merge_at_once_test",
            "header_argv_test",
            "many_targets_merge_in_steps_test",
            "merged_header_argv_test",
            "module_symbols_test",
            "raw_list_argv_test",
            "very_many_targets_merge_in_steps_test",
        ],
    )
