from absl.testing import absltest, parameterized

from ksyms.errors import KsymsError
from ksyms.formats import symvers


def _fields(data):
    """Returns (symbol, module, licence, namespace) of each line."""
    return [tuple(line) for line in symvers.parse(data, "Module.symvers")]


class ModuleSymversTest(parameterized.TestCase):
    def test_what_is_written_is_read(self):
        lines = [
            symvers.Line(b"kfree", b"vmlinux", b"", b""),
            symvers.Line(b"dma_buf_get", b"drivers/dma-buf/dma-buf", b"GPL", b"DMA_BUF"),
        ]
        written = symvers.write(lines)
        self.assertEqual(symvers.parse(written, "Module.symvers"), lines[::-1])
        self.assertIn(b"\nkfree"[1:] + b"\tvmlinux\tEXPORT_SYMBOL\t\n", written)

    # Lines as each kernel version writes them (scripts/mod/modpost.c, write_dump).
    @parameterized.named_parameters(
        ("v4_19", b"0x2a9e5b3c\tkfree\tvmlinux\tEXPORT_SYMBOL", (b"kfree", b"vmlinux", b"", b"")),
        ("v5_3_gpl", b"0xa1b2c3d4\tusb_get_dev\tvmlinux\tEXPORT_SYMBOL_GPL", (b"usb_get_dev", b"vmlinux", b"GPL", b"")),
        ("v5_3_future", b"0x00000000\tx\tvmlinux\tEXPORT_SYMBOL_GPL_FUTURE", (b"x", b"vmlinux", b"GPL", b"")),
        ("v5_3_unused", b"0x00000000\tx\tvmlinux\tEXPORT_UNUSED_SYMBOL", (b"x", b"vmlinux", b"", b"")),
        ("v5_4", b"0x2a9e5b3c\tkfree\t\tvmlinux\tEXPORT_SYMBOL", (b"kfree", b"vmlinux", b"", b"")),
        (
            "v5_4_namespace",
            b"0x5e2f1a77\tusb_stor_probe1\tUSB_STORAGE\tdrivers/usb/storage/usb-storage\tEXPORT_SYMBOL_GPL",
            (b"usb_stor_probe1", b"drivers/usb/storage/usb-storage", b"GPL", b"USB_STORAGE"),
        ),
        ("v5_10", b"0x2a9e5b3c\tkfree\tvmlinux\tEXPORT_SYMBOL\t", (b"kfree", b"vmlinux", b"", b"")),
        (
            "v5_15_namespace",
            b"0x9c1d0e42\tdma_buf_get\tvmlinux\tEXPORT_SYMBOL_GPL\tDMA_BUF",
            (b"dma_buf_get", b"vmlinux", b"GPL", b"DMA_BUF"),
        ),
        (
            "v6_1_module",
            b"0x3f5a9b10\tsnd_hda_bind\tsound/pci/hda/snd-hda-codec\tEXPORT_SYMBOL_GPL\tSND_HDA",
            (b"snd_hda_bind", b"sound/pci/hda/snd-hda-codec", b"GPL", b"SND_HDA"),
        ),
        ("v6_6_gpl", b"0x0badcafe\tput_pid\tvmlinux\tEXPORT_SYMBOL_GPL\t", (b"put_pid", b"vmlinux", b"GPL", b"")),
        (
            "v6_12_external_module",
            b"0x11223344\tzfs_open\t/build/zfs/module/zfs\tEXPORT_SYMBOL\t",
            (b"zfs_open", b"/build/zfs/module/zfs", b"", b""),
        ),
        (
            "v6_16_for_modules",
            b"0x11223344\tkvm_x\tvmlinux\tEXPORT_SYMBOL_GPL\tmodule:kvm-intel,kvm-*",
            (b"kvm_x", b"vmlinux", b"GPL", b"module:kvm-intel,kvm-*"),
        ),
    )  # fmt: skip
    def test_line_of_each_kernel_version(self, line, fields):
        for end in (b"", b"\n", b"\r\n", b"\n\n", b"\n  \n"):
            self.assertEqual(_fields(line + end), [fields])

    def test_names_that_look_like_a_type_are_not_mistaken_for_it(self):
        self.assertEqual(
            _fields(b"EXPORT_SYMBOL\tEXPORT_SYMBOL\tEXPORT_SYMBOL\tEXPORT_SYMBOL\n"),
            [(b"EXPORT_SYMBOL", b"EXPORT_SYMBOL", b"", b"")],
        )
        self.assertEqual(
            _fields(b"0x0\tEXPORT_me\tEXPORT_NS\tvmlinux\tEXPORT_SYMBOL_GPL\n"),
            [(b"EXPORT_me", b"vmlinux", b"GPL", b"EXPORT_NS")],
        )
        # A namespace after the type does not make the symbol GPL-only.
        self.assertEqual(_fields(b"0x0\ta\tvmlinux\tEXPORT_SYMBOL\tX_GPL\n"), [(b"a", b"vmlinux", b"", b"X_GPL")])

    def test_order_of_the_file_is_kept(self):
        lines = b"0x0\tb\tvmlinux\tEXPORT_SYMBOL\t\n\n0x0\ta\tvmlinux\tEXPORT_SYMBOL\t\n"
        self.assertEqual([symbol for symbol, *_ in _fields(lines)], [b"b", b"a"])

    def test_empty_file_exports_nothing(self):
        self.assertEmpty(_fields(b""))

    def test_file_with_nothing_but_blank_lines_is_refused(self):
        for data in (b"\n", b" \r\n\t\n"):
            with self.assertRaisesRegex(KsymsError, r"has only blank lines\. To fix: .+\.$"):
                _fields(data)

    @parameterized.named_parameters(
        ("no_type", b"0x0\tkfree\tvmlinux", "has 3 columns and no EXPORT_SYMBOL"),
        ("five_columns_and_no_type", b"0x0\ta\tNS\tvmlinux\tGPL", "has 5 columns and no EXPORT_SYMBOL"),
        ("symbol_only", b"kfree", "has 1 columns and no EXPORT_SYMBOL"),
        ("no_crc", b"kfree\tvmlinux\tEXPORT_SYMBOL", "has 3 columns and no EXPORT_SYMBOL"),
        ("no_crc_and_a_namespace", b"kfree\tvmlinux\tEXPORT_SYMBOL\tEX", "has 4 columns and no EXPORT_SYMBOL"),
        ("no_crc_of_5_4", b"kfree\t\tvmlinux\tEX", "has 4 columns and no EXPORT_SYMBOL"),
        ("too_many", b"0x0\ta\tvmlinux\tEXPORT_SYMBOL\tNS\tmore", "has 6 columns and no EXPORT_SYMBOL"),
        ("blanks_instead_of_tabs", b"0x0 kfree vmlinux EXPORT_SYMBOL", "has 1 columns and no EXPORT_SYMBOL"),
        ("bad_symbol", b"0x0\tk free\tvmlinux\tEXPORT_SYMBOL\t", "has the symbol name 'k free'"),
        ("no_symbol", b"0x0\t\tvmlinux\tEXPORT_SYMBOL\t", "has the symbol name ''"),
        ("no_module", b"0x0\tkfree\t\tEXPORT_SYMBOL", "has the module ''"),
        ("not_utf8_symbol", b"0x0\tkfr\xe9e\tvmlinux\tEXPORT_SYMBOL\t", r"has the symbol name 'kfr\xe9e'"),
        ("not_utf8_module", b"0x0\tkfree\tvml\xe9nux\tEXPORT_SYMBOL\t", r"has the module 'vml\xe9nux'"),
        (
            "not_utf8_namespace",
            b"0x0\tkfree\tvmlinux\tEXPORT_SYMBOL\tN\xe9",
            r"has the module 'vmlinux' and the namespace 'N\xe9'",
        ),
    )
    def test_bad_line_is_refused_with_its_number_and_a_fix(self, line, problem):
        with self.assertRaises(KsymsError) as failure:
            symvers.parse(b"0x0\tgood\tvmlinux\tEXPORT_SYMBOL\t\r\n\r\n" + line + b"\r\n", "out/Module.symvers")
        self.assertStartsWith(str(failure.exception), f"out/Module.symvers:3: {problem}")
        self.assertRegex(str(failure.exception), r"\. To fix: .+\.$")

    def test_repeated_symbol_is_refused_with_both_lines(self):
        line = b"0x0\tkfree\tvmlinux\tEXPORT_SYMBOL\t\n"
        with self.assertRaisesRegex(KsymsError, r"^symvers:3: exports kfree again, after line 1\. To fix: remove one"):
            symvers.parse(line + b"\n" + line.replace(b"vmlinux", b"lib/x"), "symvers")

    def test_read_gives_the_result_of_parse_and_names_a_missing_file(self):
        data = b"0x0\tkfree\tvmlinux\tEXPORT_SYMBOL\t\n"
        path = self.create_tempfile("Module.symvers", data).full_path
        self.assertEqual(symvers.read(path), symvers.parse(data, path))
        with self.assertRaisesRegex(KsymsError, r"^/nowhere/symvers: cannot be read \(No such file.*\)\. To fix: .+"):
            symvers.read("/nowhere/symvers")


if __name__ == "__main__":
    absltest.main()
