"""kbuild_config: a kernel's configuration, ready to compile with."""

load(":architectures.bzl", "ARCHITECTURES")
load(":kbuild_action.bzl", "KBUILD_ATTRS", "directory_arg", "kbuild_action", "kbuild_args")
load(":kbuild_info.bzl", "KbuildConfigInfo")
load(":kernel_sources.bzl", "configuring_sources", "source_names", "top_of_sources")
load(":vmlinux_o.bzl", "vmlinux_o")

visibility(["//ksyms_rules"])

ONE_BASE = (
    "{label}: base, defconfig: expected one of the two, got {got}.\n" +
    "To fix: name a .config file in base, or one of the kernel's own configurations in defconfig."
)

SET_BY_ATTRIBUTE = (
    "{label}: make_vars: expected no ARCH, got {got}.\n" +
    "To fix: set arch instead, which the bootable image depends on too."
)

def _configure(ctx, common, srcs):
    """Declares the action that makes `.config`; returns it and the log."""
    config = ctx.actions.declare_file(ctx.label.name + "/config")
    log = ctx.actions.declare_file(ctx.label.name + "/config.log")
    args = kbuild_args(ctx, "config", common)
    args.add(config, format = "--output=%s")
    if ctx.file.base:
        args.add(ctx.file.base, format = "--base=%s")
    if ctx.attr.defconfig:
        args.add(ctx.attr.defconfig, format = "--defconfig=%s")
    args.add_all(ctx.files.fragments, format_each = "--fragments=%s")
    kbuild_action(
        ctx,
        "config",
        args = args,
        inputs = depset(ctx.files.base + ctx.files.fragments + [ctx.file._programs]),
        outputs = [config],
        progress_message = "Configuring Linux %{label}",
        log = log,
        srcs = depset(configuring_sources(srcs, common.kconfig)),
    )
    return config, log

def _prepare(ctx, common, config, srcs, names):
    """Declares the action that makes generated headers and kbuild's tools; returns the tree and the log."""
    prepared = ctx.actions.declare_directory(ctx.label.name + "/prepared")
    log = ctx.actions.declare_file(ctx.label.name + "/prepare.log")
    args = kbuild_args(ctx, "prepare", common)
    args.add(config, format = "--config=%s")
    directory_arg(args, prepared, "--save=%s")
    kbuild_action(
        ctx,
        "prepare",
        args = args,
        inputs = depset([config, names]),
        outputs = [prepared],
        progress_message = "Preparing Linux %{label}",
        log = log,
        srcs = srcs,
        unread = ctx.actions.declare_file(ctx.label.name + "/prepare.unread"),
    )
    return prepared, log

def _kbuild_config_impl(ctx):
    if bool(ctx.file.base) == bool(ctx.attr.defconfig):
        fail(ONE_BASE.format(label = ctx.label, got = "both" if ctx.file.base else "none"))
    if "ARCH" in ctx.attr.make_vars:
        fail(SET_BY_ATTRIBUTE.format(label = ctx.label, got = ctx.attr.make_vars["ARCH"]))
    common = struct(
        arch = ctx.attr.arch,
        kconfig = top_of_sources(ctx),
        llvm = ctx.attr.toolchain == "llvm",
        make_vars = ctx.attr.make_vars,
        trim = ctx.attr.trim,
    )
    only_modules = {file: None for file in ctx.files.module_srcs}
    srcs = depset([file for file in ctx.files.srcs if file not in only_modules])
    config, config_log = _configure(ctx, common, ctx.files.srcs)
    module_srcs = depset(ctx.files.module_srcs, transitive = [srcs])
    names = source_names(ctx, srcs, "source_names")
    prepared, prepare_log = _prepare(ctx, common, config, srcs, names)
    fields = {
        "arch": common.arch,
        "config": config,
        "kconfig": common.kconfig,
        "llvm": common.llvm,
        "make_vars": common.make_vars,
        "module_source_names": source_names(ctx, module_srcs, "module_source_names") if only_modules else names,
        "module_srcs": module_srcs,
        "prepared": prepared,
        "source_names": names,
        "srcs": srcs,
        "trim": common.trim,
    }
    tree, tree_log = vmlinux_o(ctx, struct(**fields)) if common.trim == "modpost" else (None, None)
    return [
        DefaultInfo(files = depset([config])),
        OutputGroupInfo(log = depset([config_log, prepare_log]), prepared = depset([prepared])),
        KbuildConfigInfo(vmlinux_o = tree, vmlinux_o_log = tree_log, **fields),
    ]

kbuild_config = rule(
    implementation = _kbuild_config_impl,
    doc = """\
Configures a Linux kernel and prepares its tree: `.config`, generated headers, kbuild's own tools.

Use it first: the other rules build from it. The kernel's scripts/kconfig/merge_config.sh merges the fragments in the
order given; a later one wins. An option of a fragment that does not make it into the result is an error that names the
option. The kernel needs CONFIG_MODULES and CONFIG_TRIM_UNUSED_KSYMS; the rules set CONFIG_UNUSED_KSYMS_WHITELIST.

An edit to an unread source does not prepare the kernel again: one that preparing never read, by kbuild's own dependency
files. Compilers and linkers of another version configure the kernel again, and build it again if `.config` names them.

The output is `.config`; the output group `prepared` has the tree after `make modules_prepare`, `log` what make printed.

```starlark
kbuild_config(
    name = "config",
    srcs = ["@linux//:srcs"],
    defconfig = "tinyconfig",
    fragments = ["serial_console.config"],
    trim = "modpost",
)
```
""",
    attrs = {
        "arch": attr.string(
            default = "x86_64",
            values = ARCHITECTURES,
            doc = "The kernel's name of the architecture, as in ARCH=: `arm64`, not `aarch64`.",
        ),
        "base": attr.label(
            allow_single_file = True,
            doc = "A `.config` or defconfig file to start with. Give either `base` or `defconfig`.",
        ),
        "defconfig": attr.string(
            doc = "One of the kernel's own configurations to start with: `defconfig`, `tinyconfig`, `gki_defconfig`.",
        ),
        "fragments": attr.label_list(allow_files = True, doc = "Files of options to merge, in order; may be empty."),
        "make_vars": attr.string_dict(
            doc = (
                "Variables of make's command line, such as `CROSS_COMPILE`, `KBUILD_BUILD_TIMESTAMP` or `LOCALVERSION`; may " +
                "be empty. A value that names a place on this machine keeps others from sharing the build. " +
                "KBUILD_BUILD_TIMESTAMP, _USER, _HOST and _VERSION have fixed values unless given here. `LLVM` names a " +
                "version (`-17`) or a folder of LLVM's tools. For ARCH there is `arch`."
            ),
        ),
        "module_srcs": attr.label_list(
            allow_files = True,
            doc = (
                "Sources that only modules read; `srcs` may have them too. They are no inputs of vmlinux: after an edit to " +
                "one, a machine that never built this kernel still finds vmlinux in a remote cache. vmlinux fails to build " +
                "if it needs one. May be empty: on a machine that has built the kernel such an edit links nothing anyway."
            ),
        ),
        "srcs": attr.label_list(
            mandatory = True,
            allow_files = True,
            doc = (
                "All files of the kernel's source tree, with Kconfig and Makefile at its top. You can leave out " +
                "tools/testing, the folders below Documentation, and other architectures' files except `Kconfig*`. " +
                "File names must have no blanks."
            ),
        ),
        "toolchain": attr.string(
            default = "gcc",
            values = ["gcc", "llvm"],
            doc = "`llvm` builds with clang, ld.lld and the rest (LLVM=1). The programs are those on the actions' PATH.",
        ),
        "trim": attr.string(
            mandatory = True,
            values = ["autoksyms", "modpost"],
            doc = (
                "How this kernel trims exports: `autoksyms` from Linux 5.8 to 6.4 (autoksyms.h), `modpost` from 6.5 on. " +
                "The wrong one is an error."
            ),
        ),
        "_programs": attr.label(
            default = "@kernel_build_programs//:versions.txt",
            allow_single_file = True,
            doc = "Versions of compilers and linkers. `.config` names those that it is for, so all later actions depend on them.",
        ),
    } | KBUILD_ATTRS,
    provides = [KbuildConfigInfo],
)
