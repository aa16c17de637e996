"""linux_kernel: a trimmed kernel with its modules, in one macro."""

load("//ksyms_rules/private:raw_symbol_list.bzl", "raw_symbol_list")
load(":kbuild_config.bzl", "kbuild_config")
load(":kbuild_external_module.bzl", "kbuild_external_module")
load(":kbuild_module_objects.bzl", "kbuild_module_objects")
load(":kbuild_modules.bzl", "kbuild_modules")
load(":kbuild_vmlinux.bzl", "kbuild_vmlinux")

visibility(["//ksyms_rules"])

NO_MODULE = (
    "{name}: {attribute}: expected names of external_modules ({known}), got {module}.\n" +
    "To fix: name the module as external_modules does."
)

def linux_kernel(
        name,
        srcs,
        trim,
        base = None,
        defconfig = None,
        fragments = [],
        module_srcs = [],
        external_modules = {},
        kbuild_files = {},
        kbuild_folders = {},
        external_make_vars = {},
        symbol_lists = [],
        modversions = False,
        arch = "x86_64",
        toolchain = "gcc",
        make_vars = {},
        image_target = "",
        image_file = "",
        **kwargs):
    """Builds a trimmed Linux kernel and its modules, in-tree and external, and links vmlinux once.

    Use it for a whole kernel; for everything else use the rules that it is made of. It makes the targets

    - `<name>`: vmlinux, the bootable image, System.map (kbuild_vmlinux),
    - `<name>_config` (kbuild_config),
    - `<name>_objects`: the in-tree modules, compiled (kbuild_module_objects),
    - `<name>_raw_symbol_list`: what the kernel exports (raw_symbol_list),
    - `<name>_modules`: the in-tree modules, `.ko` (kbuild_modules),
    - `<name>_<external>_objects` (kbuild_external_module) and `<name>_<external>` (kbuild_modules) for each name in
      external_modules.

    ```starlark
    linux_kernel(
        name = "linux",
        srcs = ["@linux//:srcs"],
        defconfig = "tinyconfig",
        external_modules = {"hello": glob(["hello/**"])},
        fragments = ["serial_console.config"],
        trim = "modpost",
    )
    ```

    Args:
      name: of the kernel.
      srcs: see kbuild_config.
      trim: see kbuild_config.
      base: see kbuild_config.
      defconfig: see kbuild_config.
      fragments: see kbuild_config.
      module_srcs: see kbuild_config.
      external_modules: {name: sources}; the sources as for kbuild_external_module. A module may use what the external
        modules before it export. No name may be `config`, `modules`, `objects` or `raw_symbol_list`.
      kbuild_files: {name: label} for external modules whose Kbuild file is not the one nearest to the top of their sources.
      kbuild_folders: {name: [place]} for external modules with several folders to build; `folders` of kbuild_external_module.
      external_make_vars: {name: {variable: value}} for external modules that need variables of make's command line;
        `make_vars` of kbuild_external_module.
      symbol_lists: KMI symbol lists whose symbols are exported whether or not a module uses them; see raw_symbol_list.
      modversions: whether the configuration has CONFIG_MODVERSIONS; see raw_symbol_list.
      arch: see kbuild_config.
      toolchain: see kbuild_config.
      make_vars: see kbuild_config.
      image_target: see kbuild_vmlinux.
      image_file: see kbuild_vmlinux.
      **kwargs: attributes that every rule has, such as `visibility` and `tags`.
    """
    for attribute, modules in {
        "external_make_vars": external_make_vars,
        "kbuild_files": kbuild_files,
        "kbuild_folders": kbuild_folders,
    }.items():
        for module in modules:
            if module not in external_modules:
                known = ", ".join(external_modules) or "none"
                fail(NO_MODULE.format(name = name, attribute = attribute, module = module, known = known))
    config, objects = name + "_config", name + "_objects"
    kbuild_config(
        name = config,
        srcs = srcs,
        arch = arch,
        base = base,
        defconfig = defconfig,
        fragments = fragments,
        make_vars = make_vars,
        module_srcs = module_srcs,
        toolchain = toolchain,
        trim = trim,
        **kwargs
    )
    kbuild_module_objects(name = objects, config = config, **kwargs)
    compiled = {module: "{}_{}_objects".format(name, module) for module in external_modules}
    for module, target in compiled.items():
        kbuild_external_module(
            name = target,
            srcs = external_modules[module],
            config = config,
            folders = kbuild_folders.get(module),
            kbuild_file = kbuild_files.get(module),
            make_vars = external_make_vars.get(module),
            objects = objects,
            **kwargs
        )
    raw_symbol_list(
        name = name + "_raw_symbol_list",
        modules = [objects] + compiled.values(),
        modversions = modversions,
        symbol_lists = symbol_lists,
        **kwargs
    )
    kbuild_vmlinux(
        name = name,
        config = config,
        image_file = image_file,
        image_target = image_target,
        raw_symbol_list = name + "_raw_symbol_list",
        **kwargs
    )
    kbuild_modules(name = name + "_modules", objects = objects, vmlinux = name, **kwargs)
    linked = [name + "_modules"]
    for module, target in compiled.items():
        kbuild_modules(name = "{}_{}".format(name, module), objects = target, vmlinux = name, deps = linked, **kwargs)
        linked = linked + ["{}_{}".format(name, module)]
