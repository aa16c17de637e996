"""kbuild_modules: the `.ko` files for a built kernel."""

load(":external_sources.bzl", "add_external_sources")
load(":kbuild_action.bzl", "KBUILD_ATTRS", "directory_arg", "kbuild_action", "kbuild_args")
load(":kbuild_info.bzl", "KbuildModulesInfo", "KbuildObjectsInfo", "KbuildVmlinuxInfo")

visibility(["//ksyms_rules"])

OTHER_CONFIG = (
    "{label}: objects, vmlinux: expected both to be built from one kbuild_config, got {objects} and {vmlinux}.\n" +
    "To fix: build the modules with the configuration of the kernel that loads them."
)

def _symvers(ctx, vmlinux):
    """What is exported outside an external module: (the kernel's symvers, [those of other external modules])."""
    infos = [target[KbuildModulesInfo] for target in ctx.attr.deps]
    in_tree = [info.symvers for info in infos if info.in_tree]
    return (in_tree or [vmlinux.symvers])[0], [info.symvers for info in infos if not info.in_tree]

def _kbuild_modules_impl(ctx):
    objects, vmlinux = ctx.attr.objects[KbuildObjectsInfo], ctx.attr.vmlinux[KbuildVmlinuxInfo]
    config = vmlinux.config
    if objects.config.config != config.config:
        fail(OTHER_CONFIG.format(label = ctx.label, objects = objects.config.config.owner, vmlinux = config.config.owner))
    modules = ctx.actions.declare_directory(ctx.label.name)
    symvers = ctx.actions.declare_file(ctx.label.name + ".Module.symvers")
    log = ctx.actions.declare_file(ctx.label.name + ".log")
    inputs = [config.config, config.module_source_names, objects.tree, vmlinux.raw_symbol_list, vmlinux.vmlinux]
    args = kbuild_args(ctx, "modules", config, objects.make_vars)
    args.add(config.config, format = "--config=%s")
    args.add(vmlinux.raw_symbol_list, format = "--raw_symbol_list=%s")
    args.add(vmlinux.vmlinux, format = "--vmlinux=%s")
    args.add(symvers, format = "--symvers=%s")
    directory_arg(args, modules, "--modules=%s")
    if objects.folders:
        kernel, extra = _symvers(ctx, vmlinux)
        add_external_sources(args, objects.folders, objects.srcs)
        args.add_all(extra, format_each = "--extra_symvers=%s")
        inputs += extra + objects.srcs.keys()
    else:
        kernel = vmlinux.symvers
        directory_arg(args, vmlinux.tree, "--restore=%s")
        inputs.append(vmlinux.tree)
    args.add(kernel, format = "--kernel_symvers=%s")
    inputs.append(kernel)
    directory_arg(args, objects.tree, "--restore=%s")
    kbuild_action(
        ctx,
        "modules",
        args = args,
        inputs = depset(inputs),
        outputs = [modules, symvers],
        progress_message = "Linking modules %{label}",
        log = log,
        srcs = config.module_srcs,
        unread = ctx.actions.declare_file(ctx.label.name + ".unread"),
        keep_objects = not objects.folders,
    )
    return [
        DefaultInfo(files = depset([modules])),
        OutputGroupInfo(log = depset([log]), symvers = depset([symvers])),
        KbuildModulesInfo(directory = modules, in_tree = not objects.folders, symvers = symvers),
    ]

kbuild_modules = rule(
    implementation = _kbuild_modules_impl,
    doc = """\
Links the `.ko` files of compiled modules against a built kernel: kbuild's modpost and final link.

Use it for the modules of an image. A symbol that a module needs and nothing exports is an error, whether it is missing or
trimmed away. A missing licence is an error too. The output is a directory with the `.ko` files at their paths in the source
tree; the output group `symvers` has Module.symvers, `log` what make printed.

```starlark
kbuild_modules(
    name = "modules",
    objects = ":objects",
    vmlinux = ":vmlinux",
)
```
""",
    attrs = {
        "deps": attr.label_list(
            providers = [KbuildModulesInfo],
            doc = "Other kbuild_modules whose exports an external module may use. May be empty.",
        ),
        "objects": attr.label(
            mandatory = True,
            providers = [KbuildObjectsInfo],
            doc = "The compiled modules: a kbuild_module_objects or a kbuild_external_module.",
        ),
        "vmlinux": attr.label(mandatory = True, providers = [KbuildVmlinuxInfo], doc = "The kbuild_vmlinux to link against."),
    } | KBUILD_ATTRS,
    provides = [KbuildModulesInfo],
)
