"""A Bazel workspace with a distribution's kernel modules, which depends on ksyms_rules."""

import dataclasses
import os
import re
import shutil
import time

from tests.integration import nested_bazel

_GROUPS = 400
_ELAPSED = re.compile(r"Elapsed time: ([0-9.]+)s")

_BUILD = """\
load("@ksyms_rules//ksyms_rules:defs.bzl", "autoksyms_header", "kmi_symbol_list", "module_symbols")

GROUPS = {groups}

filegroup(name = "nothing")

filegroup(name = "modules", srcs = glob(["modules/**"]))

autoksyms_header(name = "one_target", modules = [":modules"])

module_symbols(name = "extracted", modules = [":modules"])

kmi_symbol_list(name = "kmi_list", modules = [":modules"], signed_modules_are_gki = False)

[filegroup(name = "group_%d" % number, srcs = files) for number, files in enumerate(GROUPS)]

autoksyms_header(name = "many_targets", modules = ["group_%d" % number for number in range(len(GROUPS))])
"""


@dataclasses.dataclass(frozen=True)
class Build:
    """Time of one build in seconds, by the wall clock and as Bazel reports it."""

    seconds: float
    bazel_seconds: float


class Workspace(nested_bazel.NestedBazel):
    """A workspace with copies of the modules."""

    def __init__(self, folder, modules, flags=()):
        """Writes the workspace.

        Args:
          folder: see NestedBazel.
          modules: [pathlib.Path]
          flags: [str], passed to every build.
        """
        super().__init__(folder, "ksyms_bench")
        self._flags = flags
        root = os.path.commonpath(modules)
        names = [os.path.join("modules", os.path.relpath(module, root)) for module in modules]
        for name, module in zip(names, modules, strict=True):
            (self.path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(module, self.path / name)
        self.modules = [self.path / name for name in names]
        groups = [names[number::_GROUPS] for number in range(_GROUPS)]
        (self.path / "BUILD.bazel").write_text(_BUILD.format(groups=groups))

    def build(self, *arguments):
        """Runs `bazel build`; returns Build."""
        start = time.perf_counter()
        messages = self.bazel("build", *self._flags, *arguments)
        seconds = time.perf_counter() - start
        return Build(seconds, float(_ELAPSED.search(messages).group(1)))

    def header(self, target):
        """Returns the text of the built header."""
        return (self.path / "bazel-bin" / target / "include/generated/autoksyms.h").read_text()
