"""kmi_symbol_list: a KMI symbol list from the modules that need it."""

load(":exports.bzl", "EXPORTS_ATTRS", "exports_table")
load(":extract.bzl", "extract_modules")
load(":kmi_users.bzl", "KMI_USERS_ATTRS", "add_kmi_users")
load(":ksyms_action.bzl", "KSYMS_ATTRS", "ksyms_action", "ksyms_args")

visibility(["//ksyms_rules"])

NO_MODULES = (
    "{label}: modules: expected at least one label, got [].\n" +
    "To fix: list the modules that use the KMI, or set full_gki_abi and exports."
)

FULL_WITHOUT_EXPORTS = (
    "{label}: exports: expected vmlinux or Module.symvers with full_gki_abi, got [].\n" +
    "To fix: name what the kernel exports."
)

# In every list of Android 15's extract_symbols: `module_layout` is exported even when trimming, and
# `__put_task_struct` keeps `struct task_struct` in the ABI. Later ones have more.
_ALWAYS = ["module_layout", "__put_task_struct"]

def _kmi_symbol_list_impl(ctx):
    if ctx.attr.full_gki_abi and not ctx.attr.exports:
        fail(FULL_WITHOUT_EXPORTS.format(label = ctx.label))
    if not ctx.attr.modules and not ctx.attr.full_gki_abi:
        fail(NO_MODULES.format(label = ctx.label))
    records = extract_modules(ctx).records
    exports = exports_table(ctx)
    output = ctx.actions.declare_file(ctx.label.name)
    args = ksyms_args(ctx, "kmi_symbol_list")
    args.add(output, format = "--output=%s")
    args.add_all(records, format_each = "--records=%s")
    args.add_all(exports, format_each = "--exports=%s")
    args.add_all(ctx.files.base, format_each = "--base=%s")
    for flag in ("full_gki_abi", "include_module_exports", "module_grouping"):
        if getattr(ctx.attr, flag):
            args.add("--" + flag)
    add_kmi_users(ctx, args)
    args.add_all(ctx.attr.always, format_each = "--always=%s")
    args.add_all(ctx.attr.include_modules, format_each = "--include_modules=%s")
    args.add_all(ctx.attr.exclude_modules, format_each = "--exclude_modules=%s")
    ksyms_action(
        ctx,
        "kmi_symbol_list",
        args = args,
        inputs = depset(exports + ctx.files.base, transitive = [records]),
        outputs = [output],
        progress_message = "Writing KMI symbol list %{label}",
    )
    return [DefaultInfo(files = depset([output]))]

kmi_symbol_list = rule(
    implementation = _kmi_symbol_list_impl,
    doc = """\
Writes a KMI symbol list (`[abi_symbol_list]`), byte for byte what Kleaf's extract_symbols writes.

Use it for the list that a device gives to the kernel (Kleaf's `kmi_symbol_list`); symbol_list_update copies it into the
source tree. It lists the undefined symbols of the modules, weak ones too, that the kernel exports; the symbols of
`always`; and the `__traceiter_X` of each `__tracepoint_X`. Names are in KMI order, in which case and underscores do not
count. The list depends on these sets only.

```starlark
kmi_symbol_list(
    name = "generated_symbol_list",
    exports = [":vmlinux"],
    modules = [":module_symbols"],
)
```
""",
    attrs = {
        "always": attr.string_list(
            default = _ALWAYS,
            doc = (
                "Symbols that are listed even if no module needs them. The default is that of Android 15; " +
                "extract_symbols of later branches has `utf8_data_table` too."
            ),
        ),
        "base": attr.label(
            allow_single_file = True,
            doc = (
                "A KMI symbol list whose symbols stay listed even if no module needs them (extract_symbols' " +
                "--additions-only): in a section of their own, or among the others without module_grouping."
            ),
        ),
        "exclude_modules": attr.string_list(
            doc = "Regular expressions; a module whose file name matches one is ignored, and so are its exports. May be empty.",
        ),
        "full_gki_abi": attr.bool(doc = "List all that the kernel and its GKI modules export, needed or not."),
        "include_module_exports": attr.bool(
            doc = "List also what user modules export to each other.",
        ),
        "include_modules": attr.string_list(
            doc = "Regular expressions; only modules whose file name matches one count. All count when it is empty.",
        ),
        "module_grouping": attr.bool(
            default = True,
            doc = "Whether a symbol that only one module needs is in a section of that module, after the common symbols.",
        ),
    } | EXPORTS_ATTRS | KMI_USERS_ATTRS | KSYMS_ATTRS,
)
