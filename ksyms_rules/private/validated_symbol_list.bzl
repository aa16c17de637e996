"""validated_symbol_list: checks KMI symbol lists in every build that uses them."""

load(":kmi_check.bzl", "KMI_CHECK_ATTRS", "kmi_report")
load(":ksyms_action.bzl", "ksyms_action", "ksyms_args")

visibility(["//ksyms_rules"])

def _validated_symbol_list_impl(ctx):
    groups = {}
    if ctx.attr.enabled:
        report = kmi_report(ctx)
        stamp = ctx.actions.declare_file(ctx.label.name + ".valid")
        args = ksyms_args(ctx, "require_empty")
        args.add(stamp, format = "--output=%s")
        args.add(report)
        ksyms_action(
            ctx,
            "require_empty",
            args = args,
            inputs = depset([report]),
            outputs = [stamp],
            progress_message = "Validating KMI symbol lists %{label}",
        )
        groups["_validation"] = depset([stamp])
    return [
        DefaultInfo(files = depset(ctx.files.symbol_lists)),
        OutputGroupInfo(**groups),
    ]

validated_symbol_list = rule(
    implementation = _validated_symbol_list_impl,
    doc = """\
Passes KMI symbol lists on, and makes every build that uses them check them.

Use it in place of the lists themselves, so that a bad list fails `bazel build` early with the table of
kmi_symbol_list_test. The check is a validation action: it runs beside the build, no other action waits for it, and
`--norun_validations` skips it.

```starlark
validated_symbol_list(
    name = "symbol_list",
    modules = [":module_symbols"],
    symbol_lists = ["abi_symbol_list"],
)
```
""",
    attrs = {
        "enabled": attr.bool(default = True, doc = "Whether to check; may be a select."),
    } | KMI_CHECK_ATTRS,
)
