import contextlib
import errno
import io
import sys

from absl.testing import absltest, parameterized

from kbuild import __main__ as program
from kbuild.commands import (
    config,
    configured_sources,
    external_module,
    module_objects,
    modules,
    prepare,
    vmlinux,
    vmlinux_o,
)
from ksyms.errors import FailedCheckError, KsymsError

_COMMON = ["--title=//:linux", "--kconfig=linux/Kconfig", "--trim=modpost", "--log=log", "--make_vars=ARCH=x86"]
_BUILD = [*_COMMON, "--config=config", "--restore=a", "--restore=b", "--save=saved", "--unread=unread"]
_EXTERNAL = [
    "--folders=src",
    "--folders=lib",
    "--srcs=src/Kbuild=hello/src/Kbuild",
    "--srcs=src/hello.c=hello/src/hello.c",
]


class MainTest(parameterized.TestCase):
    def _main(self, command, *flags, error=None):
        """Runs a command with its flags in a file; returns the exit status, what its `run` got, and what stderr has."""
        file = self.create_tempfile(content="\n".join(flags)).full_path
        name = command.__name__.rpartition(".")[2]
        stderr = io.StringIO()
        with (
            absltest.mock.patch.object(sys, "argv", ["kbuild", name, f"@{file}"]),
            absltest.mock.patch.object(command, "run", side_effect=error) as run,
            contextlib.redirect_stderr(stderr),
        ):
            try:
                status = program.main()
            except SystemExit as usage:
                return usage.code, None, stderr.getvalue()
        return status, run.call_args[0][0], stderr.getvalue()

    @parameterized.parameters(
        (config, [*_COMMON, "--output=out", "--defconfig=tinyconfig", "--fragments=a", "--fragments=b"]),
        (prepare, _BUILD),
        (module_objects, [*_BUILD, "--kept_objects=/kept", "--modules=out"]),
        (external_module, [*_BUILD, "--modules=out", "--kernel_symvers=symvers", *_EXTERNAL]),
        (
            configured_sources,
            [*_BUILD, "--output=out", "--srcs=a=b", "--configure=configure", "--args=a", "--args=--b"],
        ),
        (vmlinux_o, _BUILD),
        (vmlinux, [*_BUILD, "--raw_symbol_list=list", "--image_target=bzImage", "--output=vmlinux=out/vmlinux"]),
        (
            modules,
            [
                *_BUILD,
                "--raw_symbol_list=list",
                "--vmlinux=vmlinux",
                "--symvers=out",
                "--kernel_symvers=vmlinux.symvers",
            ]
            + ["--modules=out", *_EXTERNAL, "--extra_symvers=a", "--extra_symvers=b"],
        ),
    )
    def test_command_gets_its_flags(self, command, flags):
        status, arguments, _ = self._main(command, *flags)
        self.assertEqual(status, 0)
        repeated = {}
        for name, _, value in (flag[2:].partition("=") for flag in flags):
            repeated.setdefault(name, []).append(value)
        for name, values in repeated.items():
            self.assertIn(vars(arguments)[name], (values, values[0]), name)

    def test_flags_that_are_left_out_are_empty(self):
        _, arguments, _ = self._main(
            vmlinux, *_COMMON, "--config=config", "--raw_symbol_list=list", "--image_target=bzImage"
        )
        self.assertEqual(
            (arguments.save, arguments.unread, arguments.kept_objects, arguments.restore), ("", "", "", [])
        )

    @parameterized.parameters(
        KsymsError("config", "builds no module", "set an option to =m"), FailedCheckError("make failed with 2")
    )
    def test_error_is_shown_with_what_is_built(self, error):
        status, _, stderr = self._main(vmlinux_o, *_BUILD, error=error)
        self.assertEqual((status, stderr), (1, f"//:linux: {error}\n"))

    def test_full_disk_is_one_line(self):
        error = OSError(errno.ENOSPC, "No space left on device", "vmlinux.o")
        status, _, stderr = self._main(vmlinux_o, *_BUILD, error=error)
        self.assertEqual(status, 1)
        self.assertRegex(stderr, r"^//:linux: .*No space left on device: 'vmlinux\.o'\. To fix: free some space.*\.\n$")

    @parameterized.parameters(
        (config, [*_COMMON, "--output=out"], "one of the arguments --base --defconfig is required"),
        (external_module, [*_BUILD, "--modules=out"], "required: --folders"),
        (vmlinux_o, [*_BUILD, "--trim=header"], "invalid choice: 'header'"),
    )
    def test_wrong_usage_is_2(self, command, flags, problem):
        status, _, stderr = self._main(command, *flags)
        self.assertEqual(status, 2)
        self.assertIn(problem, stderr)


if __name__ == "__main__":
    absltest.main()
