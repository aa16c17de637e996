import pathlib

from absl.testing import absltest

from kbuild import modules_order


class ModulesOrderTest(absltest.TestCase):
    def setUp(self):
        super().setUp()
        self.folder = pathlib.Path(self.create_tempdir().full_path)

    def _read(self, text):
        (self.folder / "modules.order").write_text(text)
        return modules_order.read(str(self.folder))

    def test_modules_are_in_the_order_of_kbuild(self):
        self.assertEqual(self._read("net/veth.ko\nlib/crc8.ko\n"), ["net/veth", "lib/crc8"])
        # Later kernels name them by their objects.
        self.assertEqual(self._read("net/veth.o\nlib/crc8.o\n"), ["net/veth", "lib/crc8"])

    def test_absolute_paths_of_an_external_module_become_relative(self):
        self.assertEqual(self._read(f"{self.folder}/src/hello.o\n"), ["src/hello"])

    def test_folder_in_which_nothing_was_built_has_none(self):
        self.assertEmpty(modules_order.read(str(self.folder)))


if __name__ == "__main__":
    absltest.main()
