"""The rules that build a trimmed Linux kernel with the kernel's own make.

```starlark
load("@ksyms_rules//ksyms_rules:kbuild.bzl", "linux_kernel")
```

`--@ksyms_rules//ksyms_rules:build_cache=FOLDER` keeps the objects of local builds in a folder (default: empty, nothing is kept).
"""

load("//ksyms_rules/private:kbuild_config.bzl", _kbuild_config = "kbuild_config")
load("//ksyms_rules/private:kbuild_external_module.bzl", _kbuild_external_module = "kbuild_external_module")
load("//ksyms_rules/private:kbuild_module_objects.bzl", _kbuild_module_objects = "kbuild_module_objects")
load("//ksyms_rules/private:kbuild_modules.bzl", _kbuild_modules = "kbuild_modules")
load("//ksyms_rules/private:kbuild_vmlinux.bzl", _kbuild_vmlinux = "kbuild_vmlinux")
load("//ksyms_rules/private:linux_kernel.bzl", _linux_kernel = "linux_kernel")

kbuild_config = _kbuild_config
kbuild_external_module = _kbuild_external_module
kbuild_module_objects = _kbuild_module_objects
kbuild_modules = _kbuild_modules
kbuild_vmlinux = _kbuild_vmlinux
linux_kernel = _linux_kernel
