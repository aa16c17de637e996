"""A kernel with options of Android's GKI that affect the whole build: clang, CFI, modversions, BTF, kheaders."""

import pathlib
import subprocess

from absl.testing import absltest

from tests.kernel import kernel_case, virtual_machine
from tests.kernel.kernel_case import KERNEL

_OPTIONS = """
CONFIG_CFI_CLANG=y
CONFIG_DEBUG_INFO_DWARF5=y
CONFIG_DEBUG_KERNEL=y
CONFIG_IKHEADERS=m
CONFIG_MODVERSIONS=y
"""
# resolve_btfids of Linux 6.1, which BTF needs, does not compile with current C libraries.
_BTF = KERNEL != "linux_6_1"
_BTF_OPTIONS = """
CONFIG_BPF_SYSCALL=y
CONFIG_DEBUG_INFO_BTF=y
CONFIG_DEBUG_INFO_BTF_MODULES=y
"""
_HEADERS = "kernel/kheaders.ko"


class GkiOptionsTest(kernel_case.KernelTestCase):
    @classmethod
    def customize(cls):
        cls.workspace.append("small.config", _OPTIONS + (_BTF_OPTIONS if _BTF else ""))
        cls.workspace.edit("BUILD.bazel", "trim = trim,", 'trim = trim, modversions = True, toolchain = "llvm",')

    def _folder(self, suffix=""):
        return self.workspace.path / f"bazel-bin/{KERNEL}{suffix}"

    def test_boots_with_its_modules(self):
        self.build_first()
        modules = [self._folder("_modules"), self._folder("_hello")]
        for module in ("_modules/drivers/net/dummy.ko", "_hello/hello.ko"):
            text = self._folder(module).read_bytes()
            self.assertRegex(text, rb"vermagic=[^\0]* modversions")
            self.assertEqual(b"\0.BTF\0" in text, _BTF)
        console, names = virtual_machine.boot(
            self._folder("/bzImage"),
            self.workspace.release(),
            modules,
            self._folder("_hello/hello.ko"),
            pathlib.Path(self.create_tempdir().full_path),
        )
        self.assertIn("kheaders", names)
        for name in names:
            self.assertIn(f"test: loaded {name}", console.splitlines(), console)

    def test_kheaders_are_files_and_not_links(self):
        self.build_first()
        packed = self._folder("_modules/" + _HEADERS).read_bytes()
        archive = packed[packed.index(b"\xfd7zXZ\0") :]
        listed = subprocess.run(["tar", "-tvJf", "-"], input=archive, capture_output=True, check=False).stdout.decode()
        (crc8,) = [line for line in listed.splitlines() if line.endswith("/linux/crc8.h")]
        self.assertStartsWith(crc8, "-")
        self.assertNotIn(" -> /", listed)

    def test_module_edit_does_not_link_vmlinux(self):
        self.build_first()
        self.workspace.edit_kernel("drivers/net/dummy.c", "numdummies = 1;", "numdummies = 2;")
        log = self.workspace.build_cached(*self.workspace.everything())
        self.assertEqual(log.ran("KbuildVmlinux") + log.hits("KbuildVmlinux"), 0)
        printed = self.workspace.text(f"{KERNEL}_modules.log")
        self.assertRegex(printed, rf"(?m)^  {'BTF' if _BTF else 'LD'} \[M\] +drivers/net/dummy\.ko$")
        # By default the top Makefile links vmlinux for the modules' BTF; the rules prevent that.
        self.assertNotRegex(printed, r"(?m)^  (LD|BTF) +\.?vmlinux")

    def test_no_file_contains_the_path_of_the_build(self):
        self.build_first()
        for edit in (None, ("include/linux/crc8.h", "#define", "#define AN_EDIT\n#define")):
            if edit:
                self.workspace.edit_kernel(*edit)
            self.workspace.build_cached(*self.workspace.everything())
            expected = self.workspace.kernel_and_modules()
            self.assertEqual([name for name, text in expected.items() if b"/execroot/" in text], [])
            self.workspace.build_cached(
                *self.workspace.everything(), f"--@ksyms_rules//ksyms_rules:kept_objects={self.folder}/kept"
            )
            built = self.workspace.kernel_and_modules()
            self.assertGreater(len(built), 20)
            self.assertEqual([name for name in expected if built.get(name) != expected[name]], [], edit)


if __name__ == "__main__":
    absltest.main()
