"""KMI symbol lists of one small device, for each option of `ksyms kmi_list`.

What is expected is in the .symbol_list files beside this one; each test says why its lines are there. They follow from
what Kleaf documents of extract_symbols: a symbol is listed if a module needs it and the kernel exports it; it is
"commonly used" if two modules or more need it; `module_layout` and `__put_task_struct`, which the rule gives by
default, are in every list.
"""

import os
import pathlib
import subprocess

from absl.testing import absltest

from tests.elf_files import module_files
from tests.elf_files.module_files import Export

_KSYMS = os.path.abspath(os.environ["KSYMS"])
_GOLDENS = pathlib.Path(__file__).parent
_VMLINUX = [
    Export(b"_printk"),
    Export(b"kfree"),
    Export(b"kmalloc"),
    Export(b"Kmap_High"),
    Export(b"optional_hook"),
    Export(b"dma_buf_get", b"GPL", b"DMA_BUF"),
    Export(b"__tracepoint_sched", b"GPL"),
    Export(b"__traceiter_sched", b"GPL"),
    Export(b"__tracepoint_bare", b"GPL"),
    Export(b"unused_by_all"),
    Export(b"of_bus_only"),
    Export(b"of_zram_only"),
]
_MODULES = {
    # Needs what vmlinux exports (one symbol weakly), what another vendor module and a GKI module export, and what
    # nothing exports.
    "camera.ko": module_files.write(
        [b"kfree", b"_printk", b"dma_buf_get", b"bus_register", b"zram_compress", b"__tracepoint_sched", b"gone"],
        [b"optional_hook"],
        exports=[Export(b"camera_open")],
    ),
    # Exports to camera.ko; its tracepoint has no exported traceiter.
    "bus-core.ko": module_files.write(
        [b"kfree", b"kmalloc", b"Kmap_High", b"of_bus_only", b"__tracepoint_bare"], exports=[Export(b"bus_register")]
    ),
    # An object before modpost: `__this_module` is undefined, and nobody's export. Its traceiter is needed directly.
    "audio.o": module_files.write([b"__this_module", b"kmalloc", b"__tracepoint_sched", b"__traceiter_sched"]),
    # Needs but what others need too.
    "quiet.ko": module_files.write([b"kfree"]),
    # A GKI module, by its signature.
    "zram.ko": module_files.write([b"kfree", b"of_zram_only"], exports=[Export(b"zram_compress", b"GPL")])
    + module_files.signature(),
}
_SYMVERS = (
    b"".join(
        b"0x00000000\t%s\tvmlinux\tEXPORT_SYMBOL%s\t%s\n" % (name, licence and b"_" + licence, namespace)
        for name, licence, namespace in _VMLINUX
    )
    + b"0x00000000\tzram_compress\tdrivers/block/zram/zram\tEXPORT_SYMBOL_GPL\t\n"
    b"0x00000000\tbus_register\tdrivers/bus/bus-core\tEXPORT_SYMBOL\t\n"
    b"0x00000000\tcamera_open\tdrivers/camera/camera\tEXPORT_SYMBOL\t\n"
)
_BASE = b"[abi_symbol_list]\n# required by old.ko\n  unused_by_all\n  vanished\n  kfree # needed\n  dma_buf_get\n"


class KmiListTest(absltest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        """Reads the modules and both forms of the kernel's exports once, as the rules do."""
        super().setUpClass()
        cls._folder = pathlib.Path(absltest.get_default_test_tmpdir(), "device")
        cls._folder.mkdir()
        for name, data in _MODULES.items():
            (cls._folder / name).write_bytes(data)
            cls._ksyms("extract", "--usyms=u", f"--records={name}.jsonl", name)
        (cls._folder / "vmlinux").write_bytes(module_files.vmlinux(_VMLINUX))
        (cls._folder / "Module.symvers").write_bytes(_SYMVERS)
        (cls._folder / "base").write_bytes(_BASE)
        for name in ("vmlinux", "Module.symvers"):
            cls._ksyms("exports", f"--output={name}.exports", name)

    @classmethod
    def _run(cls, *arguments):
        """Runs the executable; returns its exit status, stdout and stderr."""
        process = subprocess.run([_KSYMS, *arguments], cwd=cls._folder, capture_output=True, text=True, check=False)
        return process.returncode, process.stdout, process.stderr

    @classmethod
    def _ksyms(cls, *arguments):
        result = cls._run(*arguments)
        assert result == (0, "", ""), result

    def _list(self, *flags, exports="vmlinux", modules=tuple(_MODULES), always=("module_layout", "__put_task_struct")):
        """Runs kmi_list; returns the list."""
        inputs = [f"--records={module}.jsonl" for module in modules] + [f"--always={symbol}" for symbol in always]
        if exports:
            inputs.append(f"--exports={exports}.exports")
        self._ksyms("kmi_list", "--output=list", *inputs, *flags)
        return (self._folder / "list").read_bytes().decode()

    def _assert_golden(self, name, actual):
        golden = _GOLDENS / f"{name}.symbol_list"
        message = f"To fix: if what is generated is right, write it to tests/golden/{golden.name}."
        self.assertMultiLineEqual(golden.read_bytes().decode(), actual, message)

    def test_grouped(self):
        # Common: kfree and kmalloc are needed by two or more users (zram.ko, which is signed, is none of them), and
        # so is __tracepoint_sched. __traceiter_sched: audio.o needs it; camera.ko gets it with the tracepoint.
        # bus-core.ko: __tracepoint_bare alone, as no __traceiter_bare is exported.
        # camera.ko: zram_compress is exported by a GKI module; optional_hook is undefined though weak.
        # Not there: bus_register (a user exports it), gone (nothing does), of_zram_only (only a GKI module needs it),
        # __this_module, unused_by_all, and a section of quiet.ko and of audio.o, which need but common symbols.
        self._assert_golden("grouped", self._list("--module_grouping"))

    def test_not_grouped(self):
        # The symbols of test_grouped in one section without a comment, each once.
        self._assert_golden("not_grouped", self._list())

    def test_base_grouped(self):
        # unused_by_all and vanished stay though nothing needs them, and vanished is not even exported;
        # kfree and dma_buf_get are where they would be without the base.
        self._assert_golden("base_grouped", self._list("--module_grouping", "--base=base"))

    def test_base_not_grouped(self):
        # unused_by_all and vanished are sorted in, without a comment.
        self._assert_golden("base_not_grouped", self._list("--base=base"))

    def test_include_module_exports(self):
        # As test_grouped, and bus_register, which camera.ko needs of bus-core.ko.
        # camera_open is exported by a user too, but nobody needs it.
        self._assert_golden("include_module_exports", self._list("--module_grouping", "--include_module_exports"))

    def test_include_module(self):
        # Two filters, one for audio.o and one for bus-core.ko, anywhere in the name unless anchored: kmalloc is common
        # to them.
        flags = ("--include_module=^audio", "--include_module=us-co.*ko$")
        self._assert_golden("include_module", self._list("--module_grouping", *flags))

    def test_exclude_module(self):
        # Without bus-core.ko and zram.ko: kmalloc is needed by audio.o only; zram_compress and bus_register are
        # exported by nothing any more.
        flags = ("--exclude_module=^bus", "--exclude_module=zram")
        self._assert_golden("exclude_module", self._list("--module_grouping", *flags))

    def test_exclude_module_that_module_symvers_knows(self):
        # The exports of modules that are left out are left out wherever they come from.
        flags = ("--exclude_module=^bus", "--exclude_module=zram")
        self._assert_golden("exclude_module", self._list("--module_grouping", *flags, exports="Module.symvers"))

    def test_filter_and_exclude(self):
        # Exclusion wins: of what matches only audio.o is left, whose symbols nobody else needs.
        flags = ("--include_module=a", "--include_module=bus", "--exclude_module=ko$")
        self._assert_golden("audio_only", self._list("--module_grouping", *flags))

    def test_signed_modules_as_users(self):
        # zram.ko is a user: it has a section with of_zram_only, and zram_compress is no export of the kernel's.
        self._assert_golden("signed_as_users", self._list("--module_grouping", "--signed_modules_as_users"))

    def test_gki_module(self):
        # bus-core.ko is the kernel's own, though unsigned: what only it needs goes (Kmap_High, of_bus_only,
        # __tracepoint_bare), kmalloc is audio.o's alone, and its bus_register is listed for camera.ko.
        # The name may have `_` for `-`, a path and an extension.
        for name in ("bus-core", "bus_core.ko", "drivers/bus/bus-core.ko"):
            self._assert_golden("gki_module", self._list("--module_grouping", f"--gki_module={name}"))

    def test_full_gki_abi(self):
        # All that vmlinux and the GKI module export, needed or not; nothing of users, so no bus_register.
        # No module needs two, so all but what is in every list is in a section that is named after the option.
        self._assert_golden("full_gki_abi", self._list("--module_grouping", "--full_gki_abi"))

    def test_full_gki_abi_not_grouped(self):
        self._assert_golden("full_gki_abi_not_grouped", self._list("--full_gki_abi"))

    def test_module_symvers_gives_what_vmlinux_gives(self):
        # It has bus_register and camera_open too; they are told to be of users by the modules' names.
        self._assert_golden("grouped", self._list("--module_grouping", exports="Module.symvers"))
        self._assert_golden(
            "include_module_exports",
            self._list("--module_grouping", "--include_module_exports", exports="Module.symvers"),
        )

    def test_no_exports(self):
        # Nobody says what the kernel exports: all that users need and no user exports is listed, so gone is and
        # bus_register is not. Each tracepoint has its traceiter, __traceiter_bare too. __this_module is no export.
        self._assert_golden("no_exports", self._list("--module_grouping", exports=None))

    def test_no_exports_include_module_exports(self):
        # bus_register as well, in the section of camera.ko.
        flags = ("--module_grouping", "--include_module_exports")
        self._assert_golden("no_exports_include_module_exports", self._list(*flags, exports=None))

    def test_no_modules(self):
        # What is in every list, whatever the kernel exports.
        self._assert_golden("no_modules", self._list("--module_grouping", modules=()))

    def test_always(self):
        # As test_grouped, but with utf8_data_table, which nothing needs or exports, in place of the rule's two;
        # of_bus_only is with the common symbols, not with the one module that needs it.
        self._assert_golden("always", self._list("--module_grouping", always=("utf8_data_table", "of_bus_only")))

    def test_nothing_always_and_no_modules(self):
        self.assertEqual(self._list(modules=(), always=()), "[abi_symbol_list]\n")

    def test_order_of_the_inputs_does_not_matter(self):
        reverse = tuple(reversed(_MODULES))
        self._assert_golden("grouped", self._list("--module_grouping", modules=reverse))

    def test_modules_of_one_file_name_are_one(self):
        # What either needs is listed, in one section; no symbol gets lost.
        for folder, symbol in (("a", b"kfree"), ("b", b"kmalloc")):
            (self._folder / folder).mkdir()
            (self._folder / folder / "wifi.ko").write_bytes(module_files.write([symbol, b"_printk"]))
            self._ksyms("extract", "--usyms=u", f"--records={folder}.jsonl", f"{folder}/wifi.ko")
        for modules in (["a", "b"], ["b", "a"]):
            self._assert_golden("same_name", self._list("--module_grouping", modules=modules))

    def test_edit_of_a_module_that_needs_nothing_new_changes_no_byte(self):
        edited = module_files.write([b"kfree"], defined=[b"init_module", b"new"])
        (self._folder / "edited").mkdir()
        (self._folder / "edited/quiet.ko").write_bytes(edited)
        self._ksyms("extract", "--usyms=u", "--records=edited.jsonl", "edited/quiet.ko")
        modules = ["edited" if module == "quiet.ko" else module for module in _MODULES]
        self._assert_golden("grouped", self._list("--module_grouping", modules=modules))

    def test_filter_that_is_no_regular_expression_is_refused(self):
        # Also where there is no module whose name it could match.
        for flag in ("include_module", "exclude_module"):
            status, _, stderr = self._run("kmi_list", "--output=refused", f"--{flag}=[")
            self.assertEqual(status, 1)
            self.assertRegex(stderr, r"\Amodule filter `\[`: is no regular expression \(.+\)\. To fix: .+\.\n\Z")
        self.assertFalse((self._folder / "refused").exists())


if __name__ == "__main__":
    absltest.main()
