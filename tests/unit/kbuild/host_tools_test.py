import os
import pathlib

import host_tools
from absl.testing import absltest

from errors import FailedCheckError

_GCC = ("bc", "bison", "flex", "gcc", "ld", "make", "perl")


class HostToolsTest(absltest.TestCase):
    def setUp(self):
        super().setUp()
        self.folder = pathlib.Path(self.create_tempdir().full_path)
        self.enter_context(absltest.mock.patch.dict(os.environ, {"PATH": str(self.folder)}))

    def _install(self, *names, status=0):
        for name in names:
            (self.folder / name).write_text(f"#!/bin/sh\nexit {status}\n")
            (self.folder / name).chmod(0o755)

    def _check(self, options=None, llvm=False, make_vars=()):
        host_tools.check(host_tools.toolchain(llvm, make_vars), options or {})

    def test_complete_machine_is_well(self):
        self._install(*_GCC)
        self._check({"CONFIG_OBJTOOL": "y"})

    def test_everything_missing_is_named_with_its_package(self):
        self._install(*(name for name in _GCC if name not in ("flex", "bison")))
        self._install("gcc", status=1)
        with self.assertRaisesRegex(
            FailedCheckError,
            r"needs bison, flex, gelf\.h, pahole, not found .*apt-get install bison flex libelf-dev pahole\)",
        ):
            self._check({"CONFIG_OBJTOOL": "y", "CONFIG_DEBUG_INFO_BTF": "y"})

    def test_llvm_needs_its_own_tools(self):
        self._install(*_GCC)
        with self.assertRaisesRegex(FailedCheckError, "needs clang, ld.lld, .*apt-get install clang lld"):
            self._check(llvm=True)

    def test_cross_compiler_is_needed_too(self):
        self._install(*_GCC)
        with self.assertRaisesRegex(
            FailedCheckError,
            "needs aarch64-linux-gnu-gcc, aarch64-linux-gnu-ld, .* binutils-aarch64-linux-gnu gcc-aarch64-linux-gnu",
        ):
            self._check(make_vars=["ARCH=arm64", "CROSS_COMPILE=aarch64-linux-gnu-"])


if __name__ == "__main__":
    absltest.main()
