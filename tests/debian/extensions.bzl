"""Real kernel modules and sources for the tests, from Debian's own packages."""

load(":debian_package.bzl", "debian_package")

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

debian = module_extension(
    implementation = _debian_impl,
    doc = "Packages of Debian 12, by name, through the machine's own apt.",
)
