"""The check of KMI symbol lists: attributes and action that kmi_symbol_list_test and validated_symbol_list share."""

load(":exports.bzl", "EXPORTS_ATTRS", "exports_table")
load(":extract.bzl", "extract_modules")
load(":kmi_users.bzl", "KMI_USERS_ATTRS", "add_kmi_users")
load(":ksyms_action.bzl", "KSYMS_ATTRS", "ksyms_action", "ksyms_args")
load(":messages.bzl", "label_text")

visibility(["//ksyms_rules/private"])

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
        doc = (
            "Files of symbols that must not be listed: one per line, followed by the reason; `#` starts a comment. May be " +
            "empty."
        ),
    ),
    "fix": attr.string(
        doc = "The command that fixes a bad list, shown on failure. By default the advice is to edit the lists.",
    ),
    "protected_exports": attr.label_list(
        allow_files = True,
        doc = (
            "Lists of the symbols that only GKI modules may export (Kleaf's protected_exports_list); user modules may use them if " +
            "`symbol_lists` has them. May be empty."
        ),
    ),
    "strict": attr.bool(doc = "Every listed symbol has to be exported by `exports`, or by a GKI module among `modules`."),
    "symbol_lists": attr.label_list(
        mandatory = True,
        allow_files = True,
        doc = "The KMI symbol lists, checked together; at least one.",
    ),
} | EXPORTS_ATTRS | KMI_USERS_ATTRS | KSYMS_ATTRS

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
    exports = exports_table(ctx)
    report = ctx.actions.declare_file(ctx.label.name + ".report")
    edit_lists = "edit " + ", ".join([label_text(target.label) for target in ctx.attr.symbol_lists])
    args = ksyms_args(ctx, "kmi_check")
    args.add(report, format = "--output=%s")
    args.add(label_text(ctx.label), format = "--title=%s")
    args.add(ctx.attr.fix or edit_lists, format = "--fix=%s")
    args.add_all(ctx.files.symbol_lists, format_each = "--symbol_lists=%s")
    args.add_all(records, format_each = "--records=%s")
    add_kmi_users(ctx, args)
    args.add_all(exports, format_each = "--exports=%s")
    args.add_all(ctx.files.deny_lists, format_each = "--deny_lists=%s")
    args.add_all(ctx.files.protected_exports, format_each = "--protected_exports=%s")
    for flag in ("check_order", "check_tracepoints", "check_unique", "strict"):
        if getattr(ctx.attr, flag):
            args.add("--" + flag)
    ksyms_action(
        ctx,
        "kmi_check",
        args = args,
        inputs = depset(
            ctx.files.symbol_lists + ctx.files.deny_lists + ctx.files.protected_exports + exports,
            transitive = [records],
        ),
        outputs = [report],
        progress_message = "Checking KMI symbol lists %{label}",
    )
    return report
