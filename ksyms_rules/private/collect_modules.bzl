"""Finds the modules that a device's top-level targets are made of."""

load(":kbuild_info.bzl", "KbuildModulesInfo", "KbuildObjectsInfo")

CollectedModulesInfo = provider(
    doc = "Modules below a target, as collect_modules finds them.",
    fields = {
        "modules": (
            "(depset[File]) `.ko` files, or directories of modules that kbuild built, of the nearest targets that " +
            "give some; may be empty."
        ),
    },
)

def _kernel_objects(target):
    for built_by_kbuild in (KbuildModulesInfo, KbuildObjectsInfo):
        if built_by_kbuild in target:
            return [target[built_by_kbuild].directory]
    return [file for file in target[DefaultInfo].files.to_list() if file.extension == "ko"]

def _dependencies(attributes):
    """All targets that a rule's attributes name."""
    found = []
    for name in dir(attributes):
        value = getattr(attributes, name)
        for item in value if type(value) in ("list", "dict") else [value]:
            if type(item) == "Target":
                found.append(item)
    return found

def _collect_modules_impl(target, ctx):
    # A target that gives modules is the whole answer: below it may be a kernel, which it is only built against.
    own = _kernel_objects(target)
    if own:
        return [CollectedModulesInfo(modules = depset(own))]
    below = [modules_below(dependency) for dependency in _dependencies(ctx.rule.attr)]
    return [CollectedModulesInfo(modules = depset(transitive = below))]

collect_modules = aspect(
    implementation = _collect_modules_impl,
    attr_aspects = ["*"],
    doc = "Collects the `.ko` files of the nearest targets that give some, through all attributes.",
)

def modules_below(target):
    """Returns the `.ko` files, or directories of them, that a target is made of.

    Args:
      target: Target that collect_modules has visited, or a source file, which no aspect visits.
    Returns:
      depset[File]
    """
    if CollectedModulesInfo in target:
        return target[CollectedModulesInfo].modules
    return depset(_kernel_objects(target) if DefaultInfo in target else [])
