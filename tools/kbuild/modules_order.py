"""modules.order: the modules that kbuild has built in a folder."""

import os


def read(folder: str) -> list[str]:
    """Reads the modules of a folder.

    Args:
      folder: path of the objects, or of an external module's folder.

    Returns:
      [path] of each module relative to `folder`, without its ending, in kbuild's order; empty without such a file.
    """
    try:
        with open(os.path.join(folder, "modules.order"), encoding="utf-8") as file:
            lines = file.read().split()
    except FileNotFoundError:
        return []
    # Those of an external module are absolute paths up to Linux 6.12.
    return [os.path.relpath(os.path.join(folder, os.path.splitext(line)[0]), folder) for line in lines]
