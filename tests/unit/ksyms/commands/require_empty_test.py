import argparse
import os

from absl.testing import absltest

from ksyms.commands import require_empty
from ksyms.errors import FailedCheckError, KsymsError


class RequireEmptyTest(absltest.TestCase):
    def _run(self, report):
        output = os.path.join(self.create_tempdir().full_path, "output")
        try:
            require_empty.run(argparse.Namespace(output=output, report=report))
        finally:
            self._written = os.path.exists(output)

    def test_empty_report_gives_an_empty_output(self):
        self._run(self.create_tempfile("report", b"").full_path)
        self.assertTrue(self._written)

    def test_other_report_is_the_failure(self):
        with self.assertRaises(FailedCheckError) as failure:
            self._run(self.create_tempfile("report", "x: 1 problem\ncafé\n".encode()).full_path)
        self.assertEqual(str(failure.exception), "x: 1 problem\ncafé\n")
        self.assertFalse(self._written)

    def test_missing_report_is_named(self):
        with self.assertRaisesRegex(KsymsError, r"^/nowhere/report: cannot be read \(No such file.*\)\. To fix: .+\.$"):
            self._run("/nowhere/report")


if __name__ == "__main__":
    absltest.main()
