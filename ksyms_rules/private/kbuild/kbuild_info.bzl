"""What the rules that build a kernel tell each other."""

visibility(["//ksyms_rules/private"])

KbuildConfigInfo = provider(
    doc = "A prepared kernel configuration. Made by kbuild_config.",
    fields = {
        "arch": "(string) the kernel's name of the architecture, as in ARCH=; never empty.",
        "config": "(File) the `.config`.",
        "kconfig": "(File) `Kconfig` at the top of the sources.",
        "llvm": "(bool) whether LLVM's tools build the kernel.",
        "make_vars": "(dict[string, string]) variables of make's command line, without ARCH; may be empty.",
        "module_source_names": "(File) list of names, see `source_names`, of the sources that modules are built from.",
        "module_srcs": (
            "(depset[File]) the sources that modules are built from: `srcs` and those that only modules read; never empty."
        ),
        "prepared": "(File) directory of the tree after `make modules_prepare`, as //tools/kbuild saves it.",
        "source_names": (
            "(File) list of the names of the sources that vmlinux is built from, except .c and .S files. It is an input of " +
            "actions because a new header may hide one that they have read."
        ),
        "srcs": "(depset[File]) the sources that vmlinux is built from; never empty.",
        "trim": "(string) the mechanism that trims exports: `autoksyms` or `modpost`.",
        "vmlinux_o": (
            "(File) directory of the tree with vmlinux.o, which depends on no list; with kept objects it has no more than " +
            "that. None up to Linux 6.4."
        ),
        "vmlinux_o_log": "(File) what make printed for it; None up to Linux 6.4.",
    },
)

KbuildObjectsInfo = provider(
    doc = "Compiled modules, not linked yet. Made by kbuild_module_objects and kbuild_external_module.",
    fields = {
        "config": "(KbuildConfigInfo) of the kernel that they are compiled for.",
        "directory": "(File) directory of the modules' `.o` files, at their paths in the source tree.",
        "folders": "(list[string]) places in an external module's tree of the folders that are built; empty for in-tree modules.",
        "make_vars": "(dict[string, string]) an external module's own variables of make's command line; may be empty.",
        "srcs": (
            "(dict[File, string]) an external module's sources and their places in its tree; empty for in-tree modules, " +
            "whose sources are the kernel's."
        ),
        "symvers": (
            "(File) Module.symvers of all that the kernel may export, without CRCs, if these are its in-tree modules; None " +
            "for external modules and up to Linux 6.4."
        ),
        "tree": "(File) directory of the tree with the objects; with kept objects it has no more than the modules' objects.",
    },
)

KbuildVmlinuxInfo = provider(
    doc = "A linked kernel. Made by kbuild_vmlinux.",
    fields = {
        "config": "(KbuildConfigInfo) what it is built from.",
        "raw_symbol_list": "(File) the symbols that it was told to export.",
        "symvers": "(File) `vmlinux.symvers`: what it exports.",
        "tree": "(File) directory of the tree with vmlinux.o; with kept objects it has no more than vmlinux.o.",
        "vmlinux": "(File) the kernel as an ELF file.",
    },
)

KbuildModulesInfo = provider(
    doc = "Linked modules. Made by kbuild_modules.",
    fields = {
        "directory": "(File) directory of the `.ko` files, at their paths in the source tree.",
        "in_tree": "(bool) whether they are in-tree modules.",
        "symvers": "(File) `Module.symvers`: what they export; that of in-tree modules has what vmlinux exports too.",
    },
)
