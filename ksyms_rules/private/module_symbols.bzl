"""module_symbols: reads modules once, for all targets that ask about them."""

load(":extract.bzl", "extract_modules", "modules_attr")
load(":ksyms_action.bzl", "KSYMS_ATTRS")
load(":ksyms_info.bzl", "KsymsInfo")

visibility(["//ksyms_rules"])

EMPTY_MODULES = (
    "{label}: modules: expected at least one label, got [].\n" +
    "To fix: list the targets that build the kernel modules."
)

def _module_symbols_impl(ctx):
    if not ctx.attr.modules:
        fail(EMPTY_MODULES.format(label = ctx.label))
    info = extract_modules(ctx)
    return [
        info,
        DefaultInfo(files = depset(transitive = [info.usyms, info.records])),
        OutputGroupInfo(records = info.records, usyms = info.usyms),
    ]

module_symbols = rule(
    implementation = _module_symbols_impl,
    doc = """\
Reads the ELF files of kernel modules once: undefined symbols, undefined weak symbols, exports.

Use it where several targets ask about the same modules, or where a package offers its modules' symbols to others. The
other rules take module targets directly as well. One action per entry of `modules` writes two files: `.usyms`, the union of
undefined global symbols in byte order, and `.ksyms.jsonl`, one JSON object per module in the order of file names. Both
depend on the modules' bytes only. So a module that changes without needing another symbol leaves `.usyms` as it was, and
nothing downstream of it runs.

```starlark
module_symbols(
    name = "module_symbols",
    modules = [
        ":counter",
        ":hello",
    ],
)
```
""",
    attrs = {
        "modules": modules_attr(mandatory = True),
    } | KSYMS_ATTRS,
    provides = [KsymsInfo],
)
