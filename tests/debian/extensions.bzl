"""Real kernel modules and sources for the tests, from Debian's own packages."""

load(":debian_package.bzl", "debian_package")

def _linux_sources(name, suite):
    """The sources of a suite's current kernel for x86, in full but for documentation and tests."""
    debian_package(
        name = name,
        package = "linux-source",
        dependency = "linux-source-",
        suite = suite,
        contents = ["./usr/src/*.tar.xz"],
        archive = "usr/src",
        archive_exclude = [
            # Other architectures' Kconfig files are read by everybody's.
            "arch/[!x]*/*.[chS]",
            "arch/[!x]*/*.dts*",
            "arch/xtensa/*.[chS]",
            "Documentation/*/*",
            "tools/testing/*",
            # Bazel takes no blanks in names.
            "* *",
        ],
    )

def _linux_modules(name, suite, package, contents):
    """The modules of a suite's current kernel, and as `<name>_symvers` their Module.symvers."""
    debian_package(
        name = name,
        package = "linux-image-amd64",
        dependency = package,
        suite = suite,
        contents = contents,
        decompress = True,
    )
    debian_package(
        name = name + "_symvers",
        package = "linux-headers-amd64",
        dependency = "linux-headers-",
        suite = suite,
        contents = ["./usr/src/*/Module.symvers"],
    )

def _debian_impl(_mctx):
    _linux_modules(
        name = "debian_linux_image",
        suite = "bookworm",
        package = "linux-image-",
        contents = ["./lib/modules/*.ko"],
    )
    _linux_modules(
        name = "debian_linux_7_2",
        suite = "forky",
        package = "linux-modules-",
        contents = ["./usr/lib/modules/*.ko.xz"],
    )

    # The same modules as the package has them: compressed.
    debian_package(
        name = "debian_linux_7_2_compressed",
        package = "linux-image-amd64",
        dependency = "linux-modules-",
        suite = "forky",
        contents = ["./usr/lib/modules/*.ko.xz"],
    )
    debian_package(
        name = "debian_linux_source",
        package = "linux-source-6.1",
        contents = ["./usr/src/*.tar.xz"],
        archive = "usr/src",
        archive_contents = ["scripts/gen_autoksyms.sh"],
    )
    _linux_sources("linux_6_1", suite = "bookworm")
    _linux_sources("linux_6_12", suite = "trixie")

    # forky is not released: its kernel gets newer, and this name follows.
    _linux_sources("linux_7_2", suite = "forky")

debian = module_extension(
    implementation = _debian_impl,
    doc = "Packages of Debian 12 and later, by name, through the machine's own apt.",
)
