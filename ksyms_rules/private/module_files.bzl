"""What a module file is, and what the kernel calls the module in it. All rules ask here, and decide nothing of it themselves.

| module file | what it is |
| --- | --- |
| `.ko` | a linked module, which the kernel loads |
| `.ko.bz2`, `.ko.gz`, `.ko.xz`, `.ko.zst` | the same, compressed. Actions refuse it and say how to decompress it; ignored, its symbols would be lost |
| `.o` | a module that is not linked yet |
| `.a` | an archive: one module that is not linked yet, from all its members |
| directory | what kbuild_modules and kbuild_module_objects make: module files and nothing else |

To support another kind of module file, such as directories that other rules make, start here.
"""

load("//ksyms_rules/private/kbuild:kbuild_info.bzl", "KbuildModulesInfo", "KbuildObjectsInfo")

visibility(["//ksyms_rules/private", "//tests/analysis"])

_ARCHIVE = ".a"
_LOADABLE = (".ko", ".ko.bz2", ".ko.gz", ".ko.xz", ".ko.zst")
_NOT_LINKED = (_ARCHIVE, ".o")

def module_files(target):
    """Returns the module files that a target itself gives, loadable or not.

    Args:
      target: Target
    Returns:
      [File], in the order of the target's files; may be empty. A directory stands for the module files in it.
    """
    return _directories(target) or _files_ending_in(target, _LOADABLE + _NOT_LINKED)

def loadable_module_files(target):
    """Returns the module files that a target itself gives, if they are certain to be modules.

    A device's targets are asked this, one after the other. A `.o` or `.a` among them can belong to anything, such as a
    program of the device, so only a rule that builds modules is believed.

    Args:
      target: Target
    Returns:
      [File], in the order of the target's files; may be empty. A directory stands for the module files in it.
    """
    return _directories(target) or _files_ending_in(target, _LOADABLE)

def module_name(file):
    """Returns the name that the kernel gives to the module in a file: without extension, and with `_` for each `-`.

    Args:
      file: File, not a directory.
    Returns:
      string, such as `snd_hda` of `snd-hda.ko`.
    """
    return file.basename.partition(".")[0].replace("-", "_")

def is_archive(file):
    """Tells whether a module file is an archive.

    Args:
      file: File
    Returns:
      bool
    """
    return file.basename.endswith(_ARCHIVE)

def _directories(target):
    return [target[info].directory for info in (KbuildModulesInfo, KbuildObjectsInfo) if info in target]

def _files_ending_in(target, endings):
    files = target[DefaultInfo].files.to_list() if DefaultInfo in target else []
    return [file for file in files if file.basename.endswith(endings)]
