"""The exported set, which autoksyms_header and raw_symbol_list write in two forms: the symbols that a kernel has to export."""

load(":extract.bzl", "extract_modules", "modules_attr")
load(":ksyms_action.bzl", "KSYMS_ATTRS", "ksyms_action", "ksyms_args")
load(":merge.bzl", "merged_usyms")

visibility(["//ksyms_rules/private"])

NOTHING_GIVEN = (
    "{label}: modules, symbol_lists: expected at least one label in one of them, got none.\n" +
    "To fix: list the kernel's modules, or a KMI symbol list."
)

EMPTY_SYMBOL_LIST = (
    "{label}: symbol_lists: expected {target} to give a symbol list, got no files.\n" +
    "To fix: name a file, or a target that makes one."
)

EXPORTED_SET_ATTRS = {
    "modules": modules_attr(" May be empty when `symbol_lists` is complete."),
    "modversions": attr.bool(
        doc = "Whether the kernel has CONFIG_MODVERSIONS: then `module_layout` is exported too.",
    ),
    "symbol_lists": attr.label_list(
        allow_files = True,
        doc = (
            "KMI symbol lists whose symbols are exported whether or not a module uses them (kbuild's " +
            "CONFIG_UNUSED_KSYMS_WHITELIST): libabigail form (`[abi_symbol_list]`) or names separated by blanks or " +
            "line ends. Comments and order do not matter. May be empty when `modules` is not."
        ),
    ),
} | KSYMS_ATTRS

def exported_set_inputs(ctx):
    """Checks the attributes and extracts what is not extracted yet.

    Args:
      ctx: of a rule with EXPORTED_SET_ATTRS.
    Returns:
      struct(usyms = [File], symbol_lists = depset[File], modversions = bool)
    """
    if not ctx.attr.modules and not ctx.attr.symbol_lists:
        fail(NOTHING_GIVEN.format(label = ctx.label))
    for target in ctx.attr.symbol_lists:
        if not target[DefaultInfo].files:
            fail(EMPTY_SYMBOL_LIST.format(label = ctx.label, target = target.label))
    return struct(
        usyms = merged_usyms(ctx, extract_modules(ctx).usyms),
        symbol_lists = depset(transitive = [target[DefaultInfo].files for target in ctx.attr.symbol_lists]),
        modversions = ctx.attr.modversions,
    )

def exported_set_action(ctx, command, given, output, progress_message):
    """Declares the action that writes the exported set to a file.

    Args:
      ctx: of a rule with EXPORTED_SET_ATTRS.
      command: `autoksyms_header` or `raw_symbol_list`, which is the form.
      given: result of exported_set_inputs.
      output: File
      progress_message: see ksyms_action.
    """
    args = ksyms_args(ctx, command)
    args.add(output, format = "--output=%s")
    args.add_all(given.usyms, format_each = "--usyms=%s")
    args.add_all(given.symbol_lists, format_each = "--symbol_lists=%s")
    if given.modversions:
        args.add("--modversions")
    ksyms_action(
        ctx,
        command,
        args = args,
        inputs = depset(given.usyms, transitive = [given.symbol_lists]),
        outputs = [output],
        progress_message = progress_message,
    )
