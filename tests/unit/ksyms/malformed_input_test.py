"""For any bytes, a reader raises KsymsError or returns the right list; it never crashes or returns a shorter list."""

import os

import hypothesis
from absl.testing import absltest, parameterized
from hypothesis import strategies

from ksyms.elf import fast_reader, general_reader, object_file
from ksyms.errors import KsymsError
from tests.elf_files import ar_files, elf_files, module_files

_EXPORTS = [module_files.Export(b"plain"), module_files.Export(b"spaced", b"GPL", b"NETDEV")]
_LAYOUTS = strategies.sampled_from(list(elf_files.LAYOUTS.values()))
_FORMS = strategies.sampled_from(module_files.EXPORT_FORMS)
# The same cases on every run, because Bazel caches test results as a function of their inputs.
_SETTINGS = hypothesis.settings(database=None, deadline=None, derandomize=True, max_examples=500)


def _module(layout=elf_files.X86_64, form=module_files.LINKED, headers_first=False):
    return module_files.write(
        [b"printk", b"kfree"], [b"optional"], [b"init_module"], _EXPORTS, form, layout, headers_first=headers_first
    )


class MalformedInputTest(parameterized.TestCase):
    def setUp(self):
        super().setUp()
        self._path = self.create_tempfile("input").full_path

    def _file(self, data):
        with open(self._path, "wb") as file:
            file.write(data)
        return self._path

    def _read(self, data):
        """Returns the symbols, or None for KsymsError; any other exception fails the test."""
        try:
            return object_file.read(self._file(data))
        except KsymsError:
            return None

    def _read_hot(self, data):
        file = os.open(self._file(data), os.O_RDONLY)
        try:
            return fast_reader.read(file, 0, len(data), data[:64], with_defined=True)
        except fast_reader.Irregular:
            return None
        finally:
            os.close(file)

    def _read_general(self, data):
        try:
            return general_reader.read(data, "input", with_defined=True)
        except KsymsError:
            return None

    def _assert_readers_agree(self, data):
        hot, general = self._read_hot(data), self._read_general(data)
        if hot and general:
            self.assertEqual(hot, general)

    @parameterized.named_parameters(
        ("headers_last", elf_files.X86_64, False),
        ("headers_first", elf_files.X86_64, True),
        ("elf32_headers_first", elf_files.I386, True),
        ("big_endian_headers_first", elf_files.S390X, True),
    )
    def test_object_truncated_anywhere_is_refused_or_read_whole(self, layout, headers_first):
        data = _module(layout, headers_first=headers_first)
        whole = self._read(data)
        self.assertEqual((whole.undefined, len(whole.exported)), ([b"printk", b"kfree"], 2))
        for length in range(len(data)):
            symbols = self._read(data[:length])
            if symbols is not None:
                self.assertEqual(symbols, whole, f"of the first {length} bytes")

    def test_archive_truncated_inside_a_member_is_refused(self):
        first, second = _module(), elf_files.write([elf_files.Symbol(b"vfree")])
        data = ar_files.gnu({b"first.o": first, b"second.o": second})
        end_of_first = len(data) - 60 - len(second)
        self.assertEqual(self._read(data).undefined, [b"printk", b"kfree", b"vfree"])
        for length in range(len(data)):
            if length != end_of_first:  # a valid archive of one member
                self.assertIsNone(self._read(data[:length]), f"the first {length} bytes")

    @_SETTINGS
    @hypothesis.given(strategies.data(), _LAYOUTS, _FORMS)
    def test_corrupt_byte_is_refused_or_read_in_the_same_way_by_both_readers(self, draw, layout, form):
        data = bytearray(_module(layout, form))
        position = draw.draw(strategies.integers(0, len(data) - 1))
        data[position] = draw.draw(strategies.integers(0, 255))
        self._read(bytes(data))
        self._assert_readers_agree(bytes(data))

    @_SETTINGS
    @hypothesis.given(strategies.data())
    def test_corrupt_headers_are_refused_or_read_in_the_same_way_by_both_readers(self, draw):
        data = bytearray(_module(headers_first=True))
        sections_end = 64 + int.from_bytes(data[60:62], "little") * 64
        for _ in range(draw.draw(strategies.integers(1, 4))):
            position = draw.draw(strategies.integers(4, sections_end // 4)) * 4
            value = draw.draw(strategies.integers(0, 20) | strategies.integers(0, 0xFFFFFFFF))
            data[position : position + 4] = value.to_bytes(4, "little")
        self._read(bytes(data))
        self._assert_readers_agree(bytes(data))

    @_SETTINGS
    @hypothesis.given(strategies.data(), strategies.sampled_from([ar_files.gnu, ar_files.bsd, ar_files.thin]))
    def test_corrupt_archive_is_refused_or_read(self, draw, write):
        data = bytearray(write({b"a_rather_long_member_name.o": _module(), b"b.o": _module()}, symbol_table=b"\0" * 4))
        headers = [position for position in range(len(data)) if data[position : position + 2] == b"`\n"]
        position = draw.draw(strategies.sampled_from(headers)) - draw.draw(strategies.integers(-20, 58))
        hypothesis.assume(position < len(data))
        data[position] = draw.draw(strategies.integers(0, 255))
        self._read(bytes(data))

    @_SETTINGS
    @hypothesis.given(strategies.binary(max_size=200))
    def test_anything_after_a_magic_number_is_refused_or_read(self, data):
        for magic in (b"", b"\x7fELF", b"!<arch>\n", b"!<thin>\n"):
            self._read(magic + data)


if __name__ == "__main__":
    absltest.main()
