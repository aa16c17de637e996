"""Rules with the outputs of Kleaf's `kernel_build`, `kernel_module` and `ddk_module`, for trees without Kleaf.

In a Kleaf tree load the real rules from //build/kernel/kleaf:kernel.bzl; nothing else in BUILD.bazel changes. Here modules
and vmlinux are single C files, compiled with the machine's C toolchain.
"""

load("@rules_cc//cc:action_names.bzl", "C_COMPILE_ACTION_NAME")
load("@rules_cc//cc:find_cc_toolchain.bzl", "find_cc_toolchain", "use_cc_toolchain")
load("@rules_cc//cc/common:cc_common.bzl", "cc_common")

_MODULE_FLAGS = ["-DMODULE", "-ffreestanding", "-fno-pic", "-fno-stack-protector"]
_KERNEL_FLAGS = ["-ffreestanding", "-fno-pic", "-nostdlib", "-static", "-Wl,--entry=0", "-Wl,--build-id=none"]

def _compile(ctx, src, output, flags, more_inputs = []):
    toolchain = find_cc_toolchain(ctx)
    features = cc_common.configure_features(ctx = ctx, cc_toolchain = toolchain, unsupported_features = ctx.disabled_features)
    compiler = cc_common.get_tool_for_action(feature_configuration = features, action_name = C_COMPILE_ACTION_NAME)
    args = ctx.actions.args()
    args.add_all(flags)
    args.add("-o", output)
    args.add(src)
    ctx.actions.run(
        executable = compiler,
        arguments = [args],
        inputs = depset([src] + more_inputs, transitive = [toolchain.all_files]),
        outputs = [output],
        mnemonic = "StandIn",
        progress_message = "Compiling %{output}",
        # The compiler looks for the linker in PATH.
        use_default_shell_env = True,
    )
    return output

def _note(ctx, name, content):
    file = ctx.actions.declare_file(name)
    ctx.actions.write(file, content)
    return file

def _kernel_build_impl(ctx):
    vmlinux = _compile(
        ctx,
        ctx.file.vmlinux_src,
        ctx.actions.declare_file(ctx.label.name + "/vmlinux"),
        _KERNEL_FLAGS,
        more_inputs = ctx.files.kmi_symbol_list,
    )
    symvers = ctx.actions.declare_file(ctx.label.name + "/Module.symvers")
    ctx.actions.symlink(output = symvers, target_file = ctx.file.symvers)
    named_symvers = _note(ctx, ctx.label.name + "_Module.symvers", "")
    modules = [
        _compile(ctx, src, ctx.actions.declare_file("{}/{}.ko".format(ctx.label.name, src.basename.removesuffix(".c"))), _MODULE_FLAGS + ["-c"])
        for src in ctx.files.module_srcs
    ]
    return [
        DefaultInfo(files = depset([vmlinux, symvers, named_symvers] + modules)),
        OutputGroupInfo(**{"Module.symvers": depset([symvers]), "vmlinux": depset([vmlinux])}),
    ]

kernel_build = rule(
    implementation = _kernel_build_impl,
    doc = "Gives `vmlinux`, `Module.symvers` and in-tree modules, and one output group per output.",
    attrs = {
        "kmi_symbol_list": attr.label(allow_single_file = True, doc = "A KMI symbol list in libabigail form."),
        "module_srcs": attr.label_list(allow_files = [".c"], doc = "In-tree modules (Kleaf: module_outs)."),
        "symvers": attr.label(allow_single_file = True, mandatory = True, doc = "What the kernel's modpost would write."),
        "vmlinux_src": attr.label(allow_single_file = [".c"], mandatory = True, doc = "The kernel."),
    },
    toolchains = use_cc_toolchain(),
    fragments = ["cpp"],
)

def _kernel_module_impl(ctx):
    name = ctx.label.name
    module = _compile(ctx, ctx.file.src, ctx.actions.declare_file("{0}/{0}.ko".format(name)), _MODULE_FLAGS + ["-c"])
    return [DefaultInfo(files = depset([
        module,
        _note(ctx, "{0}/{0}.check_no_remaining".format(name), ""),
        _note(ctx, name + "/Module.symvers", ""),
    ]))]

_MODULE_ATTRS = {
    "kernel_build": attr.label(mandatory = True, doc = "What the module is built against."),
    "src": attr.label(allow_single_file = [".c"], mandatory = True, doc = "The module."),
}

kernel_module = rule(
    implementation = _kernel_module_impl,
    doc = "Gives `<name>.ko`, `<name>.check_no_remaining` and `Module.symvers`.",
    attrs = _MODULE_ATTRS,
    toolchains = use_cc_toolchain(),
    fragments = ["cpp"],
)

ddk_module = rule(
    implementation = _kernel_module_impl,
    doc = "The same outputs as kernel_module.",
    attrs = _MODULE_ATTRS,
    toolchains = use_cc_toolchain(),
    fragments = ["cpp"],
)

def _dist_impl(_ctx):
    return [DefaultInfo()]

dist = rule(
    implementation = _dist_impl,
    doc = "A device's top-level target (Kleaf: pkg_files and copy_to_dist_dir); gives no file itself.",
    attrs = {"srcs": attr.label_list(doc = "What the device is made of.")},
)

def _untrimmed_transition_impl(_settings, _attr):
    return {"//examples/kleaf/one_kernel:force_disable_trim": True}

_untrimmed_transition = transition(
    implementation = _untrimmed_transition_impl,
    inputs = [],
    outputs = ["//examples/kleaf/one_kernel:force_disable_trim"],
)

def _untrimmed_modules_impl(ctx):
    return [DefaultInfo(files = depset(transitive = [target[DefaultInfo].files for target in ctx.attr.modules]))]

untrimmed_modules = rule(
    implementation = _untrimmed_modules_impl,
    doc = "Modules, built against the kernel without its symbol list. In a Kleaf tree the setting is Kleaf's own.",
    attrs = {"modules": attr.label_list(cfg = _untrimmed_transition, doc = "Targets that give modules.")},
)
