"""raw_symbol_list: the file by which kernels from 6.5 on decide what to export."""

load(":exported_set.bzl", "EXPORTED_SET_ATTRS", "exported_set_action", "exported_set_inputs")

visibility(["//ksyms_rules", "//ksyms_rules/private/kbuild"])

def _raw_symbol_list_impl(ctx):
    given = exported_set_inputs(ctx)
    raw_list = ctx.actions.declare_file(ctx.label.name + ".txt")
    exported_set_action(
        ctx,
        "raw_symbol_list",
        given,
        output = raw_list,
        progress_message = "Writing raw symbol list %{label}",
    )
    return [DefaultInfo(files = depset([raw_list]))]

raw_symbol_list = rule(
    implementation = _raw_symbol_list_impl,
    doc = """\
Writes `<name>.txt`: the symbols that the kernel has to export, one per line.

Use it for CONFIG_UNUSED_KSYMS_WHITELIST, which modpost reads itself from Linux 6.5 on, or to flatten KMI symbol lists
into one. The set and its order are those of autoksyms_header.

```starlark
raw_symbol_list(
    name = "raw_symbol_list",
    modules = [":module_symbols"],
    symbol_lists = ["abi_symbol_list"],
)
```
""",
    attrs = EXPORTED_SET_ATTRS,
)
