"""An external module's sources: where they are in its tree, which folders are built, and the flags that tell an action."""

load("//ksyms_rules/private:messages.bzl", "file_names")

visibility("private")

NO_KBUILD_FILE = (
    "{label}: srcs: expected a file Kbuild or Makefile, got {got}.\n" +
    "To fix: add one with a line such as `obj-m := driver.o`."
)

OTHER_NAME = (
    "{label}: kbuild_file: expected a file Kbuild or Makefile, since kbuild reads no other, got {got}.\n" +
    "To fix: copy it to a file Kbuild in the same folder, for example with a genrule."
)

HIDDEN = (
    "{label}: kbuild_file: expected the file that kbuild reads, got {got}, but there is a Kbuild beside it.\n" +
    "To fix: name that Kbuild, or leave it out of srcs."
)

ONE_OF_TWO = (
    "{label}: kbuild_file, folders: expected one of the two at most, got both.\n" +
    "To fix: name all folders to build in folders."
)

_NAMES = ("Kbuild", "Makefile")

def places_of(files):
    """Where files are in the module's tree: below the deepest folder that has all of them, generated or checked in.

    Args:
      files: [File], not empty. If there is only a directory, it is the tree.
    Returns:
      {File: string}
    """
    paths = {file: file.short_path.split("/") for file in files}
    first = paths[files[0]]
    for depth in range(len(first) - (0 if files[0].is_directory else 1), -1, -1):
        if all([path[:depth] == first[:depth] for path in paths.values()]):
            return {file: "/".join(path[depth:]) for file, path in paths.items()}
    fail("unreachable: all paths start with the empty path")

def _kbuild_file(ctx):
    """The module's Kbuild file, or else Makefile, as kbuild looks for it: the one nearest to the top; None in a directory."""
    chosen = ctx.file.kbuild_file
    if not chosen:
        files = sorted(
            [file for file in ctx.files.srcs if file.basename in _NAMES],
            key = lambda file: (file.short_path.count("/"), file.basename),
        )
        if not files and not any([file.is_directory for file in ctx.files.srcs]):
            fail(NO_KBUILD_FILE.format(label = ctx.label, got = file_names(ctx.files.srcs)))
        return files[0] if files else None
    if chosen.basename not in _NAMES:
        fail(OTHER_NAME.format(label = ctx.label, got = chosen.basename))
    folder = chosen.short_path.removesuffix(chosen.basename)
    if chosen.basename != "Kbuild" and any([file.short_path == folder + "Kbuild" for file in ctx.files.srcs]):
        fail(HIDDEN.format(label = ctx.label, got = chosen.basename))
    return chosen

def external_sources(ctx):
    """Finds where the sources are in the module's tree, and what is built.

    Args:
      ctx: of a rule with the attributes `folders`, `kbuild_file` and `srcs`.
    Returns:
      ({File: place}, [place of each folder to build])
    """
    if ctx.attr.folders:
        if ctx.attr.kbuild_file:
            fail(ONE_OF_TWO.format(label = ctx.label))
        return places_of(ctx.files.srcs), ctx.attr.folders
    kbuild_file = _kbuild_file(ctx)
    places = places_of(depset(([kbuild_file] if kbuild_file else []) + ctx.files.srcs).to_list())
    return places, [places[kbuild_file].rpartition("/")[0] if kbuild_file else ""]

def add_external_sources(args, folders, srcs):
    """Adds the flags.

    Args:
      args: Args
      folders: [place] of the folders to build.
      srcs: {File: place in the external module's tree} of its sources.
    """
    args.add_all(folders, format_each = "--folders=%s")
    for file, place in srcs.items():
        format_each = "--srcs={}=%s".format(place.replace("%", "%%"))
        args.add_all([file], expand_directories = False, format_each = format_each)
