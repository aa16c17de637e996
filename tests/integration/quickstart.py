"""A copy of the quickstart to edit and build, and how often its vmlinux was linked."""

import subprocess

from tests.integration import example


class Quickstart(example.Example):
    """The quickstart; `build` without targets builds vmlinux."""

    def __init__(self, folder, flags=(), machine=None):
        super().__init__(folder, "quickstart", flags, machine)

    def build(self, *targets, **kwargs):
        return super().build(*(targets or ["//:vmlinux"]), **kwargs)

    def exports(self):
        """Returns the sorted symbols that the built vmlinux exports."""
        printed = subprocess.run([self.path / "bazel-bin/vmlinux"], check=True, capture_output=True, text=True).stdout
        return sorted(printed.split(":")[1].split())


def links(log):
    """Returns how often vmlinux was linked in the build with this Log."""
    return log.ran("CppLink", "vmlinux")
