"""A real trimmed kernel built by Bazel: the one that plain make builds, and linked again only when necessary."""

import collections
import pathlib
import re
import shutil
import subprocess

from absl.testing import absltest

from tests.kernel import kernel_case, virtual_machine
from tests.kernel.kernel_case import BODY, KERNEL

_HERE = pathlib.Path(__file__).parent
_PLAIN = """
genrule(
    name = "plain",
    srcs = [
        ":{kernel}_config",
        ":plain_raw_symbol_list",
        "@{kernel}//:Kconfig",
        "@{kernel}//:files",
    ],
    outs = [
        "plain/" + out
        for out in ["vmlinux", "Module.symvers", "autoksyms.h", "make.log", "again", "first.log", "second.log"]
    ],
    cmd = " ".join([
        "$(location plain_make.sh)",
        "$(location @{kernel}//:Kconfig)",
        "$(location :{kernel}_config)",
        "$(location :plain_raw_symbol_list)",
        "$(RULEDIR)/plain",
    ]),
    tools = ["plain_make.sh"],
)

raw_symbol_list(
    name = "plain_raw_symbol_list",
    modules = [":{kernel}_hello_objects"],
    symbol_lists = ["abi_symbol_list"],
)
"""
_LOADS = 'load("@ksyms_rules//ksyms_rules:defs.bzl", "autoksyms_header", "raw_symbol_list", "validated_symbol_list")\n'
_HEADER = """
autoksyms_header(
    name = "autoksyms",
    symbol_lists = [":{kernel}_raw_symbol_list"],
)
"""
# The list of a shipped kernel's exports, and a module that has to load into that kernel.
_SHIPPED = """
validated_symbol_list(
    name = "shipped",
    modules = [":{kernel}_hello_objects"],
    symbol_lists = ["shipped_list"],
)
"""
_FREE = "\textern void kfree(const void *object);\n\tkfree(NULL);\n"
_VMLINUX_ACTIONS = ("KbuildConfig", "KbuildPrepare", "KbuildVmlinuxO", "KbuildVmlinux")


def _exports(vmlinux):
    """Returns the sorted symbols in the export tables of a kernel."""
    printed = subprocess.run(["nm", vmlinux], check=True, capture_output=True, text=True).stdout
    return sorted(re.findall(r" __ksymtab_(\w+)$", printed, re.MULTILINE))


class KernelTest(kernel_case.KernelTestCase):
    @classmethod
    def customize(cls):
        shutil.copy(_HERE / "plain_make.sh", cls.workspace.path)
        cls.workspace.prepend("BUILD.bazel", _LOADS)
        for text in (_PLAIN, _HEADER):
            cls.workspace.append("BUILD.bazel", text.format(kernel=KERNEL))

    def _built_after(self, file, old, new, in_kernel=False):
        """Builds, edits and builds again; returns {mnemonic: number of actions of the second build}."""
        self.build_first()
        (self.workspace.edit_kernel if in_kernel else self.workspace.edit)(file, old, new)
        return self._built()

    def _built(self):
        """Builds; returns {mnemonic: number of actions}."""
        log = self.workspace.build_cached(*self.workspace.everything())
        return collections.Counter(spawn["mnemonic"] for spawn in log.spawns)

    def _assert_no_vmlinux(self, actions):
        self.assertEqual([actions[mnemonic] for mnemonic in _VMLINUX_ACTIONS], [0, 0, 0, 0], actions)

    def _assert_final_link(self, actions):
        self.assertEqual([actions[mnemonic] for mnemonic in _VMLINUX_ACTIONS], [0, 0, 0, 1], actions)

    def _hello(self):
        return self.workspace.path / f"bazel-bin/{KERNEL}_hello/hello.ko"

    def test_first_build_links_vmlinux_once(self):
        self.assertEqual(self.first.ran("KbuildVmlinux") + self.first.hits("KbuildVmlinux"), 1)
        logs = [self.workspace.text(f"{KERNEL}/vmlinux.log")]
        if KERNEL != "linux_6_1":
            logs.append(self.workspace.text(f"{KERNEL}_config/vmlinux_o.log"))
        made = "".join(logs)
        self.assertLen(re.findall(r"^  LD +vmlinux\.o$", made, re.MULTILINE), 1)
        self.assertLen(re.findall(r"^  LD +vmlinux$", made, re.MULTILINE), 1)
        self.assertNotRegex(made, r"\[M\]")

    def test_vmlinux_is_the_one_of_plain_make(self):
        self.workspace.build_cached("//:plain", "//:autoksyms", *self.workspace.everything())
        ours, plain = (self.workspace.path / "bazel-bin" / path for path in (f"{KERNEL}/vmlinux", "plain/vmlinux"))
        self.assertNotEmpty(_exports(plain))
        self.assertEqual(_exports(ours), _exports(plain))
        self.assertEqual(ours.read_bytes(), plain.read_bytes())
        if KERNEL == "linux_6_1":
            header = self.workspace.output("plain/autoksyms.h")
            self.assertEqual(
                self.workspace.output(f"{KERNEL}/vmlinux.tree/objects/include/generated/autoksyms.h"), header
            )
            self.assertEqual(self.workspace.output("autoksyms/include/generated/autoksyms.h"), header)
            # A bug of kbuild that these rules do not have; see test_new_symbol_links_vmlinux_once_and_succeeds.
            self.assertIn('"dump_stack" [drivers/net/dummy.ko] undefined!', self.workspace.text("plain/first.log"))
            self.assertEqual(self.workspace.text("plain/again"), "first: 2\nsecond: 0\n")

    def test_boots_and_bazel_and_the_kernel_refuse_a_module_with_a_missing_symbol(self):
        self.build_first()
        image = self._copy(self.workspace.path / f"bazel-bin/{KERNEL}/bzImage", "bzImage")
        modules = [
            self._copy(self.workspace.path / f"bazel-bin/{KERNEL}{suffix}", suffix) for suffix in ("_modules", "_hello")
        ]
        shipped = self.workspace.output(f"{KERNEL}_raw_symbol_list.txt")
        (self.workspace.path / "shipped_list").write_bytes(shipped)
        self.workspace.append("BUILD.bazel", _SHIPPED.format(kernel=KERNEL))
        self.workspace.build_cached("//:shipped")
        self.workspace.edit("hello/hello.c", BODY, "\tdump_stack();\n" + BODY)
        with self.assertRaisesRegex(AssertionError, r"dump_stack +is in no symbol list .* needed by hello\.o"):
            self.workspace.build_cached("//:shipped")
        self.workspace.build_cached(*self.workspace.everything())
        console, names = virtual_machine.boot(
            image, self.workspace.release(), modules, self._hello(), pathlib.Path(self.create_tempdir().full_path)
        )
        lines = console.splitlines()
        self.assertGreaterEqual(len(names), 16)
        for name in names:
            self.assertIn(f"test: loaded {name}", lines, console)
        self.assertIn("test: read from a loop device", lines, console)
        self.assertIn("test: left 0", lines, console)
        self.assertIn("test: end", lines, console)
        self.assertRegex(console, r"hello: Unknown symbol dump_stack")
        self.assertNotIn("test: accepted", console)

    def _copy(self, path, name):
        target = pathlib.Path(self.create_tempdir().full_path) / name
        (shutil.copytree if path.is_dir() else shutil.copy)(path, target)
        return target

    def test_in_tree_module_edit_does_not_link_vmlinux(self):
        actions = self._built_after("drivers/net/dummy.c", "numdummies = 1;", "numdummies = 2;", in_kernel=True)
        self._assert_no_vmlinux(actions)
        self.assertEqual(actions["KbuildModuleObjects"], 1)
        self.assertNotIn("KsymsRawSymbolList", actions)

    def test_external_module_edit_does_not_link_vmlinux(self):
        actions = self._built_after("hello/hello.c", "goodbye", "farewell")
        self._assert_no_vmlinux(actions)
        self.assertEqual((actions["KbuildExternalModule"], actions["KbuildModules"]), (1, 1))
        self.assertIn(b"farewell", self._hello().read_bytes())

    def test_comment_in_a_symbol_list_does_not_link_vmlinux(self):
        actions = self._built_after("abi_symbol_list", "[abi_symbol_list]\n", "[abi_symbol_list]\n# a comment\n")
        self.assertEqual(actions, {"KsymsRawSymbolList": 1})

    def test_new_use_of_an_exported_symbol_does_not_link_vmlinux(self):
        self.assertIn("\nkfree\n", self.workspace.text(f"{KERNEL}_raw_symbol_list.txt"))
        actions = self._built_after("hello/hello.c", BODY, _FREE + BODY)
        self._assert_no_vmlinux(actions)
        self.assertIn(b"\0kfree\0", self._hello().read_bytes())

    def test_edit_of_a_header_of_modules_does_not_link_vmlinux(self):
        actions = self._built_after("fs/ext2/ext2.h", "/*\n", "/* An edit\n", in_kernel=True)
        self._assert_no_vmlinux(actions)
        self.assertEqual(actions["KbuildModuleObjects"], 1)

    def test_new_symbol_links_vmlinux_once_and_succeeds(self):
        actions = self._built_after("hello/hello.c", BODY, "\tdump_stack();\n" + BODY)
        self._assert_final_link(actions)
        self.assertIn("dump_stack", _exports(self.workspace.path / f"bazel-bin/{KERNEL}/vmlinux"))
        # Dropping it links vmlinux once, too.
        self.restore()
        self._assert_final_link(self._built())
        self.assertNotIn("dump_stack", _exports(self.workspace.path / f"bazel-bin/{KERNEL}/vmlinux"))

    def test_edit_of_a_built_in_source_links_vmlinux_once(self):
        actions = self._built_after("init/main.c", "Kernel command line: ", "Command line: ", in_kernel=True)
        self.assertEqual(actions["KbuildVmlinux"], 1)
        self.assertNotIn("KbuildModuleObjects", actions)
        self.assertIn(b"Command line: %s", self.workspace.output(f"{KERNEL}/vmlinux"))

    def test_module_that_cannot_be_loaded_is_refused(self):
        self.build_first()
        self.workspace.edit("hello/hello.c", 'MODULE_LICENSE("GPL");', "")
        with self.assertRaisesRegex(AssertionError, r"missing MODULE_LICENSE.*(?s:.*)To fix: say MODULE_LICENSE"):
            self.workspace.build_cached(self.workspace.target("_hello"))
        self.restore()
        self.workspace.edit("hello/hello.c", BODY, "\tno_such_function();\n" + BODY)
        self.workspace.edit("hello/hello.c", "DECLARE_CRC8", "void no_such_function(void);\nDECLARE_CRC8")
        with self.assertRaisesRegex(
            AssertionError, r'"no_such_function" \[.*hello.ko\] undefined!(?s:.*)To fix: export'
        ):
            self.workspace.build_cached(self.workspace.target("_hello"))


if __name__ == "__main__":
    absltest.main()
