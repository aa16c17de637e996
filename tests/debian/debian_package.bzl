"""Unpacks a Debian package as a repository, fetched by name through apt.

On a machine without apt for Debian the repository is empty, and `TARGET_COMPATIBLE_WITH` of its
availability.bzl makes the tests that need it incompatible, which Bazel skips under `//...`.
"""

_BUILD = """\
package(default_visibility = ["//visibility:public"])

exports_files(glob(["**"], allow_empty = True))

filegroup(
    name = "files",
    srcs = glob(["**"], exclude = ["BUILD.bazel", "*.bzl"], allow_empty = True),
)

# What a kernel's scripts/mod/modpost is made from.
filegroup(
    name = "modpost_srcs",
    srcs = glob(
        [
            "include/linux/device-id/*",
            "include/linux/kbuild.h",
            "include/linux/license.h",
            "include/linux/mod_devicetable.h",
            "include/linux/module_symbol.h",
            "scripts/include/*",
            "scripts/mod/*",
        ],
        allow_empty = True,
    ),
)
"""

_APT_CONF = """\
APT::Architecture "amd64";
APT::Sandbox::User "root";
Acquire::Languages "none";
Dir::Etc::SourceList "{here}/sources.list";
Dir::Etc::SourceParts "/dev/null";
Dir::State "{here}/state";
Dir::State::Lists "{here}/lists";
Dir::Cache "{here}/cache";
"""

FAILED = (
    "{package}: expected Debian's package from apt, got: {error}\n" +
    "To fix: check the network and apt's sources, or set KSYMS_DEBIAN_MIRROR to a Debian archive."
)

def _run(rctx, arguments):
    result = rctx.execute(arguments, environment = {"APT_CONFIG": str(rctx.path("apt/apt.conf"))}, timeout = 1800)
    if result.return_code:
        fail(FAILED.format(package = rctx.attr.package, error = (result.stderr or result.stdout).strip()))
    return result.stdout

def _mirror(rctx):
    """The archive that the machine's apt uses, or None on a machine that has none of Debian's."""
    named = rctx.getenv("KSYMS_DEBIAN_MIRROR")
    if named:
        return named
    release = rctx.path("/etc/os-release")
    if not rctx.which("apt-get") or not release.exists or "\nID=debian\n" not in rctx.read(release):
        return None

    # Without release information it works before the machine's first apt-get update.
    uris = rctx.execute(["apt-get", "indextargets", "--no-release-info", "--format", "$(REPO_URI)", "Created-By: Packages"]).stdout
    uris = [uri for uri in uris.split("\n") if uri and "-security" not in uri]
    return uris[0] if uris else None

def _dependency(rctx):
    """The first package of the wanted name among those that a meta package depends on, directly or not."""
    found = _run(rctx, ["apt-cache", "depends", "--important", "--recurse", rctx.attr.package])
    for line in found.split("\n"):
        if line.strip().startswith("Depends: " + rctx.attr.dependency):
            return line.strip().removeprefix("Depends: ")
    fail(FAILED.format(package = rctx.attr.package, error = "no dependency on " + rctx.attr.dependency))

def _debian_package_impl(rctx):
    mirror = _mirror(rctx)
    rctx.file("BUILD.bazel", _BUILD)
    rctx.file("availability.bzl", "TARGET_COMPATIBLE_WITH = {}\n".format(
        [] if mirror else ["@platforms//:incompatible"],
    ))
    if not mirror:
        rctx.file("modules.bzl", "MODULES = []\n")
        return
    rctx.file("apt/sources.list", "deb {} {} main\n".format(mirror, rctx.attr.suite))
    rctx.file("apt/apt.conf", _APT_CONF.format(here = rctx.path("apt")))
    _run(rctx, ["mkdir", "-p", "apt/lists/partial", "apt/state", "apt/cache/archives/partial"])
    rctx.report_progress("apt-get update")
    _run(rctx, ["apt-get", "--quiet", "update"])
    package = _dependency(rctx) if rctx.attr.dependency else rctx.attr.package
    rctx.report_progress("apt-get download " + package)
    _run(rctx, ["apt-get", "--quiet", "download", package])
    (deb,) = [path for path in rctx.path(".").readdir() if path.basename.endswith(".deb")]
    _unpack(rctx, deb)
    _write_modules(rctx)
    rctx.delete("apt")
    rctx.delete(deb)

def _unpack(rctx, deb):
    rctx.report_progress("unpacking " + deb.basename)
    _run(rctx, ["sh", "-c", 'dpkg-deb --fsys-tarfile "$0" | tar -x --wildcards "$@"', deb] + rctx.attr.contents)
    if rctx.attr.archive:
        (archive,) = [path for path in rctx.path(rctx.attr.archive).readdir() if path.basename.endswith(".tar.xz")]
        folder = archive.basename.removesuffix(".tar.xz") + "/"
        exclude = ["--exclude=" + folder + pattern for pattern in rctx.attr.archive_exclude]
        contents = [folder + path for path in rctx.attr.archive_contents]
        _run(rctx, ["tar", "-xJf", archive, "--strip-components=1"] + exclude + contents)
        rctx.delete(archive)
    if rctx.attr.decompress:
        _run(rctx, ["find", ".", "-name", "*.xz", "-exec", "xz", "--decompress", "{}", "+"])

def _write_modules(rctx):
    """A list of module files, for macros that make many targets of them."""
    found = _run(rctx, ["find", ".", "-name", "*.ko", "-o", "-name", "*.ko.*"]).replace("./", "").split("\n")
    rctx.file("modules.bzl", "MODULES = {}\n".format(sorted([path for path in found if path])))

debian_package = repository_rule(
    implementation = _debian_package_impl,
    doc = "One package of Debian's archive, with its signature checked by apt.",
    environ = ["KSYMS_DEBIAN_MIRROR"],
    attrs = {
        "archive": attr.string(
            doc = "Folder in the package with the one tarball, named as its top folder, to unpack instead; empty for none.",
        ),
        "archive_contents": attr.string_list(doc = "Paths below that top folder to unpack; all if empty."),
        "archive_exclude": attr.string_list(doc = "Patterns of paths below it to leave out; `*` matches `/` too."),
        "contents": attr.string_list(doc = "Patterns of paths in the package to unpack, as tar has them."),
        "decompress": attr.bool(doc = "Decompress `.xz` files."),
        "dependency": attr.string(
            doc = (
                "How the name of the package to take begins, among those that `package` depends on: a meta package depends " +
                "on the current kernel's. Empty to take `package` itself."
            ),
        ),
        "package": attr.string(mandatory = True, doc = "Name of the package."),
        "suite": attr.string(default = "bookworm", doc = "Debian's release."),
    },
)
