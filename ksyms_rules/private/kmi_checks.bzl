"""The checks of KMI symbol lists: attributes and action that the test and the validation share."""

load(":exports.bzl", "EXPORTS_ATTRS", "exports_file")
load(":extraction.bzl", "extract_modules")
load(":kmi_users.bzl", "KMI_USERS_ATTRS", "add_kmi_users")
load(":ksyms_action.bzl", "KSYMS_ATTRS", "ksyms_action", "ksyms_args")

STRICT_WITHOUT_EXPORTS = (
    "{label}: exports: expected vmlinux or Module.symvers with strict, got [].\n" +
    "To fix: name what the kernel exports, or set strict = False."
)

NOTHING_TO_CHECK = (
    "{label}: symbol_lists: expected at least one label, got [].\n" +
    "To fix: name the KMI symbol lists to check."
)

KMI_CHECK_ATTRS = {
    "check_order": attr.bool(doc = "Every list has to be in KMI order within its sections, as extract_symbols writes it."),
    "check_tracepoints": attr.bool(
        default = True,
        doc = "Each `__tracepoint_X` needs its `__traceiter_X` in the same list, and the reverse, as Kleaf demands.",
    ),
    "check_unique": attr.bool(doc = "No symbol may be listed twice, in one list or in two."),
    "deny_lists": attr.label_list(
        allow_files = True,
        doc = "Files of symbols that must not be listed, one a line with the reason behind it; `#` starts a comment.",
    ),
    "fix": attr.string(
        doc = "The command that mends a bad list, to show on failure; by default, to edit the lists.",
    ),
    "protected_exports": attr.label_list(
        allow_files = True,
        doc = "Symbol lists of exports that only modules of the kernel itself (GKI modules) may use.",
    ),
    "strict": attr.bool(doc = "Every listed symbol has to be exported by `exports`, or by one of `modules` that is part of the kernel."),
    "symbol_lists": attr.label_list(
        mandatory = True,
        allow_files = True,
        doc = "The KMI symbol lists to check, together.",
    ),
} | EXPORTS_ATTRS | KMI_USERS_ATTRS | KSYMS_ATTRS

def _shown(label):
    """A label as users write it."""
    return str(label).removeprefix("@@")

def kmi_report(ctx):
    """Declares the action that checks; its report is empty when all is well.

    Args:
      ctx: of a rule with KMI_CHECK_ATTRS.
    Returns:
      File
    """
    if not ctx.attr.symbol_lists:
        fail(NOTHING_TO_CHECK.format(label = ctx.label))
    if ctx.attr.strict and not ctx.attr.exports:
        fail(STRICT_WITHOUT_EXPORTS.format(label = ctx.label))
    records = extract_modules(ctx).records
    exports = exports_file(ctx)
    report = ctx.actions.declare_file(ctx.label.name + ".report")
    args = ksyms_args(ctx, "kmi_check")
    args.add(report, format = "--output=%s")
    args.add(_shown(ctx.label), format = "--title=%s")
    lists = ", ".join([_shown(target.label) for target in ctx.attr.symbol_lists])
    args.add(ctx.attr.fix or "edit " + lists, format = "--fix=%s")
    args.add_all(ctx.files.symbol_lists, format_each = "--symbol_list=%s")
    args.add_all(records, format_each = "--records=%s")
    args.add_all(exports, format_each = "--exports=%s")
    args.add_all(ctx.files.deny_lists, format_each = "--deny_list=%s")
    args.add_all(ctx.files.protected_exports, format_each = "--protected_exports=%s")
    for flag in ("check_order", "check_tracepoints", "check_unique", "strict"):
        if getattr(ctx.attr, flag):
            args.add("--" + flag)
    add_kmi_users(ctx, args)
    ksyms_action(
        ctx,
        args = args,
        inputs = depset(
            ctx.files.symbol_lists + ctx.files.deny_lists + ctx.files.protected_exports + exports,
            transitive = [records],
        ),
        outputs = [report],
        mnemonic = "KsymsKmiCheck",
        progress_message = "Checking KMI symbol lists %{label}",
    )
    return report
