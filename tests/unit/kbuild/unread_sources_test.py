import pathlib

from absl.testing import absltest

from kbuild import unread_sources
from kbuild.build_tree import BuildTree

_COMMAND = """\
savedcmd_init/main.o := gcc -include ../include/linux/kconfig.h -c -o init/main.o ../init/main.c

source_init/main.o := ../init/main.c

deps_init/main.o := \\
    $(wildcard include/config/SMP) \\
  ../include/linux/../../arch/x86/include/asm/page.h \\
  include/generated/autoconf.h \\

init/main.o: $(deps_init/main.o)
"""
_FILES = (
    "Makefile",
    "arch/x86/include/asm/page.h",
    "arch/x86/entry/syscalls/syscall_64.tbl",
    "drivers/net/dummy.c",
    "include/linux/crc8.h",
    "include/linux/kconfig.h",
    "init/main.c",
    "lib/crypto/build.pl",
    "lib/zlib_inflate/inflate.c",
    "scripts/mod/modpost.c",
    "tools/objtool/check.c",
)


class UnreadSourcesTest(absltest.TestCase):
    def setUp(self):
        super().setUp()
        self.folder = pathlib.Path(self.create_tempdir().full_path)
        self.sources = self.folder / "linux"
        for name in _FILES:
            (self.sources / name).parent.mkdir(parents=True, exist_ok=True)
            (self.sources / name).write_text("")
        self.tree = BuildTree(str(self.folder / "work"), str(self.sources))
        self._write("init/.main.o.cmd", _COMMAND)

    def _write(self, name, text):
        path = pathlib.Path(self.tree.objects) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def _unread(self, own=(), **kwargs):
        own = [f"{self.sources}/{path}" for path in own]
        found = unread_sources.find(self.tree, str(self.sources), own, **kwargs)
        return [path.removeprefix(f"{self.sources}/") for path in found]

    def test_sources_that_no_command_names_are_unread(self):
        self.assertEqual(self._unread(), ["drivers/net/dummy.c", "include/linux/crc8.h"])

    def test_any_word_of_a_command_counts(self):
        self._write(
            "lib/.table.h.cmd",
            "cmd_lib/table.h := sh mk.sh '../include/linux/crc8.h'; echo \"../drivers/net/dummy.c\"\n",
        )
        self.assertEqual(self._unread(), [])

    def test_dependency_files_of_scripts_count(self):
        self._write(".missing-syscalls.d", "x.o: ../include/linux/crc8.h\n")
        self.assertEqual(self._unread(), ["drivers/net/dummy.c"])

    def test_absolute_paths_of_an_external_module_count(self):
        for sources in (self.tree.sources, self.sources.resolve()):
            with self.subTest(sources):
                self._write("../module/.hello.o.cmd", f"deps_hello.o := {sources}/include/linux/crc8.h \\\n")
                self.assertEqual(self._unread(), ["drivers/net/dummy.c"])

    def test_modules_in_the_same_folder_count_for_modules_only(self):
        self._write(
            "drivers/net/.dummy.o.cmd",
            "savedcmd_drivers/net/dummy.o := gcc -DMODULE  -c -o drivers/net/dummy.o ../drivers/net/dummy.c\n",
        )
        self._write("vmlinux.a", "!<thin>\n//                38        `\ninit/main.o/\ndrivers/net/veth.o/\n\n")
        self.assertEqual(self._unread(), ["include/linux/crc8.h"])
        self.assertEqual(self._unread(of_modules=False), ["drivers/net/dummy.c", "include/linux/crc8.h"])
        of_vmlinux = ["arch/x86/include/asm/page.h", "include/linux/kconfig.h", "init/main.c"]
        self.assertEqual(self._unread(of_vmlinux=False), sorted([*of_vmlinux, "include/linux/crc8.h"]))

    def test_object_of_a_module_that_vmlinux_has_too_counts_for_both(self):
        self._write("drivers/net/.dummy.o.cmd", "cmd := gcc -DMODULE  -c ../drivers/net/dummy.c\n")
        self._write("vmlinux.a", "!<thin>\n//                38        `\ninit/main.o/\ndrivers/net/dummy.o/\n\n")
        self.assertEqual(self._unread(of_modules=False), ["include/linux/crc8.h"])
        self._write("vmlinux.a", "!<thin>\n")
        self._write("drivers/net/lib.a", "!<thin>\n")
        self.assertEqual(self._unread(of_modules=False), ["include/linux/crc8.h"])

    def test_members_of_vmlinux_are_in_the_archives_of_folders_before_linux_6_1(self):
        self._write("drivers/net/.dummy.o.cmd", "cmd := gcc -DMODULE  -c ../drivers/net/dummy.c\n")
        self._write("drivers/net/built-in.a", "!<thin>\n")
        self.assertEqual(self._unread(of_modules=False), ["drivers/net/dummy.c", "include/linux/crc8.h"])
        self._write("drivers/built-in.a", "!<thin>\n//                38        `\nbase/core.o/\nnet/dummy.o/\n\n")
        self.assertEqual(self._unread(of_modules=False), ["include/linux/crc8.h"])

    def test_comma_is_part_of_a_name_or_between_two(self):
        header = self.sources / "include/dt-bindings/clock/qcom,gcc-sm8450.h"
        header.parent.mkdir(parents=True)
        header.write_text("")
        self.assertLen(self._unread(), 3)
        self._write("drivers/.clk.o.cmd", "deps := ../include/dt-bindings/clock/qcom,gcc-sm8450.h \\\n")
        self._write("drivers/.x.o.cmd", "cmd := gcc -Wp,-include,../include/linux/crc8.h,../drivers/net/dummy.c\n")
        self.assertEqual(self._unread(), [])

    def test_sources_of_an_external_module_in_the_kernels_folder_are_read(self):
        self.assertEqual(self._unread(own=["drivers/net/dummy.c"]), ["include/linux/crc8.h"])

    def test_kernel_that_packs_its_headers_reads_all_of_them(self):
        self.assertEqual(self._unread(all_headers=True), ["drivers/net/dummy.c"])


if __name__ == "__main__":
    absltest.main()
