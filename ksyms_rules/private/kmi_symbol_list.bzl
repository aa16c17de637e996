"""kmi_symbol_list: a KMI symbol list from the modules that need it."""

load(":exports.bzl", "EXPORTS_ATTRS", "exports_file")
load(":extraction.bzl", "extract_modules")
load(":kmi_users.bzl", "KMI_USERS_ATTRS", "add_kmi_users")
load(":ksyms_action.bzl", "KSYMS_ATTRS", "ksyms_action", "ksyms_args")

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
    exports = exports_file(ctx)
    output = ctx.actions.declare_file(ctx.label.name)
    args = ksyms_args(ctx, "kmi_list")
    args.add(output, format = "--output=%s")
    args.add_all(records, format_each = "--records=%s")
    args.add_all(exports, format_each = "--exports=%s")
    args.add_all([ctx.file.base] if ctx.file.base else [], format_each = "--base=%s")
    args.add_all(ctx.attr.always, format_each = "--always=%s")
    args.add_all(ctx.attr.include_modules, format_each = "--include_module=%s")
    args.add_all(ctx.attr.exclude_modules, format_each = "--exclude_module=%s")
    for flag in ("full_gki_abi", "include_module_exports", "module_grouping"):
        if getattr(ctx.attr, flag):
            args.add("--" + flag)
    add_kmi_users(ctx, args)
    ksyms_action(
        ctx,
        args = args,
        inputs = depset(exports + ctx.files.base, transitive = [records]),
        outputs = [output],
        mnemonic = "KsymsKmiList",
        progress_message = "Writing KMI symbol list %{label}",
    )
    return [DefaultInfo(files = depset([output]))]

kmi_symbol_list = rule(
    implementation = _kmi_symbol_list_impl,
    doc = """\
Writes a KMI symbol list (`[abi_symbol_list]`), byte for byte what Kleaf's extract_symbols writes.

Use it for the list that a device gives to the kernel (Kleaf's `kmi_symbol_list`); symbol_list_update copies it into the
source tree. It lists the undefined symbols of the modules, weak ones too, that the kernel exports; the symbols of
`always`; and the `__traceiter_X` of each `__tracepoint_X`. Names are in KMI order: case and
underscores do not count. It depends on these sets only.

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
                "Symbols that are listed whoever needs them; the default is that of Android 15. extract_symbols of later " +
                "branches has `utf8_data_table` too."
            ),
        ),
        "base": attr.label(
            allow_single_file = True,
            doc = (
                "A list whose symbols stay listed though nothing needs them (extract_symbols' --additions-only): in a " +
                "section of their own, or among the others without module_grouping."
            ),
        ),
        "exclude_modules": attr.string_list(
            doc = "Regular expressions; a module whose file name matches one is left out, with its exports.",
        ),
        "full_gki_abi": attr.bool(doc = "List all that the kernel and its modules export, whoever needs it."),
        "include_module_exports": attr.bool(
            doc = "List also what only the modules themselves export to each other.",
        ),
        "include_modules": attr.string_list(
            doc = "Regular expressions; only modules whose file name matches one are read (all when empty).",
        ),
        "module_grouping": attr.bool(
            default = True,
            doc = "Whether what only one module needs is in a section of that module's, behind the common symbols.",
        ),
    } | EXPORTS_ATTRS | KMI_USERS_ATTRS | KSYMS_ATTRS,
)
