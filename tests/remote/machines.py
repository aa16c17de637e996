"""A machine that has only the sources in common with this one."""

import os
import pathlib
import shutil

from tests.integration import nested_bazel

_ENVIRONMENT = {
    "LANG": "tr_TR.UTF-8",
    "LC_ALL": "C.UTF-8",
    "LOGNAME": "somebody",
    "PATH": "/usr/local/bin:/usr/games:/usr/bin:/bin",
    "TZ": "Asia/Kathmandu",
    "USER": "somebody",
}


def other_machine(folder):
    """Copies the ksyms_rules sources, like a checkout by another user at another time; returns the Machine.

    Args:
      folder: pathlib.Path, which must not exist yet; the workspace may be in it too, see age().
    """
    home, rules = folder / "home", folder / "rules"
    home.mkdir(parents=True)
    shutil.copytree(nested_bazel.repository(), rules, ignore=shutil.ignore_patterns("bazel-*", ".git"), symlinks=True)
    age(rules)
    return nested_bazel.Machine(rules, _ENVIRONMENT | {"HOME": str(home)}, umask=0o077)


def age(folder):
    """Sets the times of all files of a folder to 2001."""
    for path in pathlib.Path(folder).rglob("*"):
        os.utime(path, (10**9, 10**9), follow_symlinks=False)
