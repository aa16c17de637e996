"""How modules are compiled before there is a vmlinux: shared by kbuild_module_objects and kbuild_external_module."""

load(":external_sources.bzl", "add_external_sources")
load(":kbuild_action.bzl", "directory_arg", "kbuild_action", "kbuild_args")
load(":kbuild_info.bzl", "KbuildObjectsInfo")
load(":kernel_symvers.bzl", "kernel_symvers")

visibility("private")

def compile_modules(ctx, command, config, progress_message, folders = [], srcs = {}, make_vars = {}, symvers = None, keep_objects = False):
    """Declares the action that compiles modules, and returns what its rule provides.

    Args:
      ctx: of a rule with KBUILD_ATTRS.
      command: `module_objects` or `external_module`.
      config: KbuildConfigInfo
      progress_message: see kbuild_action.
      folders: [place in its tree] of the folders of an external module to build; empty for in-tree modules.
      srcs: {File: place in its tree} of an external module's sources.
      make_vars: {name: value} of an external module's own variables.
      symvers: File, the Module.symvers that external modules see; None for none.
      keep_objects: see kbuild_action.
    Returns:
      [DefaultInfo, OutputGroupInfo, KbuildObjectsInfo]
    """
    modules = ctx.actions.declare_directory(ctx.label.name)
    tree = ctx.actions.declare_directory(ctx.label.name + ".tree")
    log = ctx.actions.declare_file(ctx.label.name + ".log")
    args = kbuild_args(ctx, command, config, make_vars)
    args.add(config.config, format = "--config=%s")
    directory_arg(args, config.prepared, "--restore=%s")
    directory_arg(args, tree, "--save=%s")
    directory_arg(args, modules, "--modules=%s")
    add_external_sources(args, folders, srcs)
    if symvers:
        args.add(symvers, format = "--kernel_symvers=%s")
    kbuild_action(
        ctx,
        command,
        args = args,
        inputs = depset([config.config, config.prepared, config.module_source_names] + ([symvers] if symvers else []) + srcs.keys()),
        outputs = [modules, tree],
        progress_message = progress_message,
        log = log,
        srcs = config.module_srcs,
        unread = ctx.actions.declare_file(ctx.label.name + ".unread"),
        keep_objects = keep_objects,
    )
    offered = None if folders else kernel_symvers(ctx, config, modules)
    return [
        DefaultInfo(files = depset([modules])),
        OutputGroupInfo(log = depset([log]), symvers = depset([offered] if offered else []), tree = depset([tree])),
        KbuildObjectsInfo(
            config = config,
            directory = modules,
            folders = folders,
            make_vars = make_vars,
            srcs = srcs,
            symvers = offered,
            tree = tree,
        ),
    ]
