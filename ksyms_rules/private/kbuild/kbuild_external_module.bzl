"""kbuild_external_module: external modules, compiled before there is a vmlinux."""

load("//ksyms_rules/private:messages.bzl", "file_names")
load(":compile_modules.bzl", "compile_modules")
load(":kbuild_action.bzl", "KBUILD_ATTRS")
load(":kbuild_info.bzl", "KbuildConfigInfo", "KbuildObjectsInfo")

visibility(["//ksyms_rules"])

NO_KBUILD_FILE = (
    "{label}: srcs: expected a file Kbuild or Makefile, got {got}.\n" +
    "To fix: add one with a line such as `obj-m := driver.o`."
)

def _kbuild_file(ctx):
    """The module's Kbuild file, or else Makefile, as kbuild looks for it: the one nearest to the top."""
    if ctx.file.kbuild_file:
        return ctx.file.kbuild_file
    files = sorted(
        [file for file in ctx.files.srcs if file.basename in ("Kbuild", "Makefile")],
        key = lambda file: (file.short_path.count("/"), file.basename),
    )
    if not files:
        fail(NO_KBUILD_FILE.format(label = ctx.label, got = file_names(ctx.files.srcs)))
    return files[0]

def _places(files):
    """Where files are in the module's tree: below the deepest folder that has all of them, generated or checked in.

    Args:
      files: [File], not empty.
    Returns:
      {File: string}
    """
    paths = {file: file.short_path.split("/") for file in files}
    first = paths[files[0]]
    for depth in range(len(first) - 1, -1, -1):
        if all([path[:depth] == first[:depth] for path in paths.values()]):
            return {file: "/".join(path[depth:]) for file, path in paths.items()}
    fail("unreachable: all paths start with the empty path")

def _kbuild_external_module_impl(ctx):
    kbuild_file = _kbuild_file(ctx)
    places = _places(depset([kbuild_file] + ctx.files.srcs).to_list())
    return compile_modules(
        ctx,
        "external_module",
        config = ctx.attr.config[KbuildConfigInfo],
        progress_message = "Compiling external module %{label}",
        kbuild_file = places[kbuild_file],
        srcs = places,
    )

kbuild_external_module = rule(
    implementation = _kbuild_external_module_impl,
    doc = """\
Compiles external modules (`make M=`), without building vmlinux.

Use it for a driver that is not in the kernel's sources: the rules that read symbols take the target in `modules`, so
the kernel exports what the driver needs. The output is a directory with the `.o` file of each module; the output group
`log` has what make printed.

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
            doc = "The `Kbuild` or `Makefile` to build (`M=` is its folder). By default the one of `srcs` nearest to the top.",
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
