import os
import pathlib

from absl.testing import absltest

from kbuild import external_sources
from kbuild.build_tree import BuildTree
from ksyms.errors import KsymsError


class ExternalSourcesTest(absltest.TestCase):
    def setUp(self):
        super().setUp()
        folder = pathlib.Path(self.create_tempdir().full_path)
        self.srcs = []
        for place in ("common/Kbuild", "nat64/Makefile", "include/driver.h"):
            (folder / "srcs" / place).parent.mkdir(parents=True)
            (folder / "srcs" / place).write_text("")
            self.srcs.append(f"{place}={folder}/srcs/{place}")
        (folder / "linux").mkdir()
        self.tree = BuildTree(str(folder / "work"), str(folder / "linux"))

    def test_folders_are_found_in_the_order_given(self):
        folders = external_sources.link(self.tree, self.srcs, ["nat64", "common"])
        self.assertEqual(folders, [os.path.join(self.tree.module.path, name) for name in ("nat64", "common")])
        self.assertEqual(external_sources.top(self.tree, folders), self.tree.module.path)
        self.assertEqual(external_sources.top(self.tree, folders[:1]), folders[0])

    def test_folder_without_a_kbuild_file_is_refused(self):
        for place in ("include", "missing", ""):
            with self.subTest(place), self.assertRaises(KsymsError) as error:
                external_sources.link(self.tree, self.srcs, [place])
            self.assertEqual(error.exception.fix, "name one of its folders: common, nat64")


if __name__ == "__main__":
    absltest.main()
