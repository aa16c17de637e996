"""Reads who exports what. Shared by all rules with the attribute `exports`."""

load(":file_names.bzl", "file_names")
load(":ksyms_action.bzl", "ksyms_action", "ksyms_args")

NO_EXPORTS = (
    "{label}: exports: expected {target} to give vmlinux, Module.symvers or modules, got {got}.\n" +
    "To fix: name the file, or an output group of the kernel through a filegroup."
)

EXPORTS_ATTRS = {
    "exports": attr.label_list(
        allow_files = True,
        doc = (
            "What the kernel exports: vmlinux, `Module.symvers` or `vmlinux.symvers` of any kernel version, or modules; other " +
            "files of these targets are passed over."
        ),
    ),
}

_MODULE_ENDINGS = (".ko", ".o", ".a")

def _is_source(file):
    return file.basename == "vmlinux" or file.basename.endswith((".symvers",) + _MODULE_ENDINGS)

def exports_file(ctx):
    """Declares the action that reads `ctx.attr.exports`.

    Args:
      ctx: of a rule with KSYMS_ATTRS and EXPORTS_ATTRS.
    Returns:
      [File], empty when `exports` is; a file of `symbol TAB module TAB licence TAB namespace` lines, sorted by bytes.
    """
    sources = []
    for target in ctx.attr.exports:
        files = target[DefaultInfo].files.to_list()
        found = [file for file in files if _is_source(file)]
        if not found:
            fail(NO_EXPORTS.format(label = ctx.label, target = target.label, got = file_names(files)))
        sources.extend(found)
    if not sources:
        return []
    output = ctx.actions.declare_file(ctx.label.name + ".exports")
    args = ksyms_args(ctx, "exports")
    args.add(output, format = "--output=%s")
    args.add_all(sources)
    ksyms_action(
        ctx,
        args = args,
        inputs = depset(sources),
        outputs = [output],
        mnemonic = "KsymsExports",
        progress_message = "Reading exported symbols %{label}",
    )
    return [output]
