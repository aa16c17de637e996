"""A Module.symvers of all that a kernel may export, for the build of external modules."""

load("//ksyms_rules/private:ksyms_action.bzl", "ksyms_action", "ksyms_args")
load(":kbuild_action.bzl", "directory_arg")

visibility("private")

def kernel_symvers(ctx, config, modules):
    """Declares the action that writes it.

    Args:
      ctx: of a rule with KSYMS_ATTRS.
      config: KbuildConfigInfo
      modules: File, directory of the in-tree modules' `.o` files.
    Returns:
      File; None up to Linux 6.4, where an object has only the exports that were chosen before it was compiled.
    """
    if not config.vmlinux_o:
        return None
    symvers = ctx.actions.declare_file(ctx.label.name + ".Module.symvers")
    args = ksyms_args(ctx, "kernel_symvers")
    args.add(symvers, format = "--output=%s")
    directory_arg(args, config.vmlinux_o, "--vmlinux_o=%s")
    directory_arg(args, modules, "--modules=%s")
    ksyms_action(
        ctx,
        "kernel_symvers",
        args = args,
        inputs = depset([config.vmlinux_o, modules]),
        outputs = [symvers],
        progress_message = "Reading what Linux may export %{label}",
    )
    return symvers
