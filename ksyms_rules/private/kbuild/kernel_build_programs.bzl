"""The versions of the machine's compilers and linkers: why a kernel is configured again after an upgrade."""

visibility(["//ksyms_rules", "//tests/analysis/..."])

# Those whose versions the kernel's configuration names, with any prefix and suffix: aarch64-linux-gnu-gcc-12.
_PROGRAMS = ["as", "bindgen", "clang", "gcc", "ld", "ld.bfd", "ld.lld", "pahole", "rustc"]

# Where actions look with --incompatible_strict_action_env.
_FOLDERS = ["/bin", "/usr/bin", "/usr/local/bin"]

_TIMEOUT_SECONDS = 10

def names_program(name):
    """Tells whether a file name is one of a compiler or linker.

    Args:
      name: such as `gcc-12` or `x86_64-linux-gnu-ld.bfd`.
    Returns:
      bool
    """
    return name.rstrip("0123456789.").rstrip("-").rpartition("-")[2] in _PROGRAMS

def _folders(rctx):
    """[path] of the existing folders in which programs are looked for, each once, PATH's first."""
    folders = {}
    for folder in (rctx.getenv("PATH") or "").split(":") + _FOLDERS:
        if folder.startswith("/") and rctx.path(folder).is_dir:
            folders[rctx.path(folder).realpath] = None
    return folders.keys()

def _inside(rctx, folder):
    """[path] in a folder, which is read again when a program appears there."""
    if str(folder) in _FOLDERS:
        return folder.readdir(watch = "yes")

    # Other folders may vanish, and up to Bazel 9.2 a watched folder that is gone is an error (bazelbuild/bazel#30883).
    for name in _PROGRAMS:
        rctx.watch(folder.get_child(name))
    return folder.readdir(watch = "no")

def _version(rctx, program):
    """A program's name and the first line that it prints with --version; read again when its file changes."""
    rctx.watch(program)
    result = rctx.execute([program, "--version"], timeout = _TIMEOUT_SECONDS, environment = {"LC_ALL": "C"})
    return "{}: {}".format(program.basename, (result.stdout or result.stderr).partition("\n")[0])

def _programs_impl(rctx):
    versions = {}
    for folder in _folders(rctx):
        programs = [program for program in _inside(rctx, folder) if names_program(program.basename) and program.exists]
        for program in sorted(programs, key = str):
            versions[_version(rctx, program)] = None
    rctx.file("versions.txt", "".join([version + "\n" for version in versions]))
    rctx.file("BUILD.bazel", "exports_files([\"versions.txt\"])\n")

_programs = repository_rule(
    implementation = _programs_impl,
    doc = "The file `versions.txt`: one line `<name>: <what --version prints>` for each compiler and linker on PATH.",
)

def _kernel_build_programs_impl(mctx):
    _programs(name = "kernel_build_programs")
    return mctx.extension_metadata(reproducible = True)

kernel_build_programs = module_extension(
    implementation = _kernel_build_programs_impl,
    doc = (
        "The versions of the machine's compilers and linkers, which Bazel does not see otherwise. kbuild_config depends on " +
        "them. So an upgrade configures kernels again, and builds those again whose `.config` names the new version."
    ),
)
