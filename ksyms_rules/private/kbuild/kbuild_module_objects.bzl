"""kbuild_module_objects: the in-tree modules, compiled before there is a vmlinux."""

load("//ksyms_rules/private:ksyms_action.bzl", "KSYMS_ATTRS")
load(":compile_modules.bzl", "compile_modules")
load(":kbuild_action.bzl", "KBUILD_ATTRS")
load(":kbuild_info.bzl", "KbuildConfigInfo", "KbuildObjectsInfo")

visibility(["//ksyms_rules"])

def _kbuild_module_objects_impl(ctx):
    return compile_modules(
        ctx,
        "module_objects",
        config = ctx.attr.config[KbuildConfigInfo],
        progress_message = "Compiling modules of Linux %{label}",
        keep_objects = True,
    )

kbuild_module_objects = rule(
    implementation = _kbuild_module_objects_impl,
    doc = """\
Compiles the in-tree modules (every option that is `=m`), without building vmlinux.

Use it to find what the kernel's own modules need: the rules that read symbols take the target in `modules`. The output is a
directory with the `.o` file of each module, at its path in the source tree; the output group `log` has what make printed, and from
Linux 6.5 on `symvers` a Module.symvers of all that vmlinux and these modules may export, which needs vmlinux.o. A
configuration without any `=m` is an error.

```starlark
kbuild_module_objects(
    name = "objects",
    config = ":config",
)
```
""",
    attrs = {
        "config": attr.label(mandatory = True, providers = [KbuildConfigInfo], doc = "The kbuild_config of the kernel."),
    } | KBUILD_ATTRS | KSYMS_ATTRS,
    provides = [KbuildObjectsInfo],
)
