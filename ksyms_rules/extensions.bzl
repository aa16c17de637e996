"""Module extensions, for MODULE.bazel.

A tree that has its own pyelftools and absl-py (Kleaf has) replaces the fetched ones:

```starlark
python_wheels = use_extension("@ksyms_rules//ksyms_rules:extensions.bzl", "python_wheels")
override_repo(python_wheels, absl_py = "my_absl_py", pyelftools = "my_pyelftools")
```

Each replacement has a `py_library` of the repository's own name: `@absl_py//:absl_py`, `@pyelftools//:pyelftools`. A tree
that builds kernels with its own compilers replaces `kernel_build_programs` in the same way, by a repository whose
`versions.txt` changes with the compilers.
"""

load("//ksyms_rules/private:wheels.bzl", _python_wheels = "python_wheels")
load("//ksyms_rules/private/kbuild:kernel_build_programs.bzl", _kernel_build_programs = "kernel_build_programs")

kernel_build_programs = _kernel_build_programs
python_wheels = _python_wheels
