"""Base class of tests of a real kernel: builds the example, and undoes the edits after each test."""

import os
import pathlib
import tempfile

from absl.testing import absltest

from tests.kernel import kernel_workspace

KERNEL = os.environ["KSYMS_KERNEL"]
# A line of the external module; tests insert calls before it.
BODY = '\tpr_info("goodbye\\n");\n'


class KernelTestCase(absltest.TestCase):
    """Tests of edits, in one workspace.

    Attributes:
      workspace: kernel_workspace.KernelWorkspace
      first: example.Log of the first build.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.folder = pathlib.Path(tempfile.mkdtemp(dir=absltest.TEST_TMPDIR.value))
        cls.workspace = kernel_workspace.KernelWorkspace(
            cls.folder / "here", KERNEL, ["--output_groups=+log,+tree,+prepared"]
        )
        cls.addClassCleanup(cls.workspace.close)
        cls.customize()
        cls._example = {path: path.read_text() for path in cls.workspace.path.rglob("*") if path.is_file()}
        cls.workspace.prune_cache()
        cls.first = cls.workspace.build_cached(*cls.workspace.everything())

    @classmethod
    def customize(cls):
        """Changes the workspace before its first build; for subclasses."""

    def setUp(self):
        super().setUp()
        self.addCleanup(self.restore)

    def restore(self):
        """Undoes all edits."""
        for path, text in self._example.items():
            path.write_text(text)
        self.workspace.restore_kernel()

    def build_first(self):
        """Builds the unedited workspace, the state before an edit."""
        self.workspace.build_cached(*self.workspace.everything())
