"""Reads the symbols of the targets that `modules` names. Shared by all rules with that attribute."""

load(":collect_modules.bzl", "collect_modules", "modules_below")
load(":ksyms_action.bzl", "ksyms_action", "ksyms_args")
load(":ksyms_info.bzl", "KsymsInfo")
load(":messages.bzl", "file_names")
load(":module_files.bzl", "is_archive", "module_files", "module_name")

visibility(["//ksyms_rules/private"])

NO_MODULE_FILES = (
    "{label}: modules: expected {target} to give *.ko, *.o or *.a files or be made of modules, got {got}.\n" +
    "To fix: name the target that builds the modules, or one of its output groups through a filegroup."
)

DUPLICATE_MODULE = (
    "{label}: modules: expected each module once, got {module_name} from {first} and from {second}.\n" +
    "To fix: remove one of the two; a kernel cannot load two modules of one name."
)

_MODULES_DOC = (
    "Targets or files that give module files: `.ko`, `.o` or `.a` (an archive is one module, linked from all its members). " +
    "Other files of these targets are ignored. A target that gives no module file stands for the `.ko` files that it is " +
    "made of: those of the nearest targets that give some, found through all attributes. So a device's top-level target " +
    "covers all its modules. What a target with KsymsInfo (module_symbols) has read is not read again."
)

def modules_attr(doc = "", **kwargs):
    """Returns the attribute `modules`, for rules that call extract_modules.

    Args:
      doc: what to add to its documentation.
      **kwargs: of attr.label_list.
    Returns:
      attr
    """
    return attr.label_list(allow_files = True, aspects = [collect_modules], doc = _MODULES_DOC + doc, **kwargs)

def _module_files(ctx, target):
    files = module_files(target) or modules_below(target).to_list()
    if not files:
        given = target[DefaultInfo].files.to_list()
        fail(NO_MODULE_FILES.format(label = ctx.label, target = target.label, got = file_names(given)))
    return files

def _check_duplicates(ctx, target, files, seen):
    for file in files:
        if file.is_directory:
            # kbuild itself refuses two modules of one name.
            continue
        name = module_name(file)
        if name in seen:
            fail(DUPLICATE_MODULE.format(
                label = ctx.label,
                module_name = name,
                first = seen[name],
                second = target.label,
            ))
        seen[name] = target.label

def _extract(ctx, target, files):
    """Declares the action for one entry of `modules`; returns its KsymsInfo."""
    place = "/".join([part for part in (target.label.workspace_root, target.label.package, target.label.name) if part])
    stem = "{}.ksyms/{}".format(ctx.label.name, place)
    usyms = ctx.actions.declare_file(stem + ".usyms")
    records = ctx.actions.declare_file(stem + ".ksyms.jsonl")
    args = ksyms_args(ctx, "extract")
    args.add(usyms, format = "--usyms=%s")
    args.add(records, format = "--records=%s")
    args.add_all(files)

    # Members of thin archives are other files of the same target.
    has_archive = any([is_archive(file) for file in files])
    ksyms_action(
        ctx,
        "extract",
        args = args,
        inputs = depset(files, transitive = [target[DefaultInfo].files] if has_archive else []),
        outputs = [usyms, records],
        progress_message = "Extracting undefined symbols %{label}",
    )
    return KsymsInfo(modules = depset(files), records = depset([records]), usyms = depset([usyms]))

def extract_modules(ctx):
    """Collects the symbols of all targets in `ctx.attr.modules`, and extracts those that no KsymsInfo has.

    Args:
      ctx: of a rule with KSYMS_ATTRS and `modules`.
    Returns:
      KsymsInfo
    """
    infos, seen = [], {}
    for target in ctx.attr.modules:
        if KsymsInfo in target:
            infos.append(target[KsymsInfo])
            continue
        files = _module_files(ctx, target)
        _check_duplicates(ctx, target, files, seen)
        infos.append(_extract(ctx, target, files))
    return KsymsInfo(
        modules = depset(transitive = [info.modules for info in infos]),
        records = depset(transitive = [info.records for info in infos]),
        usyms = depset(transitive = [info.usyms for info in infos]),
    )
