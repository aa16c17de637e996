"""Reads what vmlinux and modules export. Shared by all rules with the attribute `exports`."""

load(":ksyms_action.bzl", "ksyms_action", "ksyms_args")
load(":messages.bzl", "file_names")
load(":module_files.bzl", "module_files")

visibility(["//ksyms_rules/private"])

NO_EXPORTS = (
    "{label}: exports: expected {target} to give vmlinux, Module.symvers or modules, got {got}.\n" +
    "To fix: name the file, or an output group of the kernel through a filegroup."
)

EXPORTS_ATTRS = {
    "exports": attr.label_list(
        allow_files = True,
        doc = (
            "What the kernel exports: vmlinux, `Module.symvers` or `vmlinux.symvers` of any kernel version, or module " +
            "files. Other files of these targets are ignored. vmlinux has to export something. May be empty."
        ),
    ),
}

def _sources(ctx, target):
    """[File] of a target that say what is exported, in the target's order."""
    files = target[DefaultInfo].files.to_list()
    modules = {file: None for file in module_files(target)}
    found = [
        file
        for file in files
        if file.basename == "vmlinux" or file.basename.endswith(".symvers") or file in modules
    ]
    if not found:
        fail(NO_EXPORTS.format(label = ctx.label, target = target.label, got = file_names(files)))
    return found

def exports_table(ctx):
    """Declares the action that reads `ctx.attr.exports`.

    Args:
      ctx: of a rule with KSYMS_ATTRS and EXPORTS_ATTRS.
    Returns:
      [File], one file of lines `symbol TAB module name TAB licence TAB namespace`, sorted by bytes; empty when `exports` is.
    """
    sources = [file for target in ctx.attr.exports for file in _sources(ctx, target)]
    if not sources:
        return []
    output = ctx.actions.declare_file(ctx.label.name + ".exports")
    args = ksyms_args(ctx, "exports")
    args.add(output, format = "--output=%s")
    args.add_all(sources)
    ksyms_action(
        ctx,
        "exports",
        args = args,
        inputs = depset(sources),
        outputs = [output],
        progress_message = "Reading exported symbols %{label}",
    )
    return [output]
