"""vmlinux.o, all of vmlinux but its last link: from Linux 6.5 on it depends on no list."""

load(":kbuild_action.bzl", "directory_arg", "kbuild_action", "kbuild_args")

visibility("private")

def vmlinux_o(ctx, config):
    """Declares the action that compiles vmlinux.o.

    Args:
      ctx: of kbuild_config.
      config: struct with the fields of KbuildConfigInfo that are known before.
    Returns:
      (File, File), the directory of the tree with vmlinux.o, and the log
    """
    tree = ctx.actions.declare_directory(ctx.label.name + "/vmlinux_o.tree")
    log = ctx.actions.declare_file(ctx.label.name + "/vmlinux_o.log")
    args = kbuild_args(ctx, "vmlinux_o", config)
    args.add(config.config, format = "--config=%s")
    directory_arg(args, config.prepared, "--restore=%s")
    directory_arg(args, tree, "--save=%s")
    kbuild_action(
        ctx,
        "vmlinux_o",
        args = args,
        inputs = depset([config.config, config.prepared, config.source_names]),
        outputs = [tree],
        progress_message = "Compiling vmlinux.o %{label}",
        log = log,
        srcs = config.srcs,
        unread = ctx.actions.declare_file(ctx.label.name + "/vmlinux_o.unread"),
        keep_objects = True,
    )
    return tree, log
