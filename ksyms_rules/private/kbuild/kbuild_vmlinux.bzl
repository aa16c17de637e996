"""kbuild_vmlinux: the kernel, linked once, exporting what a list says."""

load(":architectures.bzl", "IMAGES")
load(":kbuild_action.bzl", "KBUILD_ATTRS", "directory_arg", "kbuild_action", "kbuild_args")
load(":kbuild_info.bzl", "KbuildConfigInfo", "KbuildVmlinuxInfo")

visibility(["//ksyms_rules"])

NO_IMAGE = (
    "{label}: config: expected an architecture whose bootable image is known ({known}), got {arch}.\n" +
    "To fix: name the image in image_target and image_file."
)

ONE_OF_TWO = (
    "{label}: image_target, image_file: expected both or none, got one.\n" +
    "To fix: name make's target and the file that it builds."
)

_KEPT = ["System.map", "modules.builtin", "modules.builtin.modinfo", "vmlinux", "vmlinux.symvers"]

def _image(ctx, arch):
    if bool(ctx.attr.image_target) != bool(ctx.attr.image_file):
        fail(ONE_OF_TWO.format(label = ctx.label))
    if ctx.attr.image_target:
        return ctx.attr.image_target, ctx.attr.image_file
    if arch not in IMAGES:
        fail(NO_IMAGE.format(label = ctx.label, known = ", ".join(IMAGES), arch = arch))
    return IMAGES[arch]

def _link(ctx, config, start, tree):
    """Declares the action that links vmlinux.

    Args:
      ctx: of the rule.
      config: KbuildConfigInfo
      start: File, the tree to start from.
      tree: File, where to save the tree; None if no later action needs it.
    Returns:
      ({path below the build folder: File}, File): what is built, and the log.
    """
    image_target, image_file = _image(ctx, config.arch)
    log = ctx.actions.declare_file(ctx.label.name + "/vmlinux.log")
    outputs = {
        path: ctx.actions.declare_file("{}/{}".format(ctx.label.name, path.rpartition("/")[2]))
        for path in _KEPT + [image_file]
    }
    args = kbuild_args(ctx, "vmlinux", config)
    args.add(config.config, format = "--config=%s")
    args.add(ctx.file.raw_symbol_list, format = "--raw_symbol_list=%s")
    args.add(image_target, format = "--image_target=%s")
    directory_arg(args, start, "--restore=%s")
    if tree:
        directory_arg(args, tree, "--save=%s")
    for path, file in outputs.items():
        args.add(file, format = "--output={}=%s".format(path))
    kbuild_action(
        ctx,
        "vmlinux",
        args = args,
        inputs = depset([config.config, config.source_names, ctx.file.raw_symbol_list, start]),
        outputs = outputs.values() + ([tree] if tree else []),
        progress_message = "Linking vmlinux %{label}",
        log = log,
        srcs = config.srcs,
        unread = ctx.actions.declare_file(ctx.label.name + "/vmlinux.unread"),
        keep_objects = True,
    )
    return outputs, log

def _kbuild_vmlinux_impl(ctx):
    config, logs = ctx.attr.config[KbuildConfigInfo], []
    if config.trim == "modpost":
        tree = config.vmlinux_o
        logs.append(config.vmlinux_o_log)
        outputs, log = _link(ctx, config, tree, None)
    else:
        # Objects that export symbols depend on the set.
        tree = ctx.actions.declare_directory(ctx.label.name + "/vmlinux.tree")
        outputs, log = _link(ctx, config, config.prepared, tree)
    files = {name.rpartition("/")[2]: file for name, file in outputs.items()}
    return [
        DefaultInfo(files = depset(files.values())),
        OutputGroupInfo(
            log = depset(logs + [log]),
            tree = depset([tree]),
            **{name: depset([file]) for name, file in files.items()}
        ),
        KbuildVmlinuxInfo(
            config = config,
            raw_symbol_list = ctx.file.raw_symbol_list,
            symvers = outputs["vmlinux.symvers"],
            tree = tree,
            vmlinux = outputs["vmlinux"],
        ),
    ]

kbuild_vmlinux = rule(
    implementation = _kbuild_vmlinux_impl,
    doc = """\
Builds a Linux kernel that exports exactly the symbols of a list, linking vmlinux once.

Use it with a raw_symbol_list of all modules, in-tree and external. Then the list is complete before the kernel is built.
Up to Linux 6.4 the kernel is one action. From 6.5 on it is two: `vmlinux.o`, the expensive link, which does not depend on
the list, and the final link. Neither runs again after an edit to an unread source, such as a module's, or to a module whose
symbols stay the same.

The outputs are vmlinux, the bootable image, System.map, vmlinux.symvers, modules.builtin and modules.builtin.modinfo. Each
is also an output group of its name; the group `log` has what make printed. The same compiler makes the same bytes everywhere.

```starlark
kbuild_vmlinux(
    name = "vmlinux",
    config = ":config",
    raw_symbol_list = ":raw_symbol_list",
)
```
""",
    attrs = {
        "config": attr.label(mandatory = True, providers = [KbuildConfigInfo], doc = "The kbuild_config of the kernel."),
        "image_file": attr.string(
            doc = (
                "Path of the bootable image below the build folder. Give it together with `image_target`, or leave both " +
                "empty for the architecture's usual image, which is known of {}.".format(", ".join(sorted(IMAGES)))
            ),
        ),
        "image_target": attr.string(doc = "make's target that builds `image_file`; empty if that is."),
        "raw_symbol_list": attr.label(
            mandatory = True,
            allow_single_file = True,
            doc = "The symbols to export, one per line: a raw_symbol_list. A symbol that the kernel does not have is no error.",
        ),
    } | KBUILD_ATTRS,
    provides = [KbuildVmlinuxInfo],
)
