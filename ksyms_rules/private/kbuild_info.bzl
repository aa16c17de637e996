"""What the rules that build a kernel tell each other."""

KbuildConfigInfo = provider(
    doc = "A prepared kernel configuration. Made by kbuild_config.",
    fields = {
        "arch": "(string) the kernel's name of the architecture, as in ARCH=.",
        "config": "(File) the `.config`.",
        "kconfig": "(File) `Kconfig` at the top of the sources.",
        "llvm": "(bool) whether LLVM's tools build the kernel.",
        "make_vars": "(dict[string, string]) for make's command line; may be empty.",
        "module_source_names": "(File) list of names, see `source_names`, of the sources that modules are built from.",
        "module_srcs": "(depset[File]) the sources that modules are built from: `srcs` and those that only modules read.",
        "prepared": "(File) directory of the tree after `make modules_prepare`, as tools/kbuild saves it.",
        "source_names": (
            "(File) list of the names of the sources that vmlinux is built from, but for .c and .S: an input, since a new " +
            "header may stand before one that was read."
        ),
        "srcs": "(depset[File]) the sources that vmlinux is built from; never empty.",
        "trim": "(string) the mechanism that trims exports: `autoksyms` or `modpost`.",
    },
)

KbuildObjectsInfo = provider(
    doc = "Compiled modules, not linked yet. Made by kbuild_module_objects and kbuild_external_module.",
    fields = {
        "config": "(KbuildConfigInfo) of the kernel that they are compiled for.",
        "directory": "(File) directory of the modules' `.o` files, at their paths in the source tree.",
        "kbuild_file": "(string) place of an external module's Kbuild or Makefile in its tree; None for modules in tree.",
        "srcs": (
            "(dict[File, string]) an external module's sources and their places in its tree; empty for modules in tree, " +
            "whose sources are the kernel's."
        ),
        "tree": "(File) directory of the tree with the objects; where they are kept, of the modules' objects at most.",
    },
)

KbuildVmlinuxInfo = provider(
    doc = "A linked kernel. Made by kbuild_vmlinux.",
    fields = {
        "config": "(KbuildConfigInfo) what it is built from.",
        "raw_symbol_list": "(File) the symbols that it was told to export.",
        "symvers": "(File) `vmlinux.symvers`: what it exports.",
        "tree": "(File) directory of the tree with vmlinux.o; where objects are kept, of vmlinux.o at most.",
        "vmlinux": "(File) the kernel as an ELF file.",
    },
)

KbuildModulesInfo = provider(
    doc = "Linked modules. Made by kbuild_modules.",
    fields = {
        "directory": "(File) directory of the `.ko` files, at their paths in the source tree.",
        "in_tree": "(bool) whether they are the kernel's own.",
        "symvers": "(File) `Module.symvers`: what they export, and for modules in tree what vmlinux exports.",
    },
)
