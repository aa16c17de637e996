"""kmi_symbol_list_test: checks KMI symbol lists as a test target."""

load(":kmi_check.bzl", "KMI_CHECK_ATTRS", "kmi_report")

visibility(["//ksyms_rules"])

# The check itself is an action, cached like any other; the test only shows its report.
_SHOW = """\
#!/bin/sh
test ! -s '{report}' && exit 0
cat '{report}'
exit 1
"""

def _kmi_symbol_list_test_impl(ctx):
    report = kmi_report(ctx)
    show = ctx.actions.declare_file(ctx.label.name + ".sh")
    ctx.actions.write(show, _SHOW.format(report = report.short_path), is_executable = True)
    return [DefaultInfo(
        executable = show,
        files = depset([report]),
        runfiles = ctx.runfiles([report]),
    )]

kmi_symbol_list_test = rule(
    implementation = _kmi_symbol_list_test_impl,
    test = True,
    doc = """\
Checks that KMI symbol lists are what the modules and the kernel need; fails with a table of what is wrong.

Use it in CI for the lists in the source tree. Every undefined symbol of a user module has to be listed, or exported by
another user module; a weak one only if `exports` or a GKI module exports it. The attributes add other checks. The table
names the symbol, the problem, and the modules or the list and line concerned. After it comes the command that fixes the
list.

```starlark
kmi_symbol_list_test(
    name = "abi_symbol_list_test",
    modules = [":module_symbols"],
    symbol_lists = ["abi_symbol_list"],
)
```
""",
    attrs = KMI_CHECK_ATTRS,
)
