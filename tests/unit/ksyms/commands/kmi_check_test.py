import argparse
import json
import os

from absl.testing import absltest, parameterized

from ksyms.commands import kmi_check
from ksyms.errors import KsymsError


def _record(module, undefined=(), weak=(), exported=(), signed=False):
    exports = [[name, "", ""] for name in exported]
    fields = {"module": module, "signed": signed, "machine": 62, "undefined": undefined, "weak": weak}
    return json.dumps(fields | {"exported": exports}) + "\n"


class KmiCheckTest(parameterized.TestCase):
    def setUp(self):
        super().setUp()
        self._folder = self.create_tempdir()
        os.chdir(self._folder.full_path)  # so that reports have short paths
        self._file("list", "[abi_symbol_list]\n  kfree\n  printk\n")
        self._file("records", _record("x.ko", ["kfree"]))
        self._file("exports", "kfree\tvmlinux\t\t\nprintk\tvmlinux\tGPL\t\n")

    def _file(self, name, text):
        data = text if isinstance(text, bytes) else text.encode()
        self._folder.create_file(name, data)
        return name

    def _check(self, *arguments):
        """Runs the command; returns its report."""
        parser = argparse.ArgumentParser()
        kmi_check.add_arguments(parser)
        kmi_check.run(parser.parse_args(["--output=report", *arguments]))
        with open("report", encoding="utf-8") as file:
            return file.read()

    def test_report_without_problems_is_empty(self):
        self._file("deny", "filp_open file operation\n")
        self._file("protected", "secret\n")
        checks = ("--strict", "--check_tracepoints", "--check_order", "--check_unique")
        inputs = ("--symbol_lists=list", "--records=records", "--exports=exports", "--deny_lists=deny")
        self.assertEqual(self._check(*inputs, "--protected_exports=protected", *checks), "")

    def test_report_of_several_problems_is_a_table(self):
        self._file("list", "[abi_symbol_list]\n  printk\n  kfree\n  filp_open\n  kfree\n  __tracepoint_x\n")
        self._file("more", "[abi_symbol_list]\n  printk\n")
        self._file("deny", "filp_open\tfile operation\n")
        self._file("protected", "[abi_symbol_list]\n  secret\n")
        self._file("records", _record("x.ko", ["kfree", "missing", "secret"]) + _record("y.ko", ["missing"], ["hook"]))
        inputs = ("--symbol_lists=list", "--symbol_lists=more", "--records=records", "--exports=exports")
        report = self._check(
            *inputs, "--deny_lists=deny", "--protected_exports=protected", "--strict", "--check_tracepoints",
            "--check_order", "--check_unique", "--title=//device:abi_test", "--fix=bazel run //device:update",
        )  # fmt: skip
        self.assertEqual(
            report,
            """\
//device:abi_test: 11 problems

  symbol          problem                                               where
  __tracepoint_x  is listed but not exported by the kernel              list:6
  __tracepoint_x  is listed without __traceiter_x                       list:6
  filp_open       is denied: file operation                             list:4
  filp_open       is listed but not exported by the kernel              list:4
  filp_open       is out of order, after kfree                          list:4
  kfree           is listed again, after list:3                         list:5
  kfree           is out of order, after printk                         list:3
  missing         is in no symbol list and exported by no other module  needed by x.ko, y.ko
  printk          is listed again, after list:2                         more:2
  secret          is in no symbol list and exported by no other module  needed by x.ko
  secret          is protected, and in no symbol list                   needed by x.ko

To fix: bazel run //device:update
""",
        )

    def test_report_of_a_built_list_does_not_name_the_configuration(self):
        reports = set()
        for configuration in ("k8-fastbuild", "cfg"):
            path = self._file(f"bazel-out/{configuration}/bin/device/list", "kfree\nkfree\n")
            reports.add(self._check(f"--symbol_lists={path}", "--check_unique"))
        (report,) = reports
        self.assertIn("is listed again, after device/list:1  device/list:2\n", report)

    def test_one_problem_is_counted_as_one(self):
        self._file("records", _record("x.ko", ["missing"]))
        report = self._check("--symbol_lists=list", "--records=records")
        self.assertStartsWith(report, "KMI symbol list: 1 problem\n\n  symbol   problem")
        self.assertEndsWith(report, "needed by x.ko\n\nTo fix: edit the symbol list\n")

    @parameterized.named_parameters(
        ("strict", "--strict", "gone\n", "is listed but not exported by the kernel"),
        ("tracepoints", "--check_tracepoints", "__tracepoint_x\n", "is listed without __traceiter_x"),
        ("order", "--check_order", "b\na\n", "is out of order, after b"),
        ("unique", "--check_unique", "a\na\n", "is listed again"),
    )
    def test_check_runs_only_on_request(self, flag, text, problem):
        self._file("list", text)
        self.assertEqual(self._check("--symbol_lists=list"), "")
        self.assertIn(problem, self._check("--symbol_lists=list", flag))

    def test_strict_accepts_exports_of_the_kernel_and_of_gki_modules(self):
        self._file("list", "kfree\nof_gki\nof_user\n")
        self._file("records", _record("x.ko", exported=["of_user"]) + _record("g.ko", exported=["of_gki"], signed=True))
        arguments = ("--symbol_lists=list", "--records=records", "--strict", "--signed_modules_are_gki")
        report = self._check(*arguments, "--exports=exports")
        self.assertIn(": 1 problem\n", report)
        self.assertIn("  of_user  is listed but not exported by the kernel  list:3\n", report)
        self.assertIn("  kfree    is listed but not exported by the kernel  list:1\n", self._check(*arguments))
        self._file("other", _record("other.ko"))
        self.assertEqual(self._check(*arguments, "--records=other", "--exports=exports", "--gki_modules=x"), "")

    def test_symbol_that_another_module_exports_is_covered(self):
        self._file("records", _record("x.ko", ["api"]) + _record("y.ko", exported=["api"]))
        self.assertEqual(self._check("--symbol_lists=list", "--records=records"), "")

    def test_gki_modules_may_use_anything(self):
        self._file("protected", "secret\n")
        self._file("users", _record("x.ko", ["kfree"]))
        inputs = ("--records=records", "--records=users", "--protected_exports=protected")
        arguments = ("--symbol_lists=list", *inputs)
        self._file("records", _record("g.ko", ["secret"]))
        self.assertIn("secret", self._check(*arguments))
        self.assertEqual(self._check(*arguments, "--gki_modules=g"), "")
        self._file("records", _record("g.ko", ["secret"], signed=True))
        self.assertEqual(self._check(*arguments, "--signed_modules_are_gki"), "")
        self.assertIn("secret", self._check(*arguments))

    def test_check_of_modules_without_a_user_module_is_refused(self):
        self._file("records", _record("g.ko", ["missing"], signed=True))
        arguments = ("--symbol_lists=list", "--records=records")
        with self.assertRaisesRegex(
            KsymsError, r"^modules: there is no user module, .* signed_modules_are_gki = False"
        ):
            self._check(*arguments, "--signed_modules_are_gki")
        self.assertIn("missing", self._check(*arguments))
        self.assertEqual(self._check("--symbol_lists=list", "--signed_modules_are_gki"), "")

    def test_reasons_of_all_deny_lists_are_shown_without_repetitions(self):
        for name, reason in (("deny", "café"), ("more", "security"), ("same", "security")):
            self._file(name, f"kfree {reason}\n")
        report = self._check("--symbol_lists=list", "--deny_lists=deny", "--deny_lists=more", "--deny_lists=same")
        self.assertIn("  kfree   is denied: café      list:2\n  kfree   is denied: security  list:2\n\n", report)
        self.assertIn(": 2 problems\n", report)

    def test_bad_input_leaves_the_existing_report(self):
        self.assertEqual(self._check("--symbol_lists=list"), "")
        self._file("bad", "print k\n[x_symbol_list]\n")
        for flag in ("symbol_lists", "records", "deny_lists", "protected_exports"):
            with self.assertRaisesRegex(KsymsError, r"^gone: .+\. To fix: .+\.$"):
                self._check("--symbol_lists=list", f"--{flag}=gone")
        with self.assertRaisesRegex(KsymsError, r"^gone: .+\. To fix: .+\.$"):
            self._check("--symbol_lists=list", "--strict", "--exports=gone")
        with self.assertRaisesRegex(KsymsError, "^bad:1: "):
            self._check("--symbol_lists=bad")
        self.assertEqual(os.path.getsize("report"), 0)


if __name__ == "__main__":
    absltest.main()
