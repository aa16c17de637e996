"""kbuild_configured_sources: an external module's sources after its ./configure has run."""

load(":external_sources.bzl", "add_external_sources", "places_of")
load(":kbuild_action.bzl", "KBUILD_ATTRS", "directory_arg", "kbuild_action", "kbuild_args")
load(":kbuild_info.bzl", "KbuildConfigInfo", "KbuildObjectsInfo")

visibility(["//ksyms_rules"])

def _kbuild_configured_sources_impl(ctx):
    config = ctx.attr.config[KbuildConfigInfo]
    symvers = ctx.attr.objects[KbuildObjectsInfo].symvers if ctx.attr.objects else None
    output = ctx.actions.declare_directory(ctx.label.name)
    log = ctx.actions.declare_file(ctx.label.name + ".log")
    args = kbuild_args(ctx, "configured_sources", config)
    args.add(config.config, format = "--config=%s")
    args.add(ctx.attr.configure, format = "--configure=%s")
    args.add_all(ctx.attr.args, format_each = "--args=%s")
    directory_arg(args, config.prepared, "--restore=%s")
    directory_arg(args, output, "--output=%s")
    if symvers:
        args.add(symvers, format = "--kernel_symvers=%s")
    add_external_sources(args, [], places_of(ctx.files.srcs))
    kbuild_action(
        ctx,
        "configured_sources",
        args = args,
        inputs = depset([config.config, config.prepared] + ([symvers] if symvers else []) + ctx.files.srcs),
        outputs = [output],
        progress_message = "Configuring external module %{label}",
        log = log,
        # All of them: no `.cmd` file says what a script has looked at.
        srcs = config.module_srcs,
    )
    return [
        DefaultInfo(files = depset([output])),
        OutputGroupInfo(log = depset([log])),
    ]

kbuild_configured_sources = rule(
    implementation = _kbuild_configured_sources_impl,
    doc = """\
Runs the `./configure` of an external module against a kernel, before there is a vmlinux.

Use it for modules such as OpenZFS, whose script compiles trials to find out what the kernel has. It sees the kernel's sources,
its build folder after `make modules_prepare` and, from Linux 6.5 on, a Module.symvers of all that the kernel may export. It
does not see that the kernel will be trimmed, because scripts such as OpenZFS's refuse such a kernel. The output is a directory with the sources and all that the script has made, for `srcs` of kbuild_external_module. Paths that the
script has written lead to the right place wherever the module is built. Objects of its trials are left out, and so are
config.log and config.status.

```starlark
kbuild_configured_sources(
    name = "zfs_configured",
    srcs = ["@zfs//:srcs"],
    args = [
        "--with-config=kernel",
        "--with-linux=$(srctree)",
        "--with-linux-obj=$(objtree)",
    ],
    config = ":linux_config",
    objects = ":linux_objects",
)
```
""",
    attrs = {
        "args": attr.string_list(
            doc = (
                "Arguments of the script, in which `$(srctree)` is the path of the kernel's sources and `$(objtree)` that of " +
                "its build folder. May be empty."
            ),
        ),
        "config": attr.label(mandatory = True, providers = [KbuildConfigInfo], doc = "The kbuild_config of the kernel."),
        "configure": attr.string(
            default = "configure",
            doc = "The script, by its place below the deepest folder that has all `srcs`. It runs in its own folder.",
        ),
        "objects": attr.label(
            providers = [KbuildObjectsInfo],
            doc = "The kbuild_module_objects of the kernel, for Module.symvers; see kbuild_external_module.",
        ),
        "srcs": attr.label_list(
            mandatory = True,
            allow_files = True,
            doc = "All files that the script and the module's build read. Each keeps its place relative to the others. Not empty.",
        ),
    } | KBUILD_ATTRS,
)
