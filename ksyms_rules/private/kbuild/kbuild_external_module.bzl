"""kbuild_external_module: external modules, compiled before there is a vmlinux."""

load(":compile_modules.bzl", "compile_modules")
load(":external_sources.bzl", "external_sources")
load(":kbuild_action.bzl", "KBUILD_ATTRS")
load(":kbuild_info.bzl", "KbuildConfigInfo", "KbuildObjectsInfo")

visibility(["//ksyms_rules"])

SET_BY_RULE = (
    "{label}: make_vars: expected variables of the module, got {got}.\n" +
    "To fix: remove it; the rule sets it."
)

# What make's command line has in any case.
_OWN_VARIABLES = ("ARCH", "KBUILD_EXTRA_SYMBOLS", "M", "O")

def _kbuild_external_module_impl(ctx):
    for variable in ctx.attr.make_vars:
        if variable in _OWN_VARIABLES:
            fail(SET_BY_RULE.format(label = ctx.label, got = variable))
    places, folders = external_sources(ctx)
    return compile_modules(
        ctx,
        "external_module",
        config = ctx.attr.config[KbuildConfigInfo],
        folders = folders,
        make_vars = ctx.attr.make_vars,
        progress_message = "Compiling external module %{label}",
        srcs = places,
        symvers = ctx.attr.objects[KbuildObjectsInfo].symvers if ctx.attr.objects else None,
    )

kbuild_external_module = rule(
    implementation = _kbuild_external_module_impl,
    doc = """\
Compiles external modules (`make M=`), without building vmlinux.

Use it for a driver that is not in the kernel's sources: the rules that read symbols take the target in `modules`, so
the kernel exports what the driver needs. The output is a directory with the `.o` file of each module; the output group
`log` has what make printed.

What a package's `dkms.conf` says goes here: the variables of its MAKE line to `make_vars`, and its folders to `folders`.

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
        "kbuild_file": attr.label(
            allow_single_file = True,
            doc = (
                "The `Kbuild` or `Makefile` to build (`M=` is its folder). By default the one of `srcs` nearest to the top. " +
                "A file of another name is an error, since kbuild reads no other."
            ),
        ),
        "make_vars": attr.string_dict(
            doc = (
                "Variables of make's command line, for this module only; they replace those of the kernel. make expands " +
                "references: `$(M)` is the folder that is built, `$(abspath $(srctree))` the kernel's sources, " +
                "`$(abspath $(objtree))` its build folder. May be empty."
            ),
        ),
        "folders": attr.string_list(
            doc = (
                "The folders to build, instead of `kbuild_file`, if there are several or if they are in a directory of " +
                "generated sources. Each is named by its place below the deepest folder that has all `srcs`, and may use " +
                "what those before it export. The modules of several folders are at their places in the module's tree."
            ),
        ),
        "objects": attr.label(
            providers = [KbuildObjectsInfo],
            doc = (
                "The kbuild_module_objects of the kernel. From Linux 6.5 on, the build of the module then sees a " +
                "Module.symvers of all that vmlinux and these modules may export, as scripts such as NVIDIA's conftest.sh " +
                "demand. May be left out for modules that do not look."
            ),
        ),
        "srcs": attr.label_list(
            mandatory = True,
            allow_files = True,
            doc = (
                "All files that the build reads: sources, headers, Kbuild files, checked in or generated. Each keeps its " +
                "place relative to the others. Not empty."
            ),
        ),
    } | KBUILD_ATTRS,
    provides = [KbuildObjectsInfo],
)
