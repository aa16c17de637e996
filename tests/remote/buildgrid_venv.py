"""Installs BuildGrid from the Python package index, once, beside the private root of tools/bazel."""

import fcntl
import hashlib
import os
import pathlib
import subprocess
import sys
import unittest

_REQUIREMENTS = pathlib.Path(__file__).parent / "buildgrid_requirements.txt"
_CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")) / "ksyms_rules"


def bgd():
    """Returns the path of BuildGrid's command; skips the test if this Python is not the one of the pinned wheels."""
    if sys.version_info[:2] != (3, 14) or os.uname().machine != "x86_64":
        raise unittest.SkipTest("needs Python 3.14 on x86-64, for which buildgrid_requirements.txt has wheels")
    made_from = _REQUIREMENTS.read_bytes() + sys.version.encode()
    venv = _CACHE / f"buildgrid-{hashlib.sha256(made_from).hexdigest()[:12]}"
    complete = venv / "complete"
    _CACHE.mkdir(parents=True, exist_ok=True)
    with (_CACHE / "buildgrid.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not complete.exists():
            _install(venv)
            complete.touch()
    return venv / "bin/bgd"


def _install(venv):
    """Makes the venv in place, because it contains its path."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    subprocess.run(["/usr/bin/python3", "-m", "venv", "--clear", venv], env=environment, check=True)
    pip = [venv / "bin/pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary=:all:", "--no-deps"]
    subprocess.run([*pip, "--require-hashes", f"--requirement={_REQUIREMENTS}"], env=environment, check=True)
