"""Every command of //tools:ksyms writes the same bytes on two machines that have only its inputs in common."""

import json
import os
import re

from absl.testing import absltest, parameterized

from tests.hermeticity import environments
from tests.integration import every_rule

_KSYMS = os.path.abspath(os.environ["KSYMS"])
_CLOCK = os.environ["SHIFTED_CLOCK"]
_SOURCES = every_rule.sources()
_MODULES = [path for path in _SOURCES if path.startswith("modules/")]
_RECORDS = ("--records=first.jsonl", "--records=rest.jsonl")
_CHECKS = ("--strict", "--check_tracepoints", "--check_order", "--check_unique")

# Commands read the outputs of earlier ones, as in a build.
_COMMANDS = (
    ("extract", "--usyms=first.usyms", "--records=first.jsonl", *_MODULES[:4]),
    ("extract", "--usyms=rest.usyms", "--records=rest.jsonl", *_MODULES[4:]),
    ("merge", "--output=merged.usyms", "--usyms=first.usyms", "--usyms=rest.usyms"),
    (
        "autoksyms_header",
        "--output=autoksyms.h",
        "--usyms=merged.usyms",
        "--symbol_lists=abi_symbol_list",
        "--modversions",
    ),
    ("raw_symbol_list", "--output=raw.txt", "--usyms=first.usyms", "--usyms=rest.usyms"),
    ("exports", "--output=exports", "vmlinux", "Module.symvers"),
    ("kernel_symvers", "--output=kernel.symvers", "--vmlinux_o=tree", "--modules=objects"),
    ("kmi_symbol_list", "--output=list", *_RECORDS, "--exports=exports", "--module_grouping", "--base=abi_symbol_list"),
    ("kmi_check", "--output=report", *_RECORDS, "--symbol_lists=list", "--deny_lists=denied", *_CHECKS),
    ("kmi_check", "--output=no_report", "--symbol_lists=list"),
    ("require_empty", "--output=valid", "no_report"),
)

# Python code that prints a part of its environment: everything that differs between the machines.
_LEAKS = {
    "folder": "import os; print(os.getcwd())",
    "PATH": "import shutil; print(shutil.which('sort'))",
    "Python packages": "import importlib.util; print(importlib.util.find_spec('ksyms'))",
    "HOME": "import os; print(os.path.expanduser('~'))",
    "time zone": "import time; print(time.localtime(0))",
    "language": "import os; print(os.environ.get('LANG'))",
    "hash order": "print(set('abcdefghijklmnopqrstuvwxyz'))",
    "user": "import os; print(os.getuid())",
    "host": "import socket; print(socket.gethostname())",
    "umask": "import os; print(os.umask(0))",
    "clock": "import time; print(time.time() // 1e8)",
    "boot clock": "import time; print(time.monotonic() // 1e8)",
    "age of an input": "import os; print(os.stat('vmlinux').st_mtime)",
}


def _plain(machine):
    for command in _COMMANDS:
        machine.run([_KSYMS, *command])


def _worker(machine):
    requests = "".join(json.dumps({"arguments": command}) + "\n" for command in _COMMANDS)
    responses = [json.loads(line) for line in machine.run([_KSYMS, "--persistent_worker"], requests).splitlines()]
    if responses != [{"exitCode": 0, "output": "", "requestId": 0}] * len(_COMMANDS):
        raise AssertionError(responses)


class EnvironmentTest(parameterized.TestCase):
    def setUp(self):
        super().setUp()
        self._machines = [
            environments.Machine(environment, self.create_tempdir().full_path, _SOURCES, _CLOCK)
            for environment in (environments.HERE, environments.ELSEWHERE)
        ]

    def _written(self, how):
        """Returns what each of the two machines wrote."""
        for machine in self._machines:
            how(machine)
        return [machine.written() for machine in self._machines]

    def test_every_command_is_covered(self):
        known = re.findall(r"^    (\w+) ", self._machines[0].run([_KSYMS, "--help"]), re.MULTILINE)
        self.assertEqual({command[0] for command in _COMMANDS}, set(known))

    @parameterized.named_parameters(("plain_process", _plain), ("worker", _worker))
    def test_outputs_are_the_same_bytes(self, how):
        here, elsewhere = self._written(how)
        self.assertLen(here, len(_COMMANDS) + 2)
        self.assertEqual({name for name, data in here.items() if not data}, {"no_report", "valid"})
        self.assertEqual(here, elsewhere)

    @parameterized.named_parameters((name.replace(" ", "_"), code) for name, code in _LEAKS.items())
    def test_command_that_depends_on_the_environment_is_caught(self, code):
        script = f"import sys; sys.stdout = open('output', 'w'); {code}"
        here, elsewhere = self._written(lambda machine: machine.run(["python3", "-c", script]))
        self.assertEqual((list(here), list(elsewhere)), (["output"], ["output"]))
        self.assertNotEqual(here, elsewhere)


if __name__ == "__main__":
    absltest.main()
