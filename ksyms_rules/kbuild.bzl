"""The rules that build a trimmed Linux kernel with the kernel's own make.

```starlark
load("@ksyms_rules//ksyms_rules:kbuild.bzl", "linux_kernel")
```

`--@ksyms_rules//ksyms_rules:kept_objects=FOLDER` keeps the objects of local builds in a folder, so that after an edit kbuild
compiles again only what the edit reaches. FOLDER is an absolute path; by default it is empty, and no objects are kept.
"""

load("//ksyms_rules/private/kbuild:kbuild_config.bzl", _kbuild_config = "kbuild_config")
load("//ksyms_rules/private/kbuild:kbuild_configured_sources.bzl", _kbuild_configured_sources = "kbuild_configured_sources")
load("//ksyms_rules/private/kbuild:kbuild_external_module.bzl", _kbuild_external_module = "kbuild_external_module")
load("//ksyms_rules/private/kbuild:kbuild_module_objects.bzl", _kbuild_module_objects = "kbuild_module_objects")
load("//ksyms_rules/private/kbuild:kbuild_modules.bzl", _kbuild_modules = "kbuild_modules")
load("//ksyms_rules/private/kbuild:kbuild_vmlinux.bzl", _kbuild_vmlinux = "kbuild_vmlinux")
load("//ksyms_rules/private/kbuild:linux_kernel.bzl", _linux_kernel = "linux_kernel")

kbuild_config = _kbuild_config
kbuild_configured_sources = _kbuild_configured_sources
kbuild_external_module = _kbuild_external_module
kbuild_module_objects = _kbuild_module_objects
kbuild_modules = _kbuild_modules
kbuild_vmlinux = _kbuild_vmlinux
linux_kernel = _linux_kernel
