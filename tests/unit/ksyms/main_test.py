"""The real executable, as a plain process and as a worker."""

import json
import os
import subprocess

from absl.testing import absltest, parameterized

from tests.elf_files import module_files

_KSYMS = os.path.abspath(os.environ["KSYMS"])
_MODULE = module_files.write(
    [b"printk", b"kfree"], [b"hook"], [b"init_module"], [module_files.Export(b"api", b"GPL", b"NS")]
)


class KsymsTest(parameterized.TestCase):
    def setUp(self):
        super().setUp()
        self._folder = self.create_tempdir()

    def _path(self, name):
        return os.path.join(self._folder.full_path, name)

    def _file(self, name, data):
        return self._folder.create_file(name, data).full_path

    def _bytes(self, name):
        with open(self._path(name), "rb") as file:
            return file.read()

    def _ksyms(self, *arguments, **options):
        """Runs the executable in the test's folder; returns its exit status, stdout and stderr."""
        process = subprocess.run(
            [_KSYMS, *arguments], cwd=self._folder.full_path, capture_output=True, text=True, check=False, **options
        )
        return process.returncode, process.stdout, process.stderr

    def _serve(self, *requests):
        """Runs the executable as a worker; returns its responses, and asserts that it printed nothing else."""
        lines = "".join(json.dumps(request) + "\n" for request in requests)
        status, stdout, stderr = self._ksyms("--persistent_worker", input=lines)
        self.assertEqual((status, stderr), (0, ""))
        return [json.loads(line) for line in stdout.splitlines()]

    def test_extract_and_header_write_nothing_but_their_outputs(self):
        self._file("hello.ko", _MODULE)
        self._file("list", b"kmalloc\n")
        extract = self._ksyms("extract", "--usyms=m.usyms", "--records=m.jsonl", "hello.ko")
        header = self._ksyms(
            "autoksyms_header", "--output=autoksyms.h", "--usyms=m.usyms", "--symbol_lists=list", "--modversions"
        )
        self.assertEqual([extract, header], [(0, "", "")] * 2)
        self.assertEqual(self._bytes("m.usyms"), b"kfree\nprintk\n")
        self.assertEqual(
            self._bytes("autoksyms.h"),
            b"/*\n * Automatically generated file; DO NOT EDIT.\n */\n\n"
            b"#define __KSYM_kfree 1\n#define __KSYM_kmalloc 1\n"
            b"#define __KSYM_module_layout 1\n#define __KSYM_printk 1\n",
        )
        self.assertCountEqual(
            os.listdir(self._folder.full_path), ["hello.ko", "list", "m.usyms", "m.jsonl", "autoksyms.h"]
        )

    def test_command_line_of_bazel_imports_only_what_it_needs(self):
        self._file("hello.ko", _MODULE)
        self._file("arguments", b"extract\n--usyms=m.usyms\n--records=m.jsonl\nhello.ko\n")
        environment = {**os.environ, "PYTHONPROFILEIMPORTTIME": "1"}
        status, _, imported = self._ksyms("@arguments", env=environment)
        self.assertEqual(status, 0)
        self.assertIn("ksyms.elf.object_file", imported)
        for module in ("argparse", "absl", "elftools", "ksyms.kmi", "ksyms.worker"):
            self.assertNotRegex(imported, rf"\| +{module}\b")

    def test_arguments_may_come_from_files(self):
        self._file("hello.ko", _MODULE)
        self._file("command", b"extract\n")
        self._file("arguments", b"--usyms=m.usyms\n--records=m.jsonl\nhello.ko\n")
        self.assertEqual(self._ksyms("@command", "@arguments"), (0, "", ""))
        self.assertEqual(self._bytes("m.usyms"), b"kfree\nprintk\n")

    def test_bad_input_is_one_line_with_the_fix_and_exit_status_1(self):
        self._file("torn.ko", _MODULE[:200])
        self._file("list", b"[abi_symbol_list\n")
        for arguments, file in (
            (("extract", "--usyms=u", "--records=r", "torn.ko"), "torn.ko"),
            (("extract", "--usyms=u", "--records=r", "gone.ko"), "gone.ko"),
            (("autoksyms_header", "--output=u", "--symbol_lists=list"), "list:1"),
            (("raw_symbol_list", "--output=u", "--usyms=gone.usyms"), "gone.usyms"),
            (("exports", "--output=u", "gone/Module.symvers"), "gone/Module.symvers"),
            (("exports", "--output=u", "torn.ko"), "torn.ko"),
            (("kmi_symbol_list", "--output=u", "--records=gone.jsonl"), "gone.jsonl"),
            (("kmi_symbol_list", "--output=u", "--exports=list"), "list"),
            (("kmi_symbol_list", "--output=u", "--base=list"), "list:1"),
            (("kmi_check", "--output=u", "--symbol_lists=list"), "list:1"),
            (("kmi_check", "--output=u", "--deny_lists=list"), "list:1"),
            (("require_empty", "--output=u", "gone.report"), "gone.report"),
        ):
            status, stdout, stderr = self._ksyms(*arguments)
            self.assertEqual((status, stdout), (1, ""))
            self.assertRegex(stderr, rf"\A{file}: [^\n]+\. To fix: [^\n]+\.\n\Z")
        self.assertCountEqual(os.listdir(self._folder.full_path), ["torn.ko", "list"])

    def test_require_empty_prints_only_the_report_of_a_failed_check(self):
        self._file("hello.ko", _MODULE)
        self._file("list", b"[abi_symbol_list]\n  kfree\n")
        extract = self._ksyms("extract", "--usyms=m.usyms", "--records=m.jsonl", "hello.ko")
        check = self._ksyms("kmi_check", "--output=bad", "--symbol_lists=list", "--records=m.jsonl", "--title=//a:b")
        fine = self._ksyms("kmi_check", "--output=good", "--symbol_lists=list")
        self.assertEqual([extract, check, fine], [(0, "", "")] * 3)
        status, stdout, stderr = self._ksyms("require_empty", "--output=valid", "bad")
        self.assertEqual((status, stdout), (1, ""))
        self.assertEqual(stderr.rstrip("\n"), self._bytes("bad").decode().rstrip("\n"))
        self.assertStartsWith(stderr, "//a:b: 1 problem\n\n  symbol  problem")
        self.assertFalse(os.path.exists(self._path("valid")))
        self.assertEqual(self._ksyms("require_empty", "--output=valid", "good"), (0, "", ""))
        self.assertEqual(self._bytes("valid"), b"")

    @parameterized.named_parameters(
        ("no_command", []),
        ("unknown_command", ["make"]),
        ("no_modules", ["extract", "--usyms=u", "--records=r"]),
        ("no_output", ["autoksyms_header", "--modversions"]),
        ("unknown_flag", ["raw_symbol_list", "--output=u", "--sorted"]),
        ("missing_arguments_file", ["@gone"]),
        ("no_sources", ["exports", "--output=u"]),
        ("no_report", ["require_empty", "--output=u"]),
    )
    def test_wrong_usage_is_exit_status_2(self, arguments):
        status, stdout, stderr = self._ksyms(*arguments)
        self.assertEqual((status, stdout), (2, ""))
        self.assertStartsWith(stderr, "usage: ksyms")
        self.assertNotIn("Traceback", stderr)

    @parameterized.named_parameters(
        (
            "all",
            [],
            ["extract", "autoksyms_header", "raw_symbol_list", "exports", "kmi_symbol_list", "--persistent_worker"],
        ),
        ("exit_status", [], ["Exit status"]),
        ("exports", ["exports"], ["--output", "vmlinux", "*.symvers"]),
        (
            "kmi_symbol_list",
            ["kmi_symbol_list"],
            ["--base", "--exports", "--gki_modules", "--full_gki_abi", "--module_grouping"],
        ),
        ("kmi_check", ["kmi_check"], ["--deny_lists", "--protected_exports", "--strict", "--symbol_lists"]),
        ("require_empty", ["require_empty"], ["--output", "REPORT"]),
        ("extract", ["extract"], ["--usyms", "--records", "MODULE"]),
        ("autoksyms_header", ["autoksyms_header"], ["--output", "--usyms", "--symbol_lists", "--modversions"]),
        ("raw_symbol_list", ["raw_symbol_list"], ["--output", "--usyms", "--symbol_lists", "--modversions"]),
    )
    def test_help_names_commands_and_flags(self, command, words):
        status, stdout, stderr = self._ksyms(*command, "--help")
        self.assertEqual((status, stderr), (0, ""))
        for word in words:
            self.assertIn(word, stdout)

    def test_worker_writes_the_bytes_of_a_plain_process(self):
        self._file("hello.ko", _MODULE)
        for name, run in (("plain", lambda arguments: self._ksyms(*arguments)), ("worker", self._serve_arguments)):
            run(["extract", f"--usyms={name}.usyms", f"--records={name}.jsonl", "hello.ko"])
            run(["merge", f"--output={name}.merged", f"--usyms={name}.usyms"])
            run(["autoksyms_header", f"--output={name}.h", f"--usyms={name}.usyms"])
            run(["raw_symbol_list", f"--output={name}.txt", f"--usyms={name}.usyms"])
            run(["exports", f"--output={name}.exports", "hello.ko"])
            run(["kmi_symbol_list", f"--output={name}.list", f"--records={name}.jsonl", "--module_grouping"])
            run(["kmi_check", f"--output={name}.report", "--records=plain.jsonl"])
        self.assertIn(b"2 problems", self._bytes("plain.report"))
        for ending in (".usyms", ".jsonl", ".merged", ".h", ".txt", ".exports", ".list", ".report"):
            self.assertEqual(self._bytes("worker" + ending), self._bytes("plain" + ending))
        self.assertIn(b"#define __KSYM_printk 1\n", self._bytes("worker.h"))

    def _serve_arguments(self, arguments):
        self.assertEqual(self._serve({"arguments": arguments}), [{"exitCode": 0, "output": "", "requestId": 0}])

    def test_worker_survives_bad_requests(self):
        self._file("hello.ko", _MODULE)
        self._file("torn.ko", _MODULE[:200])
        self._file("arguments", b"--usyms=u\n--records=r\nhello.ko\n")
        torn, usage, unknown, helped, good = self._serve(
            {"requestId": 1, "arguments": ["extract", "--usyms=x", "--records=x", "torn.ko"]},
            {"requestId": 2, "arguments": ["extract"]},
            {"requestId": 3, "arguments": ["make"]},
            {"requestId": 4, "arguments": ["autoksyms_header", "--help"]},
            {"requestId": 5, "arguments": ["extract", "@arguments"]},
        )
        self.assertEqual([(r["requestId"], r["exitCode"]) for r in (torn, usage, unknown)], [(1, 1), (2, 2), (3, 2)])
        self.assertRegex(torn["output"], r"\Atorn\.ko: .+\. To fix: .+\.\n\Z")
        self.assertStartsWith(usage["output"], "usage: ksyms extract")
        self.assertStartsWith(unknown["output"], "usage: ksyms")
        self.assertEqual((helped["requestId"], helped["exitCode"]), (4, 0))
        self.assertIn("--modversions", helped["output"])
        self.assertEqual(good, {"exitCode": 0, "output": "", "requestId": 5})
        self.assertEqual(self._bytes("u"), b"kfree\nprintk\n")

    def test_worker_keeps_nothing_from_an_earlier_request(self):
        self._file("a.usyms", b"first\n")
        self._file("b.usyms", b"second\n")
        self._serve(
            {"arguments": ["raw_symbol_list", "--output=a.txt", "--usyms=a.usyms", "--modversions"]},
            {"arguments": ["raw_symbol_list", "--output=b.txt", "--usyms=b.usyms"]},
        )
        self.assertEqual(self._bytes("b.txt"), b"second\n")

    def test_worker_reads_a_changed_module_again(self):
        self._file("hello.ko", _MODULE)
        request = json.dumps({"arguments": ["extract", "--usyms=u", "--records=r", "hello.ko"]}) + "\n"
        with subprocess.Popen(
            [_KSYMS, "--persistent_worker"],
            cwd=self._folder.full_path,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            process.stdin.write(request)
            process.stdin.flush()
            self.assertEqual(json.loads(process.stdout.readline())["exitCode"], 0)
            self._file("hello.ko", module_files.write([b"vfree"]))
            process.stdin.write(request)
            process.stdin.close()
            self.assertEqual(json.loads(process.stdout.readline())["exitCode"], 0)
        self.assertEqual(self._bytes("u"), b"vfree\n")


if __name__ == "__main__":
    absltest.main()
