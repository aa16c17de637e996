import os
import pathlib

from absl.testing import absltest

from kbuild import host_tools
from ksyms.errors import FailedCheckError

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

    def test_complete_machine_is_accepted(self):
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
        with self.assertRaisesRegex(
            FailedCheckError, "needs clang, ld.lld, llvm-ar, llvm-nm, llvm-objcopy, .*apt-get install clang lld llvm"
        ):
            self._check(llvm=True)

    def test_llvm_of_a_version_or_folder(self):
        self._install(*_GCC, "clang", "ld.lld", "llvm-ar", "llvm-nm", "llvm-objcopy")
        self._check(llvm=True)
        with self.assertRaisesRegex(FailedCheckError, "needs clang-17, ld.lld-17, .* install clang-17 lld-17 llvm-17"):
            self._check(llvm=True, make_vars=["LLVM=-17"])
        with self.assertRaisesRegex(FailedCheckError, "needs clang-17, "):
            self._check(make_vars=["LLVM=-17"])
        self._check(llvm=True, make_vars=[f"LLVM={self.folder}/"])

    def test_each_program_of_a_wrapped_compiler_is_needed(self):
        self._install(*_GCC)
        with self.assertRaisesRegex(FailedCheckError, r"needs ccache, not found .*apt-get install ccache\)"):
            self._check(make_vars=["CC=ccache gcc -B /opt"])
        with self.assertRaisesRegex(FailedCheckError, "needs arm-linux-gcc, .*, ccache, not found"):
            self._check(make_vars=["CROSS_COMPILE=ccache arm-linux-"])
        self._check(make_vars=["CC=CCACHE_DIR=/c $(CROSS_COMPILE)gcc"])

    def test_identity_is_what_the_compiler_says(self):
        self._install(*_GCC)
        (self.folder / "gcc").write_text("#!/bin/sh\necho version 1\n")
        self.assertEqual(host_tools.toolchain(False, []).identity(), "version 1\n\n")
        self.assertEqual(host_tools.toolchain(True, []).identity(), "\n")

    def test_compression_of_the_image_is_needed(self):
        self._install(*_GCC)
        with self.assertRaisesRegex(FailedCheckError, r"needs xz, not found .*apt-get install xz-utils\)"):
            self._check({"CONFIG_KERNEL_XZ": "y"})

    def test_cross_compiler_is_needed_too(self):
        self._install(*_GCC)
        with self.assertRaisesRegex(
            FailedCheckError,
            "needs aarch64-linux-gnu-gcc, aarch64-linux-gnu-ld, .* binutils-aarch64-linux-gnu gcc-aarch64-linux-gnu",
        ):
            self._check(make_vars=["ARCH=arm64", "CROSS_COMPILE=aarch64-linux-gnu-"])


if __name__ == "__main__":
    absltest.main()
