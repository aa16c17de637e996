"""Reads the symbols of whatever `modules` names. Shared by all rules with that attribute."""

load(":collect_modules.bzl", "collect_modules", "modules_below")
load(":file_names.bzl", "file_names")
load(":ksyms_action.bzl", "ksyms_action", "ksyms_args")
load(":ksyms_info.bzl", "KsymsInfo")

NO_MODULE_FILES = (
    "{label}: modules: expected {target} to give *.ko, *.o or *.a files or be made of modules, got {got}.\n" +
    "To fix: name the target that builds the modules, or one of its output groups through a filegroup."
)

DUPLICATE_MODULE = (
    "{label}: modules: expected each module once, got {module} from {first} and from {second}.\n" +
    "To fix: remove one of the two; a kernel cannot load two modules of one name."
)

_MODULES_DOC = (
    "Targets or files that give modules: `.ko`, `.o` or `.a` (an archive is one module, linked from all its members). " +
    "Files with other extensions are passed over. A target that gives none stands for the `.ko` files that it is made " +
    "of: of the nearest targets, through all attributes, that give some; so a device's top-level target covers all its " +
    "modules. Targets with KsymsInfo (module_symbols) are passed on."
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

# Compressed modules are taken too, so that they are refused by name rather than passed over.
_MODULE_ENDINGS = (".ko", ".o", ".a", ".ko.gz", ".ko.xz", ".ko.zst", ".ko.bz2")

def _module_files(ctx, target):
    files = target[DefaultInfo].files.to_list()
    modules = [file for file in files if file.basename.endswith(_MODULE_ENDINGS)] or modules_below(target).to_list()
    if not modules:
        fail(NO_MODULE_FILES.format(label = ctx.label, target = target.label, got = file_names(files)))
    return modules

def _module_name(file):
    """The kernel's name of a module: without extension, and `-` is `_`."""
    return file.basename.partition(".")[0].replace("-", "_")

def _check_duplicates(ctx, target, files, seen):
    for file in files:
        if file.is_directory:
            # kbuild itself refuses two modules of one name.
            continue
        name = _module_name(file)
        if name in seen:
            fail(DUPLICATE_MODULE.format(label = ctx.label, module = name, first = seen[name], second = target.label))
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
    ksyms_action(
        ctx,
        args = args,
        # Members of thin archives are other files of the same target.
        inputs = depset(files, transitive = [target[DefaultInfo].files] if _has_archive(files) else []),
        outputs = [usyms, records],
        mnemonic = "KsymsExtract",
        progress_message = "Extracting undefined symbols %{label}",
    )
    return KsymsInfo(modules = depset(files), records = depset([records]), usyms = depset([usyms]))

def _has_archive(files):
    return any([file.extension == "a" for file in files])

def extract_modules(ctx):
    """Collects the symbols of all that `ctx.attr.modules` names, extracting what nobody has extracted yet.

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
