"""kbuild_config: a kernel's configuration, ready to compile with."""

load(":kbuild_action.bzl", "KBUILD_ATTRS", "directory_arg", "kbuild_action", "kbuild_args")
load(":kbuild_info.bzl", "KbuildConfigInfo")
load(":kernel_sources.bzl", "configuring_sources", "source_names", "top_of_sources")

ONE_BASE = (
    "{label}: base, defconfig: expected one of the two, got {got}.\n" +
    "To fix: name a .config file in base, or one of the kernel's own configurations in defconfig."
)

SET_BY_ATTRIBUTE = (
    "{label}: make_vars: expected no ARCH, got {got}.\n" +
    "To fix: set arch, which the bootable image depends on too."
)

_ARCHITECTURES = [
    "alpha",
    "arc",
    "arm",
    "arm64",
    "csky",
    "hexagon",
    "i386",
    "loongarch",
    "m68k",
    "microblaze",
    "mips",
    "nios2",
    "openrisc",
    "parisc",
    "powerpc",
    "riscv",
    "s390",
    "sh",
    "sparc",
    "um",
    "x86",
    "x86_64",
    "xtensa",
]

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
    args.add_all(ctx.files.fragments, format_each = "--fragment=%s")
    kbuild_action(
        ctx,
        args,
        inputs = ctx.files.base + ctx.files.fragments + [ctx.file._programs],
        outputs = [config],
        log = log,
        mnemonic = "KbuildConfig",
        progress_message = "Configuring Linux %{label}",
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
        args,
        inputs = [config, names],
        outputs = [prepared],
        log = log,
        mnemonic = "KbuildPrepare",
        progress_message = "Preparing Linux %{label}",
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
    return [
        DefaultInfo(files = depset([config])),
        OutputGroupInfo(log = depset([config_log, prepare_log]), prepared = depset([prepared])),
        KbuildConfigInfo(
            arch = common.arch,
            config = config,
            kconfig = common.kconfig,
            llvm = common.llvm,
            make_vars = common.make_vars,
            module_source_names = source_names(ctx, module_srcs, "module_source_names") if only_modules else names,
            module_srcs = module_srcs,
            prepared = prepared,
            source_names = names,
            srcs = srcs,
            trim = common.trim,
        ),
    ]

kbuild_config = rule(
    implementation = _kbuild_config_impl,
    doc = """\
Configures a Linux kernel and prepares its tree: `.config`, generated headers, kbuild's own tools.

Use it first: the other rules build from it. Fragments are merged by the kernel's scripts/kconfig/merge_config.sh in the
order given, a later one wins; one whose option does not make it into the result is an error that names the option.
The kernel needs CONFIG_MODULES and CONFIG_TRIM_UNUSED_KSYMS; CONFIG_UNUSED_KSYMS_WHITELIST is set by the
rules. Sources that preparing never read, by kbuild's own dependency files, may change without running it again. Compilers and
linkers of another version configure the kernel again, and build it again if `.config` names them.

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
            values = _ARCHITECTURES,
            doc = "The kernel's name of the architecture, as in ARCH=: `arm64`, not `aarch64`.",
        ),
        "base": attr.label(
            allow_single_file = True,
            doc = "A `.config` or defconfig file to start with; exactly one of `base` and `defconfig` is given.",
        ),
        "defconfig": attr.string(
            doc = "One of the kernel's own configurations to start with instead: `defconfig`, `tinyconfig`, `gki_defconfig`.",
        ),
        "fragments": attr.label_list(allow_files = True, doc = "Files of options to merge, in order; may be empty."),
        "make_vars": attr.string_dict(
            doc = (
                "Variables of make's command line, such as `CROSS_COMPILE`, `KBUILD_BUILD_TIMESTAMP` or `LOCALVERSION`. " +
                "Values must not name places of one machine, or builds of others cannot be shared. KBUILD_BUILD_TIMESTAMP, " +
                "_USER, _HOST and _VERSION have fixed values unless given here. `LLVM` names a version (`-17`) or a folder of LLVM's " +
                "tools; ARCH is set by `arch`."
            ),
        ),
        "module_srcs": attr.label_list(
            allow_files = True,
            doc = (
                "Sources that only modules read, also if `srcs` has them: they are no inputs of vmlinux, so that a machine " +
                "that never built this kernel finds vmlinux in a remote cache after an edit to them. vmlinux fails to " +
                "build if it needs one. May be empty: an edit where the kernel was built before is no link anyway."
            ),
        ),
        "srcs": attr.label_list(
            mandatory = True,
            allow_files = True,
            doc = (
                "All files of the kernel's source tree; an error without Kconfig and Makefile at its top. May be left out: " +
                "tools/testing, the folders below Documentation, and other architectures' files but `Kconfig*`. " +
                "No blanks in names."
            ),
        ),
        "toolchain": attr.string(
            default = "gcc",
            values = ["gcc", "llvm"],
            doc = "`llvm` builds with clang, ld.lld and the rest (LLVM=1). The programs are those on PATH of the actions.",
        ),
        "trim": attr.string(
            mandatory = True,
            values = ["autoksyms", "modpost"],
            doc = (
                "How this kernel trims exports: `autoksyms` from Linux 5.8 to 6.4 (autoksyms.h), `modpost` from 6.5 on; " +
                "the wrong one is an error."
            ),
        ),
        "_programs": attr.label(
            default = "@kernel_build_programs//:versions.txt",
            allow_single_file = True,
            doc = "Versions of compilers and linkers: `.config` names those that it is for, and so all that follows depends on them.",
        ),
    } | KBUILD_ATTRS,
    provides = [KbuildConfigInfo],
)
