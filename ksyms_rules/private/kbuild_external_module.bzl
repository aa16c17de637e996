"""kbuild_external_module: modules out of tree, compiled before there is a vmlinux."""

load(":kbuild_action.bzl", "KBUILD_ATTRS")
load(":kbuild_info.bzl", "KbuildConfigInfo", "KbuildObjectsInfo")
load(":kbuild_module_objects.bzl", "compile_modules")

NO_KBUILD_FILE = (
    "{label}: srcs: expected a file Kbuild or Makefile at the top of the module's sources, got {got}.\n" +
    "To fix: add one with a line such as `obj-m := driver.o`."
)

_AT_MOST_NAMED = 5

def _kbuild_file(ctx):
    """The module's Kbuild file, or else Makefile, as kbuild looks for it: in the top folder."""
    files = sorted(
        [file for file in ctx.files.srcs if file.basename in ("Kbuild", "Makefile")],
        key = lambda file: (len(file.dirname), file.basename),
    )
    if not files:
        names = [file.basename for file in ctx.files.srcs[:_AT_MOST_NAMED]]
        fail(NO_KBUILD_FILE.format(label = ctx.label, got = ", ".join(names) or "no files"))
    return files[0]

def _kbuild_external_module_impl(ctx):
    return compile_modules(
        ctx,
        "external",
        ctx.attr.config[KbuildConfigInfo],
        "KbuildExternalModule",
        "Compiling external module %{label}",
        kbuild_file = _kbuild_file(ctx),
        srcs = ctx.files.srcs,
    )

kbuild_external_module = rule(
    implementation = _kbuild_external_module_impl,
    doc = """\
Compiles modules out of tree (`make M=`), without building vmlinux.

Use it for a driver that is not in the kernel's sources: the rules that read symbols take the target in `modules`, so
the kernel exports what it needs. The output is a directory with the `.o` file of each module.

```starlark
kbuild_external_module(
    name = "hello",
    srcs = glob(["hello/**"]),
    config = ":config",
)
```
""",
    attrs = {
        "config": attr.label(mandatory = True, providers = [KbuildConfigInfo], doc = "The kbuild_config of the kernel."),
        "srcs": attr.label_list(
            mandatory = True,
            allow_files = True,
            doc = "The module's sources, with a file `Kbuild` or `Makefile` in the folder that all others are in or below.",
        ),
    } | KBUILD_ATTRS,
    provides = [KbuildObjectsInfo],
)
