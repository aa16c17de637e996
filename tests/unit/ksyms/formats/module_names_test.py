from absl.testing import absltest

from ksyms.formats.module_names import module_name


class ModuleNameTest(absltest.TestCase):
    def test_is_the_name_in_proc_modules(self):
        for path in ("drivers/x/snd-hda.ko", "snd-hda", "snd_hda.o", "/abs/snd-hda.ko.xz"):
            self.assertEqual(module_name(path), "snd_hda")


if __name__ == "__main__":
    absltest.main()
