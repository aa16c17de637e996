"""What tests of a real kernel start with: the example built, and taken back to that after each edit."""

import os
import pathlib
import tempfile

from absl.testing import absltest

from tests.kernel import kernel_workspace

KERNEL = os.environ["KSYMS_KERNEL"]
# The line of the external module before which tests add calls.
BODY = '\tpr_info("goodbye\\n");\n'


class KernelTestCase(absltest.TestCase):
    """Tests of edits, all in one workspace.

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
        cls.furnish()
        cls._example = {path: path.read_text() for path in cls.workspace.path.rglob("*") if path.is_file()}
        cls.workspace.prune_cache()
        cls.first = cls.workspace.build_cached(*cls.workspace.everything())

    @classmethod
    def furnish(cls):
        """Adds to the workspace before its first build."""

    def setUp(self):
        super().setUp()
        self.addCleanup(self.restore)

    def restore(self):
        """Takes all edits back."""
        for path, text in self._example.items():
            path.write_text(text)
        self.workspace.restore_kernel()

    def build_first(self):
        """Brings the workspace to the state that edits start from."""
        self.workspace.build_cached(*self.workspace.everything())
