"""A kernel module from one C file: `<name>` gives its .o, `<name>_ko` its .ko."""

load("@rules_cc//cc:cc_library.bzl", "cc_library")
load("@rules_cc//cc:find_cc_toolchain.bzl", "find_cc_toolchain", "use_cc_toolchain")

_COPTS = ["-DMODULE", "-ffreestanding", "-fno-pic", "-fno-stack-protector"]

def kernel_module(name, src):
    """Compiles one module.

    Args:
      name: of the module; the target gives its .o, in which `__this_module` is undefined.
      src: its C file.
    """
    _objects(name = name, srcs = [src])
    _objects(name = name + "_mod", srcs = ["modules/this_module.c"])
    _link_ko(name = name + "_ko", module = name, objects = [name, name + "_mod"])

def _objects(name, srcs):
    cc_library(
        name = name + "_objects",
        srcs = srcs,
        copts = _COPTS,
        features = ["-supports_pic"],
        linkstatic = True,
        deps = [":linux_headers"],
    )
    native.filegroup(
        name = name,
        srcs = [name + "_objects"],
        output_group = "compilation_outputs",
    )

def _link_ko_impl(ctx):
    ko = ctx.actions.declare_file(ctx.attr.module + ".ko")
    toolchain = find_cc_toolchain(ctx)
    args = ctx.actions.args()
    args.add("-r")
    args.add("-o", ko)
    args.add_all(ctx.files.objects)
    ctx.actions.run(
        executable = toolchain.ld_executable,
        arguments = [args],
        inputs = depset(ctx.files.objects, transitive = [toolchain.all_files]),
        outputs = [ko],
        mnemonic = "LinkKo",
        progress_message = "Linking module %{output}",
    )
    return [DefaultInfo(files = depset([ko]))]

_link_ko = rule(
    implementation = _link_ko_impl,
    attrs = {
        "module": attr.string(mandatory = True),
        "objects": attr.label_list(allow_files = [".o"], mandatory = True),
    },
    toolchains = use_cc_toolchain(),
    fragments = ["cpp"],
)
