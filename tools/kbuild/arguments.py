"""Flags of the kbuild commands; a command's flags are those of the rule that runs it."""


def add_common(parser):
    parser.add_argument("--title", default="", help="what is built, for messages")
    parser.add_argument("--kconfig", required=True, metavar="FILE", help="Kconfig at the top of the sources")
    parser.add_argument("--trim", required=True, choices=("autoksyms", "modpost"), help="the kernel's mechanism")
    parser.add_argument("--make_var", action="append", default=[], metavar="NAME=VALUE", help="for make's command line")
    parser.add_argument("--llvm", action="store_true", help="build with clang and LLVM's tools")
    parser.add_argument("--log", required=True, metavar="FILE", help="where to write what make prints")


def add_config(parser):
    add_common(parser)
    parser.add_argument("--output", required=True, metavar="FILE", help="where to write the .config")
    parser.add_argument("--base", metavar="FILE", help="a .config or defconfig to start with")
    parser.add_argument("--defconfig", metavar="TARGET", help="one of the kernel's own to start with: tinyconfig, ...")
    parser.add_argument("--fragment", action="append", default=[], metavar="FILE", help="options to merge, in order")


def add_build(parser):
    add_common(parser)
    parser.add_argument("--config", required=True, metavar="FILE", help="the .config")
    parser.add_argument("--restore", action="append", default=[], metavar="DIR", help="a saved tree to start with")
    parser.add_argument("--save", metavar="DIR", help="where to save the tree for later steps")
    parser.add_argument("--unread", metavar="FILE", help="where to list sources that nothing has read")
    parser.add_argument("--build_cache", default="", metavar="DIR", help="a folder to keep builds in")


def add_objects(parser):
    add_build(parser)
    parser.add_argument("--modules", required=True, metavar="DIR", help="where to write the modules' .o files")


def add_external_sources(parser, required):
    parser.add_argument(
        "--kbuild_file", required=required, metavar="PLACE", help="place of an external module's Kbuild file"
    )
    parser.add_argument(
        "--source", action="append", default=[], metavar="PLACE=FILE", help="a source of it, and its place in its tree"
    )


def add_external(parser):
    add_objects(parser)
    add_external_sources(parser, required=True)


def add_vmlinux(parser):
    add_build(parser)
    parser.add_argument("--raw_symbol_list", required=True, metavar="FILE", help="all that vmlinux exports")
    parser.add_argument("--image_target", required=True, metavar="TARGET", help="make's name of the bootable image")
    parser.add_argument("--output", action="append", default=[], metavar="BUILT=FILE", help="what to keep, and where")


def add_modules(parser):
    add_objects(parser)
    add_external_sources(parser, required=False)
    parser.add_argument("--raw_symbol_list", required=True, metavar="FILE", help="all that vmlinux exports")
    parser.add_argument("--vmlinux", required=True, metavar="FILE", help="the kernel that will load the modules")
    parser.add_argument("--symvers", required=True, metavar="FILE", help="where to write Module.symvers")
    parser.add_argument(
        "--kernel_symvers",
        required=True,
        metavar="FILE",
        help="what vmlinux exports; for an external module what modules in tree export too",
    )
    parser.add_argument("--extra_symvers", action="append", default=[], metavar="FILE", help="of other modules")
