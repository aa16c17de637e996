"""A kernel with more module targets than one merge action takes: how far a change in one of them goes."""

import pathlib
import re
import tempfile

from absl.testing import absltest

from tests.elf_files import module_files
from tests.integration import every_rule

_HEADER = "autoksyms/include/generated/autoksyms.h"


class MergeTest(absltest.TestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.workspace = every_rule.EveryRule(pathlib.Path(tempfile.mkdtemp(dir=absltest.TEST_TMPDIR.value)))

    @classmethod
    def tearDownClass(cls):
        cls.workspace.close()
        super().tearDownClass()

    def setUp(self):
        super().setUp()
        self._change([])

    def _change(self, needs):
        """Adds undefined symbols to a module; returns the numbers of extractions, merges and headers that it causes."""
        module = module_files.write([b"printk", b"need_0", b"zeta", *needs])
        (self.workspace.path / "modules/plain_0.ko").write_bytes(module)
        log = self.workspace.build("//:autoksyms")
        return [log.ran(mnemonic) for mnemonic in ("KsymsExtract", "KsymsMerge", "KsymsAutoksymsHeader")]

    def test_header_has_what_the_modules_of_all_targets_need(self):
        defined = re.findall(rb"^#define __KSYM_(\S+) 1$", self.workspace.output(_HEADER), re.MULTILINE)
        needed = [b"Printk", b"__tracepoint_sched", b"api", b"entry", b"kfree", b"printk", b"zeta"]
        needed += [b"need_%d" % number for number in range(18)]
        self.assertEqual(defined, sorted([*needed, b"kmalloc", b"module_layout"]))

    def test_symbol_that_another_module_of_the_merge_needs_stops_there(self):
        self.assertEqual(self._change([b"need_1"]), [1, 1, 0])

    def test_new_symbol_runs_the_header_again(self):
        self.assertEqual(self._change([b"need_of_no_other"]), [1, 1, 1])
        self.assertIn(b"need_of_no_other", self.workspace.output(_HEADER))


if __name__ == "__main__":
    absltest.main()
