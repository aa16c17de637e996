"""kbuild_module_objects: the modules in tree, compiled before there is a vmlinux."""

load(":kbuild_action.bzl", "KBUILD_ATTRS", "directory_arg", "kbuild_action", "kbuild_args")
load(":kbuild_info.bzl", "KbuildConfigInfo", "KbuildObjectsInfo")

def compile_modules(ctx, command, config, mnemonic, progress_message, kbuild_file = None, srcs = {}, keep_objects = False):
    """Declares the action that compiles modules, and returns what a rule that does so provides.

    Args:
      ctx: of a rule with KBUILD_ATTRS.
      command: `objects` or `external`.
      config: KbuildConfigInfo
      mnemonic: see kbuild_action.
      progress_message: see kbuild_action.
      kbuild_file: place of an external module's Kbuild file in its tree, or None.
      srcs: {File: place in its tree} of an external module's sources.
      keep_objects: see kbuild_action.
    Returns:
      [DefaultInfo, OutputGroupInfo, KbuildObjectsInfo]
    """
    modules = ctx.actions.declare_directory(ctx.label.name)
    tree = ctx.actions.declare_directory(ctx.label.name + ".tree")
    log = ctx.actions.declare_file(ctx.label.name + ".log")
    args = kbuild_args(ctx, command, config)
    args.add(config.config, format = "--config=%s")
    directory_arg(args, config.prepared, "--restore=%s")
    directory_arg(args, tree, "--save=%s")
    directory_arg(args, modules, "--modules=%s")
    if kbuild_file:
        add_external_module(args, kbuild_file, srcs)
    kbuild_action(
        ctx,
        args,
        inputs = [config.config, config.prepared, config.module_source_names] + srcs.keys(),
        outputs = [modules, tree],
        log = log,
        mnemonic = mnemonic,
        progress_message = progress_message,
        srcs = config.module_srcs,
        unread = ctx.actions.declare_file(ctx.label.name + ".unread"),
        keep_objects = keep_objects,
    )
    return [
        DefaultInfo(files = depset([modules])),
        OutputGroupInfo(log = depset([log]), tree = depset([tree])),
        KbuildObjectsInfo(
            config = config,
            directory = modules,
            kbuild_file = kbuild_file,
            srcs = srcs,
            tree = tree,
        ),
    ]

def add_external_module(args, kbuild_file, srcs):
    """Adds the flags of an external module's sources.

    Args:
      args: Args
      kbuild_file: see compile_modules.
      srcs: see compile_modules.
    """
    args.add(kbuild_file, format = "--kbuild_file=%s")
    for file, place in srcs.items():
        args.add(file, format = "--source={}=%s".format(place.replace("%", "%%")))

def _kbuild_module_objects_impl(ctx):
    return compile_modules(
        ctx,
        "objects",
        ctx.attr.config[KbuildConfigInfo],
        "KbuildModuleObjects",
        "Compiling modules of Linux %{label}",
        keep_objects = True,
    )

kbuild_module_objects = rule(
    implementation = _kbuild_module_objects_impl,
    doc = """\
Compiles the modules in tree (every option that is `=m`), without building vmlinux.

Use it for what the kernel's own modules need: the rules that read symbols take the target in `modules`. The output is a
directory with the `.o` file of each module, at its path in the source tree; the output group `log` has what make printed. A
configuration that has no `=m` is an error.

```starlark
kbuild_module_objects(
    name = "objects",
    config = ":config",
)
```
""",
    attrs = {
        "config": attr.label(mandatory = True, providers = [KbuildConfigInfo], doc = "The kbuild_config of the kernel."),
    } | KBUILD_ATTRS,
    provides = [KbuildObjectsInfo],
)
