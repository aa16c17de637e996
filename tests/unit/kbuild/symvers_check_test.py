from absl.testing import absltest

from kbuild import symvers_check
from ksyms.errors import FailedCheckError

_KERNEL = "0x0\t_printk\tvmlinux\tEXPORT_SYMBOL\t\n0x0\tkfree\tvmlinux\tEXPORT_SYMBOL\t\n"
_MODULE = "0x0\tcrc8\tlib/crc8\tEXPORT_SYMBOL\t\n"


class SymversCheckTest(absltest.TestCase):
    def _check(self, symvers):
        symvers_check.check(symvers, self.create_tempfile("vmlinux.symvers", _KERNEL).full_path)

    def test_what_vmlinux_and_modules_export_is_accepted(self):
        self._check(_MODULE + _KERNEL)

    def test_symbol_that_was_trimmed_away_is_refused(self):
        trimmed = "0x0\tmodule_layout\tvmlinux\tEXPORT_SYMBOL\t\n"
        with self.assertRaisesRegex(
            FailedCheckError,
            "^vmlinux does not export module_layout, which in-tree .* To fix: .*modversions.* raw_symbol_list",
        ):
            self._check(_KERNEL + trimmed)


if __name__ == "__main__":
    absltest.main()
