"""The name by which the kernel knows a module, as in /proc/modules."""


def module_name(path: str) -> str:
    """Returns the module name of a module file: `snd_hda` for `drivers/x/snd-hda.ko`, and for the same without `.ko`.

    Mirrors KBUILD_MODNAME: the file name up to its first dot, with `_` for `-`.
    """
    return path.rpartition("/")[2].partition(".")[0].replace("-", "_")
