"""The steps of a kernel build, each a command that one Bazel action runs."""

import filecmp
import json
import os
import shutil

import build_cache
import host_tools
import kernel_config
import kernel_symvers
import source_use
import step_tree
from build_tree import RAW_SYMBOL_LIST
from make import Make

from errors import KsymsError

# Sub-builds of kbuild: all but modules, and modules only.
_VMLINUX_ONLY, _MODULES_ONLY = ("KBUILD_MODULES=",), ("KBUILD_BUILTIN=", "KBUILD_MODULES=1")
_BTF = "CONFIG_DEBUG_INFO_BTF_MODULES"


def config(arguments):
    """Makes a `.config` from a base and fragments, and checks that it is what they ask for."""
    host_tools.check(_toolchain(arguments), {})
    root = os.path.dirname(arguments.kconfig)
    kernel_config.check_mechanism(arguments.trim, root)
    make = Make(arguments.make_var, arguments.llvm, arguments.log, arguments.title)
    with step_tree.new_tree(arguments, root) as tree:
        make.tree, result = tree, os.path.join(tree.objects, ".config")
        if arguments.base:
            shutil.copyfile(arguments.base, result)
        else:
            make.run(arguments.defconfig)
        kernel_config.check_base(result, arguments.base or arguments.defconfig, arguments.fragment)
        fragments = [os.path.abspath(fragment) for fragment in arguments.fragment]
        own = os.path.join(tree.sources, "ksyms_rules.config")
        _write(own, f'{kernel_config.WHITELIST}="{RAW_SYMBOL_LIST}"\n')
        make.script("../scripts/kconfig/merge_config.sh", "-m", "-O", ".", ".config", *fragments, own)
        make.run("olddefconfig")
        kernel_config.check_result(result, arguments.fragment)
        shutil.copyfile(result, arguments.output)


def prepare(arguments):
    """Builds what every compilation needs, and counts how many compilations there will be."""
    host_tools.check(_toolchain(arguments), kernel_config.read(arguments.config))
    with step_tree.opened(arguments) as (tree, make):
        shutil.copyfile(arguments.config, os.path.join(tree.objects, ".config"))
        make.run("modules_prepare")
        counts = {
            "modules": make.compilations(*_MODULES_ONLY, "modules.order"),
            "vmlinux": make.compilations(*_VMLINUX_ONLY, "vmlinux"),
        }
        _finish(arguments, tree)
        _write(os.path.join(arguments.save, step_tree.COMPILATIONS), json.dumps(counts) + "\n")


def objects(arguments):
    """Compiles the modules in tree."""
    with step_tree.opened(arguments, "modules") as (tree, make):
        make.run(*_MODULES_ONLY, "modules.order")
        modules = _modules(tree.objects)
        if not modules:
            raise KsymsError(arguments.config, "builds no module", "set an option to =m, such as CONFIG_DUMMY=m")
        linked = [module + ".o" for module in modules]
        _keep(tree.objects, linked, arguments.modules)
        _finish(arguments, tree, linked, of_vmlinux=False, packed=("m", "y"))


def external(arguments):
    """Compiles an external module."""
    with step_tree.opened(arguments) as (tree, make):
        folder = _external(arguments, tree)
        # Since Linux 6.13 make works in the module's folder, whence it names the target.
        inside = kernel_config.kernel_version(tree.sources) >= (6, 13)
        make.run(f"M={folder}", "modules.order" if inside else os.path.join(folder, "modules.order"))
        modules = _modules(folder)
        if not modules:
            raise KsymsError(arguments.kbuild_file, "builds no module", "add a line such as `obj-m := driver.o`")
        _keep(folder, [module + ".o" for module in modules], arguments.modules)
        _finish(arguments, tree)


def vmlinux_o(arguments):
    """Compiles the kernel up to vmlinux.o."""
    with step_tree.opened(arguments, "vmlinux") as (tree, make):
        # Not vmlinux.o: kbuild takes a goal that ends in .o for a single object.
        make.run(*_VMLINUX_ONLY, "vmlinux_o")
        _finish(arguments, tree, ["vmlinux.o"], of_modules=False, packed=("y",))


def vmlinux(arguments):
    """Links vmlinux, exporting what the list says, and makes the bootable image."""
    # The final link alone compiles next to nothing.
    counted = "vmlinux" if arguments.trim == kernel_config.AUTOKSYMS else ""
    with step_tree.opened(arguments, counted) as (tree, make):
        # Of a kept folder: make does not know all that they are made from, such as scripts/kallsyms.
        step_tree.remove(tree.objects, ["vmlinux", "vmlinux.symvers", "vmlinux.unstripped"])
        _link_vmlinux(arguments, tree, make, "vmlinux", arguments.image_target)
        for output in arguments.output:
            built, _, target = output.partition("=")
            path = os.path.join(tree.objects, built)
            if not os.path.exists(path):
                fix = "set image_file to what image_target builds"
                raise KsymsError(built, f"was not built by make {arguments.image_target}", fix)
            shutil.copyfile(path, target)
        _finish(arguments, tree, of_modules=False, packed=("y",))


def modules(arguments):
    """Links `.ko` files, in tree or external, and checks what they need against what vmlinux exports."""
    with step_tree.opened(arguments) as (tree, make):
        build_cache.update(arguments.vmlinux, os.path.join(tree.objects, "vmlinux"))
        folder, variables = tree.objects, _MODULES_ONLY
        if arguments.kbuild_file:
            shutil.copyfile(arguments.kernel_symvers, os.path.join(tree.objects, "Module.symvers"))
            folder = _external(arguments, tree)
            extra = " ".join(os.path.abspath(file) for file in arguments.extra_symvers)
            variables = (f"M={folder}", f"KBUILD_EXTRA_SYMBOLS={extra}")
        if arguments.build_cache:
            _follow(arguments, tree, make)
            if kernel_config.read(arguments.config).get(_BTF):
                # make is told that vmlinux is not its business, so it does not add that kernel's types again.
                step_tree.remove(folder, [module + ".ko" for module in _modules(folder)])
        _set_exports(arguments, tree, make)
        compiled = not arguments.kbuild_file and step_tree.is_compiled(arguments, tree, "modules.order")
        # With BTF the top Makefile would link vmlinux for them.
        made = ("-o", "vmlinux") if compiled else ()
        make.run(*made, *variables, "modules", compiled=compiled)
        _keep(folder, [module + ".ko" for module in _modules(folder)], arguments.modules)
        with open(os.path.join(folder, "Module.symvers"), encoding="utf-8") as file:
            # An external module is named by its absolute path.
            symvers = file.read().replace(folder + "/", "")
        if not arguments.kbuild_file:
            kernel_symvers.check(symvers, arguments.kernel_symvers)
        _write(arguments.symvers, symvers)
        _finish(arguments, tree, packed=() if compiled or arguments.kbuild_file else ("m", "y"))


def _follow(arguments, tree, make):
    """Makes what modules need of earlier steps, if a kept folder was emptied since, or links another vmlinux too."""
    symvers = os.path.join(tree.objects, "vmlinux.symvers")
    if not os.path.exists(symvers) or not filecmp.cmp(symvers, arguments.kernel_symvers, shallow=False):
        _link_vmlinux(arguments, tree, make, "vmlinux")
    if not os.path.exists(os.path.join(tree.objects, "modules.order")):
        make.run(*_MODULES_ONLY, "modules.order")


def _link_vmlinux(arguments, tree, make, *targets):
    """Makes targets of vmlinux, which exports what a list says."""
    compiled = step_tree.is_compiled(arguments, tree, "vmlinux.a")
    # Before Linux 6.1 make would put modules.order together from those of folders, which only modules have.
    variables = ("subdir-modorder=",) if kernel_config.kernel_version(tree.sources) < (6, 1) else ()
    # Of a kept folder: what is in it adds its symbols to autoksyms.h.
    with step_tree.emptied(os.path.join(tree.objects, "modules.order")):
        _set_exports(arguments, tree, make)
        try:
            make.run(*_VMLINUX_ONLY, *variables, *targets, compiled=compiled)
        finally:
            # Only the link makes it. Were it there, CONFIG_IKHEADERS would pack it, which from clean it does not.
            step_tree.remove(tree.objects, ["include/generated/utsversion.h"])


def _set_exports(arguments, tree, make):
    """Makes a list the set of symbols that are exported, and up to Linux 6.4 those of modules.order with it."""
    build_cache.update(arguments.raw_symbol_list, os.path.join(tree.sources, RAW_SYMBOL_LIST))
    if arguments.trim == kernel_config.AUTOKSYMS:
        # Else make would find the new set after it has looked at the objects, and link without the recompiled ones.
        step_tree.ensure(os.path.join(tree.objects, "modules.order"))
        make.script("../scripts/adjust_autoksyms.sh", "true")


def _toolchain(arguments):
    return host_tools.toolchain(arguments.llvm, arguments.make_var)


def _external(arguments, tree):
    """Puts an external module's sources into the tree; returns the folder of its Kbuild file."""
    tree.link_external(dict(source.split("=", 1) for source in arguments.source))
    return os.path.normpath(os.path.join(tree.external, os.path.dirname(arguments.kbuild_file)))


def _modules(folder):
    """Paths of modules without ending, relative to their folder, in kbuild's order."""
    try:
        with open(os.path.join(folder, "modules.order"), encoding="utf-8") as file:
            lines = file.read().split()
    except FileNotFoundError:
        return []
    # Of an external module they are absolute up to Linux 6.12.
    return [os.path.relpath(os.path.join(folder, os.path.splitext(line)[0]), folder) for line in lines]


def _keep(folder, names, target):
    """Copies files out of a tree."""
    for name in names:
        path = os.path.join(target, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        shutil.copyfile(os.path.join(folder, name), path)


def _finish(arguments, tree, linked=None, of_modules=True, of_vmlinux=True, packed=()):
    """Writes what every step may be asked for.

    Args:
      arguments: of a command.
      tree: BuildTree, built.
      linked: [path] below the objects of all that later steps take from here if they share the folder and no object
        depends on the exported set.
      of_modules: whether modules are part of what was built.
      of_vmlinux: whether vmlinux is.
      packed: values of CONFIG_IKHEADERS with which all headers are.
    """
    if arguments.save and arguments.build_cache:
        # Else what a later step has compiled since, for another set, would be replaced by what this one has.
        if arguments.trim == kernel_config.MODPOST:
            _keep(tree.objects, linked, arguments.save)
    elif arguments.save:
        tree.save(arguments.save)
    if arguments.unread:
        own = [source.split("=", 1)[1] for source in getattr(arguments, "source", ())]
        all_headers = kernel_config.read(arguments.config).get(kernel_config.ALL_HEADERS) in packed
        counted = {"of_modules": of_modules, "of_vmlinux": of_vmlinux} if arguments.build_cache else {}
        unread = source_use.unread(tree, os.path.dirname(arguments.kconfig), own, all_headers, **counted)
        _write(arguments.unread, "".join(path + "\n" for path in unread))


def _write(path, text):
    with open(path, "w", encoding="utf-8", errors="surrogateescape") as file:
        file.write(text)
