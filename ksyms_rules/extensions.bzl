"""Module extensions, for MODULE.bazel.

A tree that has its own pyelftools and absl-py (Kleaf has) replaces the fetched ones:

```starlark
python_wheels = use_extension("@ksyms_rules//ksyms_rules:extensions.bzl", "python_wheels")
override_repo(python_wheels, absl_py = "my_absl_py", pyelftools = "my_pyelftools")
```

Each replacement has a `py_library` of the repository's own name: `@absl_py//:absl_py`, `@pyelftools//:pyelftools`. One that
builds kernels with compilers of its own replaces `kernel_build_programs` likewise, by a repository whose `versions.txt` changes
with them.
"""

load("//ksyms_rules/private:kernel_build_programs.bzl", _kernel_build_programs = "kernel_build_programs")
load("//ksyms_rules/private:wheels.bzl", _python_wheels = "python_wheels")

kernel_build_programs = _kernel_build_programs
python_wheels = _python_wheels
