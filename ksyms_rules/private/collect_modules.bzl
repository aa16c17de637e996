"""Finds the modules that a device's top-level targets are made of."""

load(":module_files.bzl", "loadable_module_files")

visibility(["//ksyms_rules/private"])

CollectedModulesInfo = provider(
    doc = "Modules of a target and of those below it, as collect_modules finds them.",
    fields = {
        "modules": "(depset[File]) the module files of the nearest targets that give some; may be empty.",
    },
)

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
    given = loadable_module_files(target)
    if given:
        return [CollectedModulesInfo(modules = depset(given))]
    below = [modules_below(dependency) for dependency in _dependencies(ctx.rule.attr)]
    return [CollectedModulesInfo(modules = depset(transitive = below))]

collect_modules = aspect(
    implementation = _collect_modules_impl,
    attr_aspects = ["*"],
    doc = "Collects the loadable module files of the nearest targets that give some, through all attributes.",
)

def modules_below(target):
    """Returns the loadable module files that a target is made of.

    Args:
      target: Target that collect_modules has visited, or a source file, which no aspect visits.
    Returns:
      depset[File]
    """
    if CollectedModulesInfo in target:
        return target[CollectedModulesInfo].modules
    return depset(loadable_module_files(target))
