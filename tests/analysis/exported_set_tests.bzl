"""autoksyms_header and raw_symbol_list: what they give, their command lines, and what they refuse."""

load("@bazel_skylib//lib:unittest.bzl", "analysistest", "asserts")
load("@rules_cc//cc/common:cc_info.bzl", "CcInfo")
load("//ksyms_rules:defs.bzl", "autoksyms_header", "module_symbols", "raw_symbol_list")
load(":argv_test.bzl", "argv_test", "package_path")
load(":failure_test.bzl", "refused")
load(":subjects.bzl", "MANUAL", "empty_files")

visibility("private")

def _header_test_impl(ctx):
    env = analysistest.begin(ctx)
    target = analysistest.target_under_test(env)
    (header,) = target[DefaultInfo].files.to_list()
    asserts.equals(env, package_path(env) + "header/include/generated/autoksyms.h", header.path)
    context = target[CcInfo].compilation_context
    asserts.equals(env, [header], context.headers.to_list())
    asserts.equals(env, [package_path(env) + "header/include"], context.includes.to_list())
    (raw_list,) = target[OutputGroupInfo].raw_symbol_list.to_list()
    asserts.equals(env, "raw_symbol_list.txt", raw_list.basename)
    return analysistest.end(env)

_header_test = analysistest.make(_header_test_impl)

def _subjects():
    empty_files("set_files", ["set/alpha.ko", "set/gamma.a", "set/list"])
    module_symbols(name = "set_symbols", modules = ["set/alpha.ko", "set/gamma.a"], tags = MANUAL)
    autoksyms_header(
        name = "header",
        modules = ["set_symbols"],
        modversions = True,
        symbol_lists = ["set/list"],
        tags = MANUAL,
    )
    raw_symbol_list(name = "raw", modules = ["set_symbols"], tags = MANUAL)

def _argv():
    usyms = [
        "--usyms={bin}/set_symbols.ksyms/tests/analysis/set/alpha.ko.usyms",
        "--usyms={bin}/set_symbols.ksyms/tests/analysis/set/gamma.a.usyms",
    ]
    argv_test(
        name = "autoksyms_header_argv_test",
        argv = ["autoksyms_header", "--output={bin}/header/include/generated/autoksyms.h"] + usyms + [
            "--symbol_lists={bin}/set/list",
            "--modversions",
        ],
        mnemonic = "KsymsAutoksymsHeader",
        target_under_test = "header",
    )
    argv_test(
        name = "raw_symbol_list_argv_test",
        argv = ["raw_symbol_list", "--output={bin}/raw.txt"] + usyms,
        mnemonic = "KsymsRawSymbolList",
        target_under_test = "raw",
    )
    return ["autoksyms_header_argv_test", "raw_symbol_list_argv_test"]

def _nothing_given(name, rule):
    rule(name = name + "_subject", tags = MANUAL)
    return refused(
        name,
        name + "_subject",
        "_subject: modules, symbol_lists: expected at least one label in one of them, got none.",
        "To fix: list the kernel's modules, or a KMI symbol list.",
    )

def _empty_symbol_list(name):
    native.filegroup(name = name + "_nothing", tags = MANUAL)
    raw_symbol_list(name = name + "_subject", symbol_lists = [name + "_nothing"], tags = MANUAL)
    return refused(
        name,
        name + "_subject",
        "symbol_lists: expected @@//tests/analysis:{}_nothing to give a symbol list, got no files.".format(name),
    )

def exported_set_test_suite(name):
    """Declares the tests.

    Args:
      name: of the test_suite.
    """
    _subjects()
    _header_test(name = "autoksyms_header_test", target_under_test = "header")
    native.test_suite(
        name = name,
        tests = ["autoksyms_header_test"] + _argv() +
                _nothing_given("nothing_given_to_autoksyms_header_test", autoksyms_header) +
                _nothing_given("nothing_given_to_raw_symbol_list_test", raw_symbol_list) +
                _empty_symbol_list("empty_symbol_list_test"),
    )
