"""Which files `bazel run //:format` looks at."""

import pathlib

from absl.testing import absltest

from tests.format import sources


class SourcesTest(absltest.TestCase):
    def found(self, files):
        """The Sources of a tree, given as {path: contents}."""
        top = pathlib.Path(self.create_tempdir().full_path)
        for name, contents in files.items():
            path = top / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(contents)
        return sources.find(top)

    def test_files_are_told_apart_by_suffix(self):
        found = self.found({"b/BUILD.bazel": "", "b/x.bzl": "", "a.py": "", "c.sh": "", "d.md": "", "e.c": ""})
        self.assertEqual(found, sources.Sources(["b/BUILD.bazel", "b/x.bzl"], ["a.py"], ["c.sh"]))

    def test_a_script_without_suffix_is_known_by_its_first_line(self):
        found = self.found({"tool": "#!/usr/bin/env bash\n", "list": "#!/usr/bin/python3\n", ".ci/run": "#!/bin/sh\n"})
        self.assertEqual(found.shell, [".ci/run", "tool"])

    def test_what_git_ignores_is_ignored(self):
        found = self.found(
            {
                ".gitignore": "bazel-*\n.venv/\n",
                "bazel-out/a.py": "",
                "b/.gitignore": "made.py\n",
                "b/made.py": "",
                "b/kept.py": "",
                "b/.venv/c.py": "",
                "made.py": "",
            }
        )
        self.assertEqual(found.python, ["b/kept.py", "made.py"])

    def test_another_checkout_is_ignored(self):
        found = self.found({".git": "gitdir: x\n", "a.py": "", "other/.git/HEAD": "", "other/b.py": ""})
        self.assertEqual(found.python, ["a.py"])


if __name__ == "__main__":
    absltest.main()
