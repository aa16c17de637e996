"""A kernel's sources: where their top is, which of them configuring reads, and their names."""

visibility("private")

NO_KERNEL = (
    "{label}: srcs: expected a Linux source tree with Kconfig and Makefile at its top, got {got}.\n" +
    "To fix: name a filegroup of all files of the tree, such as glob([\"**\"]) in its top folder."
)

OUTSIDE = (
    "{label}: {attribute}: expected files of the kernel's tree, below {folder}, got {got}.\n" +
    "To fix: put them into the tree, or give the sources of an external module to kbuild_external_module."
)

# What configuring reads; an edit to any other file does not configure again.
_CONFIGURING_NAMES = ("Kconfig", "Kbuild", "Makefile")
_CONFIGURING_ENDINGS = ("config", ".sh", ".awk", ".pl", ".py")

def top_of_sources(ctx):
    """Finds the top of the sources, and fails if one of them is elsewhere.

    Args:
      ctx: of kbuild_config.
    Returns:
      File, `Kconfig` at the top.
    """
    files = ctx.files.srcs
    candidates = {file.dirname: file for file in files if file.basename == "Kconfig"}
    folders = sorted(candidates, key = len)
    if not folders or not any([file.basename == "Makefile" and file.dirname == folders[0] for file in files]):
        names = sorted([file.short_path for file in files], key = len)[:3]
        fail(NO_KERNEL.format(label = ctx.label, got = ", ".join(names) or "no files"))
    _check_places(ctx, folders[0])
    return candidates[folders[0]]

def _check_places(ctx, top):
    """Fails for sources that kbuild would not see."""
    folder = top + "/" if top else ""
    for attribute, files in (("srcs", ctx.files.srcs), ("module_srcs", ctx.files.module_srcs)):
        for file in files:
            if not file.path.startswith(folder) or (not folder and file.path.startswith(("bazel-out/", "external/"))):
                fail(OUTSIDE.format(
                    label = ctx.label,
                    attribute = attribute,
                    folder = top or "the workspace",
                    got = file.path,
                ))

def configuring_sources(srcs, top):
    """Selects the sources that configuring reads.

    Args:
      srcs: [File]
      top: File, `Kconfig` at the top.
    Returns:
      [File]
    """
    scripts = (top.dirname + "/" if top.dirname else "") + "scripts/"
    return [
        file
        for file in srcs
        if file.basename.startswith(_CONFIGURING_NAMES) or
           file.basename.endswith(_CONFIGURING_ENDINGS) or
           file.path.startswith(scripts)
    ]

def _name(file):
    return None if file.extension in ("c", "S") else file.short_path

def source_names(ctx, srcs, name):
    """Declares a list of the names of sources.

    An action knows in the end which sources it has read, but not which it would have read, had they existed.

    Args:
      ctx: of kbuild_config.
      srcs: depset[File]
      name: of the list, without extension.
    Returns:
      File
    """
    names = ctx.actions.declare_file("{}/{}.txt".format(ctx.label.name, name))
    content = ctx.actions.args()
    content.set_param_file_format("multiline")
    content.add_all(srcs, map_each = _name)
    ctx.actions.write(names, content)
    return names
