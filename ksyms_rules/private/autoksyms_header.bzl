"""autoksyms_header: the header by which kernels up to 6.4 decide what to export."""

load("@rules_cc//cc/common:cc_common.bzl", "cc_common")
load("@rules_cc//cc/common:cc_info.bzl", "CcInfo")
load(":exported_set.bzl", "EXPORTED_SET_ATTRS", "exported_set_action", "exported_set_inputs")

visibility(["//ksyms_rules"])

_INCLUDED_AS = "/generated/autoksyms.h"

def _autoksyms_header_impl(ctx):
    given = exported_set_inputs(ctx)
    header = ctx.actions.declare_file(ctx.label.name + "/include" + _INCLUDED_AS)
    exported_set_action(ctx, "autoksyms_header", given, output = header, progress_message = "Writing autoksyms.h %{label}")
    raw_list = ctx.actions.declare_file(ctx.label.name + "/raw_symbol_list.txt")
    exported_set_action(
        ctx,
        "raw_symbol_list",
        given,
        output = raw_list,
        progress_message = "Writing raw symbol list %{label}",
    )
    return [
        DefaultInfo(files = depset([header])),
        OutputGroupInfo(raw_symbol_list = depset([raw_list])),
        CcInfo(compilation_context = cc_common.create_compilation_context(
            headers = depset([header]),
            includes = depset([header.path.removesuffix(_INCLUDED_AS)]),
        )),
    ]

autoksyms_header = rule(
    implementation = _autoksyms_header_impl,
    doc = """\
Writes `<name>/include/generated/autoksyms.h`, byte for byte what the kernel's scripts/gen_autoksyms.sh writes.

Use it for kernels up to 6.4 with CONFIG_TRIM_UNUSED_KSYMS; from 6.5 on use raw_symbol_list. The header has one
`#define __KSYM_<symbol> 1` for each undefined global symbol of the modules and for each symbol of the lists, in byte
order, each once. A leading dot is dropped (ppc64), `__this_module` is ignored, and weak undefined symbols do not
count. The header depends on the exported set only, so vmlinux, which includes it, is compiled and linked again only
if the set changes.

A `cc_library` or `cc_binary` that names this target in `deps` can `#include <generated/autoksyms.h>`. The output
group `raw_symbol_list` has the same set, one symbol per line.

```starlark
autoksyms_header(
    name = "autoksyms",
    modules = [":module_symbols"],
)
```
""",
    attrs = EXPORTED_SET_ATTRS,
    provides = [CcInfo],
)
