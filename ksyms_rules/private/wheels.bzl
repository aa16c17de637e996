"""Fetches Python wheels by name and hash, as `py_library` repositories."""

visibility(["//ksyms_rules", "//tests/analysis"])

_BUILD = """\
load("@rules_python//python:py_library.bzl", "py_library")

package(default_visibility = ["//visibility:public"])

py_library(
    name = "{name}",
    srcs = glob(["**/*.py"]),
    data = glob(["**"], exclude = ["**/*.py", "BUILD.bazel", "REPO.bazel"]),
    imports = ["."],
)
"""

NO_PIP = (
    "{repository}: expected a python3 with pip on PATH to fetch {requirement}, got: {error}\n" +
    "To fix: install pip (Debian: apt-get install python3-pip), or replace the repository with " +
    "override_repo(python_wheels, {repository} = ...)."
)

MALFORMED = (
    "{file}: expected lines of `name==version --hash=sha256:<digest>`, got `{line}`.\n" +
    "To fix: pin the version and give the wheel's sha256 (`pip hash FILE.whl`)."
)

def _wheel_impl(rctx):
    python = rctx.which("python3")
    error = "no python3"
    if python:
        rctx.file("requirements.txt", rctx.attr.requirement + "\n")
        result = rctx.execute(
            [python, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", "--require-hashes"] +
            ["--disable-pip-version-check", "--dest=wheel", "--requirement=requirements.txt"],
        )
        error = result.stderr if result.return_code else None
    if error:
        fail(NO_PIP.format(repository = rctx.attr.library, requirement = rctx.attr.requirement, error = error))
    (wheel,) = rctx.path("wheel").readdir()
    rctx.symlink(wheel, "wheel.zip")
    rctx.extract("wheel.zip")
    rctx.delete("wheel.zip")
    rctx.delete("wheel")
    rctx.delete("requirements.txt")
    rctx.file("BUILD.bazel", _BUILD.format(name = rctx.attr.library))

_wheel = repository_rule(
    implementation = _wheel_impl,
    doc = "One wheel, unpacked. pip verifies the hash, and uses the machine's own index, proxy and certificates.",
    attrs = {
        "library": attr.string(mandatory = True, doc = "Name of the py_library, and of the repository as users see it."),
        "requirement": attr.string(mandatory = True, doc = "A line of a requirements file, with version and hash."),
    },
)

def parse_requirements(text, file):
    """Reads a requirements file in which every line has a version and a hash.

    Args:
      text: contents of the file.
      file: its label, for errors.
    Returns:
      {repository name: line}, in the file's order; a name's `-` and `.` become `_`.
    """
    result = {}
    for line in text.splitlines():
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        name, _, rest = line.partition("==")
        if not name or " --hash=sha256:" not in rest:
            fail(MALFORMED.format(file = file, line = line))
        result[name.replace("-", "_").replace(".", "_").lower()] = line
    return result

def _python_wheels_impl(mctx):
    wheels = {}
    for module in mctx.modules:
        for tag in module.tags.requirements:
            wheels.update(parse_requirements(mctx.read(tag.file), tag.file))
    for name, requirement in wheels.items():
        _wheel(name = name, library = name, requirement = requirement)

python_wheels = module_extension(
    implementation = _python_wheels_impl,
    doc = "Python wheels as repositories, one for each line of the given requirements files.",
    tag_classes = {
        "requirements": tag_class(attrs = {
            "file": attr.label(
                mandatory = True,
                doc = "A requirements file of lines `name==version --hash=sha256:<digest>`.",
            ),
        }),
    },
)
