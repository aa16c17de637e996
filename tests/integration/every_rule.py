"""A workspace that uses every rule of ksyms_rules, with modules that the tests write without a compiler."""

from tests.elf_files import ar_files, elf_files, module_files
from tests.integration import example

_PLAIN_MODULES = 18  # more than one merge action takes

_BUILD = """\
load(
    "@ksyms_rules//ksyms_rules:defs.bzl",
    "autoksyms_header",
    "kmi_symbol_list",
    "kmi_symbol_list_test",
    "module_symbols",
    "validated_symbol_list",
)
load(":leak.bzl", "leak")

module_symbols(
    name = "symbols",
    modules = glob(["modules/*"]),
)

autoksyms_header(
    name = "autoksyms",
    modules = [":symbols"],
    modversions = True,
    symbol_lists = ["abi_symbol_list"],
)

kmi_symbol_list(
    name = "generated_list",
    base = "abi_symbol_list",
    exports = ["vmlinux", "Module.symvers"],
    modules = [":symbols"],
)

# A generated list, so its path has the configuration in it. Every check has something to report on it.
genrule(
    name = "make_bad_list",
    srcs = ["abi_symbol_list"],
    outs = ["bad_list"],
    cmd = "printf '[abi_symbol_list]\\\\n  zeta\\\\n  __tracepoint_lone\\\\n  zeta\\\\n' >$@",
)

kmi_symbol_list_test(
    name = "bad_list_test",
    check_order = True,
    check_unique = True,
    deny_lists = ["denied"],
    exports = ["vmlinux"],
    modules = [":symbols"],
    strict = True,
    symbol_lists = ["bad_list", "abi_symbol_list"],
)

validated_symbol_list(
    name = "checked_list",
    symbol_lists = ["abi_symbol_list"],
)

# The actions again, in the exec configuration.
genrule(
    name = "tool",
    testonly = True,
    outs = ["made_by_tool"],
    cmd = "touch $@",
    tools = [":autoksyms", ":bad_list_test", ":checked_list", ":generated_list"],
)

leak(name = "leak")
"""

# An action that the tests have to catch: its output contains its folder and its arguments.
_LEAK = """\
def _leak_impl(ctx):
    output = ctx.actions.declare_file(ctx.label.name)
    args = ctx.actions.args()
    args.add(output)
    ctx.actions.run_shell(
        command = 'echo "$PWD" "$1" >"$1"',
        arguments = [args],
        outputs = [output],
        mnemonic = "KsymsLeak",
        execution_requirements = {"supports-path-mapping": "1"},
    )
    return [DefaultInfo(files = depset([output]))]

leak = rule(implementation = _leak_impl)
"""

TARGETS = ("//:symbols", "//:autoksyms", "//:generated_list", "//:bad_list_test", "//:checked_list")
_FLAGS = ("--output_groups=+raw_symbol_list",)
MNEMONICS = frozenset(
    "Ksyms" + verb
    for verb in (
        "Extract",
        "Merge",
        "AutoksymsHeader",
        "RawSymbolList",
        "Exports",
        "KmiSymbolList",
        "KmiCheck",
        "RequireEmpty",
    )
)


def sources():
    """Returns {path: bytes}, the files of a small kernel."""
    exports = [module_files.Export(b"api"), module_files.Export(b"spaced_api", b"GPL", b"NET_DEV")]
    archive = {b"a.o": module_files.write([b"printk"]), b"b.o": elf_files.write([elf_files.Symbol(b".entry")])}
    return {
        "modules/signed.ko": module_files.write([b"kfree"], exports=exports) + module_files.signature(),
        "modules/user.ko": module_files.write([b"api", b"printk", b"__tracepoint_sched"], [b"optional"]),
        "modules/own.ko": module_files.write([b"Printk", b"__this_module"], layout=elf_files.POWERPC),
        "modules/linked.a": ar_files.gnu(archive),
        **{
            f"modules/plain_{number}.ko": module_files.write([b"printk", b"need_%d" % number, b"zeta"])
            for number in range(_PLAIN_MODULES)
        },
        "vmlinux": module_files.vmlinux([module_files.Export(name) for name in (b"printk", b"kfree", b"zeta")]),
        "tree/vmlinux.o": module_files.write(exports=exports, form=module_files.EXPORT_SYMBOL),
        "objects/driver.o": module_files.write(exports=[module_files.Export(b"driver_api")]),
        "Module.symvers": b"0x1\tkmalloc\tvmlinux\tEXPORT_SYMBOL\t\n0x2\tneed_3\tdrivers/x\tEXPORT_SYMBOL_GPL\tNS\n",
        "abi_symbol_list": b"[abi_symbol_list]\n  kmalloc\n  zeta\n",
        "denied": b"zeta it goes away\n",
    }


class EveryRule(example.LoggedBazel):
    """A workspace with every rule."""

    def __init__(self, folder, flags=()):
        super().__init__(folder, "every_rule", [*_FLAGS, *flags])
        (self.path / "BUILD.bazel").write_text(_BUILD)
        (self.path / "leak.bzl").write_text(_LEAK)
        for path, data in sources().items():
            (self.path / path).parent.mkdir(exist_ok=True)
            (self.path / path).write_bytes(data)

    def build_clean(self, *arguments):
        """Does a clean build, with only the caches among the flags; returns the log."""
        self.bazel("clean")
        return self.build("--remote_download_outputs=all", *arguments)

    def outputs(self, log):
        """Returns {path below bazel-bin: bytes}, the outputs of the ksyms_rules actions in a log."""
        paths = {path.partition("/bin/")[2] for spawn in ksyms_spawns(log) for path in spawn["listedOutputs"]}
        return {path: self.output(path) for path in sorted(paths)}


def ksyms_spawns(log):
    """Returns the spawns of ksyms_rules' actions in a log."""
    return [spawn for spawn in log.spawns if spawn["mnemonic"].startswith("Ksyms")]
