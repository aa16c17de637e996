"""A compiler that is replaced under the same name: the kernel is configured again."""

import pathlib
import shutil
import tempfile

from absl.testing import absltest

from tests.kernel import kernel_workspace
from tests.kernel.kernel_case import KERNEL

_COMPILER = """#!/bin/sh
case "$*" in
  --version) echo "gcc (of this test) {version}" ;;
  *) exec /usr/bin/gcc "$@" ;;
esac
"""


class CompilerTest(absltest.TestCase):
    def setUp(self):
        super().setUp()
        folder = pathlib.Path(tempfile.mkdtemp(dir=absltest.TEST_TMPDIR.value))
        self._programs = folder / "programs"
        self._programs.mkdir()
        path = f"PATH={self._programs}:/usr/bin:/bin"
        flags = [f"--action_env={path}", f"--repo_env={path}"]
        self.workspace = kernel_workspace.KernelWorkspace(folder / "here", KERNEL, flags)
        self.addCleanup(self.workspace.close)

    def _install(self, version):
        compiler = self._programs / "gcc"
        compiler.unlink(missing_ok=True)
        compiler.write_text(_COMPILER.format(version=version))
        compiler.chmod(0o755)

    def _configurations(self):
        return self.workspace.build(self.workspace.target("_config")).ran("KbuildConfig")

    def _version(self):
        lines = self.workspace.text(f"{KERNEL}_config/config").splitlines()
        return [line for line in lines if line.startswith("CONFIG_CC_VERSION_TEXT=")]

    def test_replaced_compiler_is_noticed(self):
        self._install("99.1")
        self.assertEqual(self._configurations(), 1)
        self.assertEqual(self._version(), ['CONFIG_CC_VERSION_TEXT="gcc (of this test) 99.1"'])
        self.assertEqual(self._configurations(), 0)
        self._install("99.2")
        self.assertEqual(self._configurations(), 1)
        self.assertEqual(self._version(), ['CONFIG_CC_VERSION_TEXT="gcc (of this test) 99.2"'])
        # Without the first folder of PATH, the compiler is found in the next one.
        shutil.rmtree(self._programs)
        self.assertEqual(self._configurations(), 1)
        self.assertNotIn("of this test", self._version()[0])


if __name__ == "__main__":
    absltest.main()
