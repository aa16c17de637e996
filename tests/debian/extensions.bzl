"""Real kernel modules and sources for the tests, from Debian's own packages."""

load(":debian_package.bzl", "debian_package")

def _linux_sources(name, version, suite):
    """A kernel's sources for x86, in full but for documentation and tests."""
    folder = "linux-source-" + version
    debian_package(
        name = name,
        package = folder,
        suite = suite,
        contents = ["./usr/src/{}.tar.xz".format(folder)],
        archive = "usr/src/{}.tar.xz".format(folder),
        archive_exclude = [
            # Other architectures' Kconfig files are read by everybody's.
            folder + "/arch/[!x]*/*.[chS]",
            folder + "/arch/[!x]*/*.dts*",
            folder + "/arch/xtensa/*.[chS]",
            folder + "/Documentation/*/*",
            folder + "/tools/testing/*",
            # Bazel takes no blanks in names.
            "* *",
        ],
    )

def _debian_impl(_mctx):
    # The meta package's dependency is the current kernel, whatever its number.
    debian_package(
        name = "debian_linux_image",
        package = "linux-image-amd64",
        of_dependency = True,
        contents = ["./lib/modules/*.ko"],
    )
    debian_package(
        name = "debian_linux_source",
        package = "linux-source-6.1",
        contents = ["./usr/src/linux-source-6.1.tar.xz"],
        archive = "usr/src/linux-source-6.1.tar.xz",
        archive_contents = ["linux-source-6.1/scripts/gen_autoksyms.sh"],
    )
    _linux_sources("linux_6_1", "6.1", suite = "bookworm")
    _linux_sources("linux_6_12", "6.12", suite = "trixie")

debian = module_extension(
    implementation = _debian_impl,
    doc = "Packages of Debian 12 and 13, by name, through the machine's own apt.",
)
