"""What the rules say of wrong use, word for word where a user acts on it."""

load(
    "//ksyms_rules:defs.bzl",
    "autoksyms_header",
    "kmi_symbol_list",
    "kmi_symbol_list_test",
    "module_symbols",
    "raw_symbol_list",
    "validated_symbol_list",
)
load(":failure_test.bzl", "failure_test")

def _empty_modules(name):
    module_symbols(name = name + "_subject", modules = [], tags = ["manual"])
    failure_test(
        name = name,
        target_under_test = name + "_subject",
        messages = [
            "//tests/analysis:{}_subject: modules: expected at least one label, got [].".format(name),
            "To fix: list the targets that build the kernel modules.",
        ],
    )

def _no_module_files(name):
    native.filegroup(name = name + "_documents", srcs = ["BUILD.bazel", "failure_tests.bzl"], tags = ["manual"])
    module_symbols(name = name + "_subject", modules = [name + "_documents"], tags = ["manual"])
    failure_test(
        name = name,
        target_under_test = name + "_subject",
        messages = [
            "{}_subject: modules: expected @@//tests/analysis:{}_documents to give *.ko, *.o or *.a files ".format(name, name) +
            "or be made of modules, got BUILD.bazel, failure_tests.bzl.",
            "To fix: name the target that builds the modules",
        ],
    )

def _many_other_files_are_counted(name, attribute):
    outs = ["{}_{}.txt".format(name, number) for number in range(7)]
    native.genrule(name = name + "_documents", outs = outs, cmd = "touch $(OUTS)", tags = ["manual"])
    validated_symbol_list(
        name = name + "_subject",
        symbol_lists = ["BUILD.bazel"],
        tags = ["manual"],
        **{attribute: [name + "_documents"]}
    )
    failure_test(name = name, target_under_test = name + "_subject", messages = [outs[4] + " and 2 more."])

def _no_files_at_all(name):
    native.filegroup(name = name + "_nothing", tags = ["manual"])
    autoksyms_header(name = name + "_subject", modules = [name + "_nothing"], tags = ["manual"])
    failure_test(name = name, target_under_test = name + "_subject", messages = ["got no files."])

def _duplicate_module(name):
    for folder in ("first", "second"):
        native.genrule(
            name = "{}_{}".format(name, folder),
            outs = ["{}/{}/snd-hda.{}".format(name, folder, "ko" if folder == "first" else "o")],
            cmd = "touch $@",
            tags = ["manual"],
        )
    module_symbols(name = name + "_subject", modules = [name + "_first", name + "_second"], tags = ["manual"])
    failure_test(
        name = name,
        target_under_test = name + "_subject",
        messages = [
            "modules: expected each module once, got snd_hda from @@//tests/analysis:{}_first".format(name),
            "and from @@//tests/analysis:{}_second.".format(name),
            "To fix: remove one of the two",
        ],
    )

def _nothing_given(name, rule):
    rule(name = name + "_subject", tags = ["manual"])
    failure_test(
        name = name,
        target_under_test = name + "_subject",
        messages = [
            "_subject: modules, symbol_lists: expected at least one label in one of them, got none.",
            "To fix: list the kernel's modules, or a KMI symbol list.",
        ],
    )

def _empty_symbol_list(name):
    native.filegroup(name = name + "_nothing", tags = ["manual"])
    raw_symbol_list(name = name + "_subject", symbol_lists = [name + "_nothing"], tags = ["manual"])
    failure_test(
        name = name,
        target_under_test = name + "_subject",
        messages = ["symbol_lists: expected @@//tests/analysis:{}_nothing to give a symbol list, got no files.".format(name)],
    )

def _kmi_list_without_modules(name):
    kmi_symbol_list(name = name + "_subject", tags = ["manual"])
    failure_test(
        name = name,
        target_under_test = name + "_subject",
        messages = ["_subject: modules: expected at least one label, got [].", "or set full_gki_abi and exports."],
    )

def _full_abi_without_exports(name):
    kmi_symbol_list(name = name + "_subject", full_gki_abi = True, tags = ["manual"])
    failure_test(
        name = name,
        target_under_test = name + "_subject",
        messages = ["_subject: exports: expected vmlinux or Module.symvers with full_gki_abi, got []."],
    )

def _exports_of_nothing(name):
    native.filegroup(name = name + "_documents", srcs = ["BUILD.bazel"], tags = ["manual"])
    kmi_symbol_list(
        name = name + "_subject",
        exports = [name + "_documents"],
        full_gki_abi = True,
        tags = ["manual"],
    )
    failure_test(
        name = name,
        target_under_test = name + "_subject",
        messages = [
            "exports: expected @@//tests/analysis:{}_documents to give vmlinux, Module.symvers or modules, ".format(name) +
            "got BUILD.bazel.",
        ],
    )

def _strict_without_exports(name):
    validated_symbol_list(name = name + "_subject", strict = True, symbol_lists = ["BUILD.bazel"], tags = ["manual"])
    failure_test(
        name = name,
        target_under_test = name + "_subject",
        messages = ["_subject: exports: expected vmlinux or Module.symvers with strict, got []."],
    )

def _nothing_to_check(name):
    kmi_symbol_list_test(name = name + "_subject", symbol_lists = [], tags = ["manual"])
    failure_test(
        name = name,
        target_under_test = name + "_subject",
        messages = ["_subject: symbol_lists: expected at least one label, got [].", "To fix: name the KMI symbol lists"],
    )

def failure_test_suite(name):
    """Declares a test for each way to use the rules wrongly.

    Args:
      name: of the test_suite.
    """
    _empty_modules("empty_modules_test")
    _no_module_files("no_module_files_test")
    _many_other_files_are_counted("many_other_files_in_exports_test", "exports")
    _many_other_files_are_counted("many_other_files_in_modules_test", "modules")
    _no_files_at_all("no_files_at_all_test")
    _duplicate_module("duplicate_module_test")
    _nothing_given("nothing_given_to_autoksyms_header_test", autoksyms_header)
    _nothing_given("nothing_given_to_raw_symbol_list_test", raw_symbol_list)
    _empty_symbol_list("empty_symbol_list_test")
    _kmi_list_without_modules("kmi_list_without_modules_test")
    _full_abi_without_exports("full_abi_without_exports_test")
    _exports_of_nothing("exports_of_nothing_test")
    _strict_without_exports("strict_without_exports_test")
    _nothing_to_check("nothing_to_check_test")
    native.test_suite(
        name = name,
        tests = [
            "duplicate_module_test",
            "empty_modules_test",
            "empty_symbol_list_test",
            "exports_of_nothing_test",
            "full_abi_without_exports_test",
            "kmi_list_without_modules_test",
            "many_other_files_in_exports_test",
            "many_other_files_in_modules_test",
            "no_files_at_all_test",
            "no_module_files_test",
            "nothing_given_to_autoksyms_header_test",
            "nothing_given_to_raw_symbol_list_test",
            "nothing_to_check_test",
            "strict_without_exports_test",
        ],
    )
