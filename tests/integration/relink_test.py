"""How often vmlinux is linked, by Bazel's execution log: once, and again only if the exported set changes."""

import pathlib
import shutil
import tempfile

from absl.testing import absltest

from tests.integration import example
from tests.integration.quickstart import Quickstart, links

_FIRST_EXPORTS = ["kfree", "kmalloc", "printk", "register_driver"]
_HEADER_MODULES = '    name = "autoksyms",\n    modules = [":module_symbols"],\n'


class RelinkTest(example.ExampleTest):
    @classmethod
    def make(cls, folder):
        return Quickstart(folder)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first = cls.workspace.build()
        cls.first_exports = cls.workspace.exports()

    def setUp(self):
        super().setUp()
        self.workspace.build()

    def _add_symbol_list(self):
        """Adds a complete symbol list to the header, and builds it."""
        self.workspace.edit(
            "BUILD.bazel", _HEADER_MODULES, _HEADER_MODULES + '    symbol_lists = ["abi_symbol_list"],\n'
        )
        self.workspace.build()

    def test_first_build_links_once(self):
        self.assertEqual(links(self.first), 1)
        self.assertEqual(self.first_exports, _FIRST_EXPORTS)

    def test_nothing_changed(self):
        self.assertEqual(self.workspace.build().spawns, [])

    def test_body_of_a_module_changed(self):
        self.workspace.edit("modules/hello.c", 'printk("hello")', 'printk("good morning")')
        log = self.workspace.build()
        self.assertEqual(links(log), 0)
        self.assertEqual(log.ran("KsymsExtract"), 1)
        self.assertEqual(log.ran("KsymsAutoksymsHeader"), 0)

    def test_module_uses_a_symbol_that_another_module_uses(self):
        self.workspace.edit("modules/hello.c", 'printk("hello");', 'printk("hello");\n\tkfree(kmalloc(1));')
        log = self.workspace.build()
        self.assertEqual(links(log), 0)
        self.assertEqual(log.ran("KsymsAutoksymsHeader"), 1)

    def test_module_uses_a_new_symbol(self):
        # kbuild 6.1 fails at the first build after such an edit, and succeeds at the second.
        self.workspace.edit("modules/hello.c", 'printk("hello");', 'printk("hello");\n\tktime_get();')
        log = self.workspace.build()
        self.assertEqual(links(log), 1)
        self.assertEqual(self.workspace.exports(), sorted(_FIRST_EXPORTS + ["ktime_get"]))

    def test_module_drops_a_symbol_that_no_other_module_uses(self):
        self.workspace.edit("modules/hello.c", 'printk("hello");', "")
        log = self.workspace.build()
        self.assertEqual(links(log), 1)
        self.assertNotIn("printk", self.workspace.exports())

    def test_header_of_a_complete_list_does_not_depend_on_modules(self):
        self._add_symbol_list()
        with_modules = self.workspace.output("autoksyms/include/generated/autoksyms.h")
        self.workspace.edit("BUILD.bazel", _HEADER_MODULES, '    name = "autoksyms",\n')
        self.assertEqual(links(self.workspace.build()), 0)
        self.assertEqual(self.workspace.output("autoksyms/include/generated/autoksyms.h"), with_modules)
        self.assertEqual(self.workspace.exports(), sorted(_FIRST_EXPORTS + ["ktime_get"]))

    def test_new_use_of_a_listed_symbol(self):
        self._add_symbol_list()
        self.workspace.edit("modules/hello.c", 'printk("hello");', 'printk("hello");\n\tktime_get();')
        self.assertEqual(links(self.workspace.build()), 0)

    def test_comment_edited_in_a_symbol_list(self):
        self._add_symbol_list()
        self.workspace.edit("abi_symbol_list", "# all that", "# everything that")
        log = self.workspace.build()
        self.assertEqual(links(log), 0)
        self.assertEqual(log.ran("KsymsAutoksymsHeader"), 1)

    def test_module_added_whose_needs_are_covered(self):
        shutil.copy(self.workspace.path / "modules/counter.c", self.workspace.path / "modules/meter.c")
        self.workspace.append("BUILD.bazel", '\nkernel_module(name = "meter", src = "modules/meter.c")\n')
        self.workspace.edit("BUILD.bazel", '        ":hello",\n', '        ":hello",\n        ":meter",\n')
        log = self.workspace.build()
        self.assertEqual(links(log), 0)
        self.assertEqual(log.ran("KsymsExtract"), 1)

    def test_module_list_reordered(self):
        self.workspace.edit(
            "BUILD.bazel", '        ":counter",\n        ":hello",\n', '        ":hello",\n        ":counter",\n'
        )
        self.assertEqual(links(self.workspace.build()), 0)

    def test_ko_in_place_of_o(self):
        # The origin of this project: __this_module is undefined in the .o and defined in the .ko.
        undefined = self.workspace.output("module_symbols.ksyms/hello.usyms")
        self.workspace.edit("BUILD.bazel", '        ":hello",\n', '        ":hello_ko",\n')
        log = self.workspace.build()
        self.assertEqual(links(log), 0)
        without = self.workspace.output("module_symbols.ksyms/hello_ko.usyms")
        self.assertEqual(undefined.replace(b"__this_module\n", b""), without)
        self.assertNotEqual(undefined, without)

    def test_other_directory_and_output_base_with_a_shared_disk_cache(self):
        cache = f"--disk_cache={self.folder / 'cache'}"
        first = Quickstart(self.folder / "one", [cache])
        second = Quickstart(self.folder / "another/place", [cache])
        try:
            self.assertEqual(links(first.build()), 1)
            log = second.build()
            self.assertEqual(log.hits("CppLink", "vmlinux"), 1)
            self.assertEqual(log.missed(), [])
        finally:
            first.close()
            second.close()


class BrokenHeaderTest(absltest.TestCase):
    """A control: the counts above notice a header that depends on more than the exported set."""

    def test_header_with_a_digest_of_the_modules_relinks_at_a_body_edit(self):
        folder = pathlib.Path(tempfile.mkdtemp(dir=absltest.TEST_TMPDIR.value))
        workspace = Quickstart(folder)
        workspace.append("BUILD.bazel", _BROKEN_HEADER)
        workspace.edit("BUILD.bazel", '[\n        ":autoksyms"', '[\n        ":broken_autoksyms"')
        try:
            self.assertEqual(links(workspace.build()), 1)
            workspace.edit("modules/hello.c", 'printk("hello")', 'printk("good morning")')
            self.assertEqual(links(workspace.build()), 1)
        finally:
            workspace.close()


_BROKEN_HEADER = """
genrule(
    name = "broken_header",
    srcs = [":autoksyms", ":hello", ":counter"],
    outs = ["broken/generated/autoksyms.h"],
    cmd = "{ cat $(location :autoksyms); " +
          "cat $(SRCS) | sha256sum | sed 's/ .*/[1];/; s/^/static char __attribute__((used)) digest_/'; } >$@",
)

cc_library(
    name = "broken_autoksyms",
    hdrs = [":broken_header"],
    includes = ["broken"],
)
"""


if __name__ == "__main__":
    absltest.main()
