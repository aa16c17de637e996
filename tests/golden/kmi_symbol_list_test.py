"""KMI symbol lists of one small device, for each option of `ksyms kmi_symbol_list`.

The expected lists are the .symbol_list files beside this one; each test says why its lines are there. They follow from
Kleaf's documentation of extract_symbols: a symbol is listed if a module needs it and the kernel exports it; it is
"commonly used" if two or more modules need it; `module_layout` and `__put_task_struct`, which the rule passes by
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
    # Needs symbols that vmlinux exports (one of them is weak), that another user module exports, that a GKI module
    # exports, and that nothing exports.
    "camera.ko": module_files.write(
        [b"kfree", b"_printk", b"dma_buf_get", b"bus_register", b"zram_compress", b"__tracepoint_sched", b"gone"],
        [b"optional_hook"],
        exports=[Export(b"camera_open")],
    ),
    # Exports a symbol to camera.ko. Its tracepoint has no exported traceiter.
    "bus-core.ko": module_files.write(
        [b"kfree", b"kmalloc", b"Kmap_High", b"of_bus_only", b"__tracepoint_bare"], exports=[Export(b"bus_register")]
    ),
    # An object before modpost: `__this_module` is undefined, and nothing exports it. It needs a traceiter directly.
    "audio.o": module_files.write([b"__this_module", b"kmalloc", b"__tracepoint_sched", b"__traceiter_sched"]),
    # Needs only symbols that others need too.
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


class KmiSymbolListTest(absltest.TestCase):
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

    def _list(
        self,
        *flags,
        exports="vmlinux",
        modules=tuple(_MODULES),
        always=("module_layout", "__put_task_struct"),
        signed_modules_are_gki=True,
    ):
        """Runs kmi_symbol_list; returns the list."""
        if signed_modules_are_gki:
            flags = (*flags, "--signed_modules_are_gki")
        inputs = [f"--records={module}.jsonl" for module in modules] + [f"--always={symbol}" for symbol in always]
        if exports:
            inputs.append(f"--exports={exports}.exports")
        self._ksyms("kmi_symbol_list", "--output=list", *inputs, *flags)
        return (self._folder / "list").read_bytes().decode()

    def _assert_golden(self, name, actual):
        golden = _GOLDENS / f"{name}.symbol_list"
        message = f"To fix: if the generated list is right, write it to tests/golden/{golden.name}."
        self.assertMultiLineEqual(golden.read_bytes().decode(), actual, message)

    def test_grouped(self):
        # Common: two or more user modules need kfree, kmalloc and __tracepoint_sched (zram.ko is signed, so it is not a
        # user module). __traceiter_sched: audio.o needs it, and camera.ko gets it with the tracepoint.
        # bus-core.ko: __tracepoint_bare alone, because no __traceiter_bare is exported.
        # camera.ko: a GKI module exports zram_compress; optional_hook is undefined, although weak.
        # Not listed: bus_register (a user module exports it), gone (nothing exports it), of_zram_only (only a GKI
        # module needs it), __this_module and unused_by_all.
        # No section: quiet.ko and audio.o, which need only common symbols.
        self._assert_golden("grouped", self._list("--module_grouping"))

    def test_not_grouped(self):
        # The symbols of test_grouped in one section without a comment, each once.
        self._assert_golden("not_grouped", self._list())

    def test_base_grouped(self):
        # unused_by_all and vanished stay although nothing needs them and nothing exports vanished.
        # kfree and dma_buf_get are where they would be without the base.
        self._assert_golden("base_grouped", self._list("--module_grouping", "--base=base"))

    def test_base_not_grouped(self):
        # unused_by_all and vanished are sorted in, without a comment.
        self._assert_golden("base_not_grouped", self._list("--base=base"))

    def test_include_module_exports(self):
        # As test_grouped, and bus_register, which camera.ko needs from bus-core.ko.
        # A user module exports camera_open too, but no module needs it.
        self._assert_golden("include_module_exports", self._list("--module_grouping", "--include_module_exports"))

    def test_include_module(self):
        # Two filters, for audio.o and for bus-core.ko, which match anywhere in the name unless anchored. kmalloc is
        # common to both modules.
        flags = ("--include_modules=^audio", "--include_modules=us-co.*ko$")
        self._assert_golden("include_module", self._list("--module_grouping", *flags))

    def test_exclude_module(self):
        # Without bus-core.ko and zram.ko, only audio.o needs kmalloc, and nothing exports zram_compress and
        # bus_register.
        flags = ("--exclude_modules=^bus", "--exclude_modules=zram")
        self._assert_golden("exclude_module", self._list("--module_grouping", *flags))

    def test_exclude_module_that_is_in_module_symvers(self):
        # The exports of excluded modules are ignored, also those in Module.symvers.
        flags = ("--exclude_modules=^bus", "--exclude_modules=zram")
        self._assert_golden("exclude_module", self._list("--module_grouping", *flags, exports="Module.symvers"))

    def test_include_and_exclude_modules(self):
        # Exclusion wins: only audio.o is left, and no other module needs its symbols.
        flags = ("--include_modules=a", "--include_modules=bus", "--exclude_modules=ko$")
        self._assert_golden("audio_only", self._list("--module_grouping", *flags))

    def test_signed_modules_are_user_modules(self):
        # zram.ko is a user module: it has a section with of_zram_only, and the kernel does not export zram_compress.
        self._assert_golden("signed_as_users", self._list("--module_grouping", signed_modules_are_gki=False))

    def test_gki_module(self):
        # bus-core.ko is a GKI module, although unsigned: symbols that only it needs are not listed (Kmap_High,
        # of_bus_only, __tracepoint_bare), only audio.o needs kmalloc, and bus_register is listed for camera.ko.
        # The name may have `_` for `-`, a path and an extension.
        for name in ("bus-core", "bus_core.ko", "drivers/bus/bus-core.ko"):
            self._assert_golden("gki_module", self._list("--module_grouping", f"--gki_modules={name}"))

    def test_full_gki_abi(self):
        # All exports of vmlinux and of the GKI module, needed or not, and none of user modules, such as bus_register.
        # All of them are in a section named after the option, except the symbols that are in every list.
        self._assert_golden("full_gki_abi", self._list("--module_grouping", "--full_gki_abi"))

    def test_full_gki_abi_not_grouped(self):
        self._assert_golden("full_gki_abi_not_grouped", self._list("--full_gki_abi"))

    def test_module_symvers_gives_the_same_list_as_vmlinux(self):
        # It has bus_register and camera_open too; the modules' names say that user modules export them.
        self._assert_golden("grouped", self._list("--module_grouping", exports="Module.symvers"))
        self._assert_golden(
            "include_module_exports",
            self._list("--module_grouping", "--include_module_exports", exports="Module.symvers"),
        )

    def test_no_exports(self):
        # The kernel's exports are unknown: all symbols are listed that user modules need and no user module exports,
        # such as gone, but not bus_register. Each tracepoint has its traceiter, also __traceiter_bare. __this_module is
        # not listed.
        self._assert_golden("no_exports", self._list("--module_grouping", exports=None))

    def test_no_exports_include_module_exports(self):
        # As test_no_exports, and bus_register in the section of camera.ko.
        flags = ("--module_grouping", "--include_module_exports")
        self._assert_golden("no_exports_include_module_exports", self._list(*flags, exports=None))

    def test_no_modules(self):
        # Only the symbols that are in every list, whatever the kernel exports.
        self._assert_golden("no_modules", self._list("--module_grouping", modules=()))

    def test_always(self):
        # As test_grouped, but with utf8_data_table, which nothing needs or exports, instead of the rule's two symbols.
        # of_bus_only is with the common symbols, not with the only module that needs it.
        self._assert_golden("always", self._list("--module_grouping", always=("utf8_data_table", "of_bus_only")))

    def test_no_modules_and_no_symbols_in_every_list(self):
        self.assertEqual(self._list(modules=(), always=()), "[abi_symbol_list]\n")

    def test_order_of_the_inputs_does_not_matter(self):
        reverse = tuple(reversed(_MODULES))
        self._assert_golden("grouped", self._list("--module_grouping", modules=reverse))

    def test_modules_with_the_same_file_name_share_a_section(self):
        # The symbols of both modules are listed in one section.
        for folder, symbol in (("a", b"kfree"), ("b", b"kmalloc")):
            (self._folder / folder).mkdir()
            (self._folder / folder / "wifi.ko").write_bytes(module_files.write([symbol, b"_printk"]))
            self._ksyms("extract", "--usyms=u", f"--records={folder}.jsonl", f"{folder}/wifi.ko")
        for modules in (["a", "b"], ["b", "a"]):
            self._assert_golden("same_name", self._list("--module_grouping", modules=modules))

    def test_module_edit_without_new_symbols_changes_no_byte(self):
        edited = module_files.write([b"kfree"], defined=[b"init_module", b"new"])
        (self._folder / "edited").mkdir()
        (self._folder / "edited/quiet.ko").write_bytes(edited)
        self._ksyms("extract", "--usyms=u", "--records=edited.jsonl", "edited/quiet.ko")
        modules = ["edited" if module == "quiet.ko" else module for module in _MODULES]
        self._assert_golden("grouped", self._list("--module_grouping", modules=modules))

    def test_filter_that_is_not_a_regular_expression_is_refused(self):
        # Also without any module whose name it could match.
        for flag in ("include_modules", "exclude_modules"):
            status, _, stderr = self._run("kmi_symbol_list", "--output=refused", f"--{flag}=[")
            self.assertEqual(status, 1)
            self.assertRegex(stderr, r"\Amodule filter `\[`: is not a regular expression \(.+\)\. To fix: .+\.\n\Z")
        self.assertFalse((self._folder / "refused").exists())


if __name__ == "__main__":
    absltest.main()
