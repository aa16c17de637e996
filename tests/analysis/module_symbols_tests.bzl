"""module_symbols: what it gives, its command line, and which `modules` it refuses."""

load("@bazel_skylib//lib:unittest.bzl", "analysistest", "asserts")
load("//ksyms_rules:defs.bzl", "module_symbols")
load("//ksyms_rules:providers.bzl", "KsymsInfo")
load(":argv_test.bzl", "argv_test")
load(":failure_test.bzl", "refused")
load(":subjects.bzl", "MANUAL", "empty_files")

visibility("private")

def _names(files):
    return [file.basename for file in files.to_list()]

def _provider_test_impl(ctx):
    env = analysistest.begin(ctx)
    target = analysistest.target_under_test(env)
    info = target[KsymsInfo]
    asserts.equals(env, ["alpha.ko", "beta.o", "gamma.a"], _names(info.modules))
    asserts.equals(env, ["mixed.usyms", "gamma.a.usyms"], _names(info.usyms))
    asserts.equals(env, ["mixed.ksyms.jsonl", "gamma.a.ksyms.jsonl"], _names(info.records))
    asserts.equals(
        env,
        sorted(_names(info.usyms) + _names(info.records)),
        sorted(_names(target[DefaultInfo].files)),
    )
    asserts.equals(env, _names(info.usyms), _names(target[OutputGroupInfo].usyms))
    asserts.equals(env, _names(info.records), _names(target[OutputGroupInfo].records))
    return analysistest.end(env)

_provider_test = analysistest.make(_provider_test_impl)

def _provider():
    empty_files("mixed", ["alpha.ko", "notes.txt", "beta.o"])
    empty_files("gamma", ["gamma.a"])
    module_symbols(name = "symbols", modules = ["mixed", "gamma.a"], tags = MANUAL)
    _provider_test(name = "module_symbols_test", target_under_test = "symbols")
    return ["module_symbols_test"]

def _argv(name):
    module_symbols(name = "mixed_symbols", modules = ["mixed"], tags = MANUAL)
    argv_test(
        name = name,
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
    return [name]

def _no_modules(name):
    module_symbols(name = name + "_subject", modules = [], tags = MANUAL)
    return refused(
        name,
        name + "_subject",
        "//tests/analysis:{}_subject: modules: expected at least one label, got [].".format(name),
        "To fix: list the targets that build the kernel modules.",
    )

def _no_module_files(name):
    native.filegroup(name = name + "_documents", srcs = ["BUILD.bazel", "subjects.bzl"], tags = MANUAL)
    module_symbols(name = name + "_subject", modules = [name + "_documents"], tags = MANUAL)
    return refused(
        name,
        name + "_subject",
        "{}_subject: modules: expected @@//tests/analysis:{}_documents to give *.ko, *.o or *.a files ".format(name, name) +
        "or be made of modules, got BUILD.bazel, subjects.bzl.",
        "To fix: name the target that builds the modules",
    )

def _many_other_files_are_counted(name):
    outs = empty_files(name + "_documents", ["{}_{}.txt".format(name, number) for number in range(7)])
    module_symbols(name = name + "_subject", modules = [name + "_documents"], tags = MANUAL)
    return refused(name, name + "_subject", outs[4] + " and 2 more.")

def _no_files_at_all(name):
    native.filegroup(name = name + "_nothing", tags = MANUAL)
    module_symbols(name = name + "_subject", modules = [name + "_nothing"], tags = MANUAL)
    return refused(name, name + "_subject", "got no files.")

def _duplicate_module(name):
    modules = empty_files(name + "_modules", [name + "/first/snd-hda.ko", name + "/second/snd-hda.o"])
    module_symbols(name = name + "_subject", modules = modules, tags = MANUAL)
    return refused(
        name,
        name + "_subject",
        "modules: expected each module once, got snd_hda from @@//tests/analysis:{}/first/snd-hda.ko".format(name),
        "and from @@//tests/analysis:{}/second/snd-hda.o.".format(name),
        "To fix: remove one of the two",
    )

def module_symbols_test_suite(name):
    """Declares the tests.

    Args:
      name: of the test_suite.
    """
    native.test_suite(
        name = name,
        tests = _provider() + _argv("extract_argv_test") +
                _no_modules("no_modules_test") +
                _no_module_files("no_module_files_test") +
                _many_other_files_are_counted("many_other_files_in_modules_test") +
                _no_files_at_all("no_files_at_all_test") +
                _duplicate_module("duplicate_module_test"),
    )
