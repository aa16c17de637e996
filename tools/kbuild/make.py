"""Runs the kernel's own make, keeps what it prints in a log, and says what to do about a failure."""

import os
import re
import shlex
import signal
import subprocess
from collections.abc import Iterable, Mapping

from kbuild.build_log import BuildLog
from kbuild.build_tree import BuildTree
from ksyms.errors import FailedCheckError

# Parts of a kernel that the top Makefile can build apart: all but modules, and nothing but modules.
VMLINUX_ONLY: tuple[str, ...] = ("KBUILD_MODULES=",)
MODULES_ONLY: tuple[str, ...] = ("KBUILD_BUILTIN=", "KBUILD_MODULES=1")

# A kernel embeds these; any fixed values make it reproducible (Documentation/kbuild/reproducible-builds.rst).
_FIXED = {
    "KBUILD_BUILD_HOST": "bazel",
    "KBUILD_BUILD_TIMESTAMP": "Thu Jan  1 00:00:00 UTC 1970",
    "KBUILD_BUILD_USER": "ksyms_rules",
    "KBUILD_BUILD_VERSION": "1",
    "LC_ALL": "C",
    # kernel/gen_kheaders.sh goes by what `ls -l` prints of headers: it has to be more than the minute of a change.
    "TIME_STYLE": "full-iso",
    "TZ": "UTC",
}
# A line for a command that has not failed so far, such as kbuild's `  CC [M]  drivers/net/dummy.o` and NVIDIA's
# ` CONFTEST: pin_user_pages`; and what we have added to the log.
_QUIET_COMMAND = re.compile(rb"^ +[A-Z0-9_]+:?( \[[A-Z]\])? +\S+$|^\$ |^compilations: ")
_DRY_COMPILATION = re.compile(rb"echo '  (?:CC|AS)(?: \[M\])? ")

NO_SPACE = "free some space, or move Bazel's output base (--output_user_root)"
# What make printed, and what to do about it.
_ADVICE = (
    (rb"missing MODULE_LICENSE\(\)", 'say MODULE_LICENSE("GPL"), or the licence that it has, in the module\'s source'),
    (
        rb"modpost: .+ undefined!",
        "export the symbol from vmlinux or from another module (EXPORT_SYMBOL_GPL), enable the option that builds it, "
        "or list it in symbol_lists if vmlinux has it but was not told to export it",
    ),
    (rb"uses symbol \S+ from namespace", "import the namespace in the module's source (MODULE_IMPORT_NS)"),
    (
        rb"fatal error: (?:\S+: No such file or directory|'\S+' file not found)",
        "install the package that has the missing header, or add it to srcs if it is the kernel's or the module's",
    ),
    (
        rb"No rule to make target ['`]/|(?m:^\S+:\d+: /\S+: No such file or directory$)",
        "set the variable that the missing path begins with in make_vars, if it is empty",
    ),
    (
        rb"No rule to make target ['`][^/]|can't open file"
        rb"|(?m:^(?!.*fatal error: |.*env: |make|\S+:\d+: /).*No such file or directory)",
        "add the missing file to srcs",
    ),
    (
        rb"(?m:: (?:command )?not found$|^(?:.*env|make\S*): .*No such file or directory)",
        "install the program that was not found",
    ),
    (rb"source tree is not clean", "run `make mrproper` in the folder of srcs, which has objects of another build"),
    (rb"No space left on device", NO_SPACE),
)


class Make:
    """make, for one tree."""

    def __init__(self, tree: BuildTree, log: BuildLog, variables: Iterable[str], llvm: bool, title: str) -> None:
        """Runs nothing yet.

        Args:
          tree: what to build in.
          log: gets each command and all that it prints.
          variables: [`NAME=VALUE`] of make's command line, such as ARCH.
          llvm: whether to build with LLVM's tools.
          title: what is built, for error messages.
        """
        self._tree = tree
        self._log = log
        self._variables = dict(variable.split("=", 1) for variable in variables)
        if llvm:
            # Unless the user names a version or a folder.
            self._variables = {"LLVM": "1"} | self._variables
        self._title = title
        # Bazel's actions see only what --action_env names.
        self._environment = os.environ | _FIXED

    def run(self, *arguments: str, compiled: bool = False) -> None:
        """Builds targets, on all processors.

        Args:
          *arguments: of make.
          compiled: whether earlier steps have left all objects as today's sources make them. kbuild is then told not to
            look into each folder of the kernel again.

        Raises:
          FailedCheckError: make fails; has its messages, and advice.
        """
        jobs = f"-j{len(os.sched_getaffinity(0))}"
        self._call([*self._command(compiled), "--no-print-directory", jobs, *arguments], self._environment)

    def script(self, *arguments: str) -> None:
        """Runs one of the kernel's scripts as kbuild does: in the folder of the objects.

        Args:
          *arguments: path of the script, and its arguments.

        Raises:
          FailedCheckError: the script fails.
        """
        environment = {"srctree": "..", "abs_srctree": self._tree.sources, "CONFIG_SHELL": "sh"}
        self._call(["sh", *arguments], self._environment | environment, folder=self._tree.objects)

    def configure(self, folder: str, *command: str) -> None:
        """Runs the configure script of an external module; makes that it runs get the kernel's variables.

        Args:
          folder: path of the folder to run it in.
          *command: path of the script, and its arguments.

        Raises:
          FailedCheckError: the script fails.
        """
        self._call(list(command), self._environment | self._variables, folder, program=command[0])

    def compilations(self, *arguments: str) -> int:
        """Counts the files that make would compile, by a dry run; 0 if that cannot be told.

        Args:
          *arguments: of make.
        """
        printed: bytes = subprocess.run(
            [*self._command(), "-n", "-k", *arguments],
            env=self._environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        ).stdout
        return len(_DRY_COMPILATION.findall(printed))

    def _command(self, compiled: bool = False) -> list[str]:
        variables = dict(self._variables)
        for name in ("KCFLAGS", "KAFLAGS"):
            # Debug information does not name the place of the build, and __FILE__ of an external module is relative, as
            # it is in the kernel.
            places = f"-fdebug-prefix-map={self._tree.sources}=/linux -fmacro-prefix-map={self._tree.module.path}/="
            variables[name] = f"{variables.get(name, '')} {places}".strip()
        # `-o .`: the target that looks into every folder is the folder itself. -o is lost where the top Makefile calls
        # itself once more, as it does for O=objects.
        start = ["-C", self._tree.objects, "-f", "../Makefile", "O=.", "-o", "."]
        if not compiled:
            start = ["-C", self._tree.sources, "O=objects"]
        return ["make", *start, *(f"{name}={value}" for name, value in variables.items())]

    def _call(
        self, command: list[str], environment: Mapping[str, str], folder: str | None = None, program: str = "make"
    ) -> None:
        self._log.note("$ " + shlex.join(command))
        # Ctrl-C reaches make too, which then removes half-written files and fails. Wait for that.
        before = signal.signal(signal.SIGTERM, lambda *_: None)
        with open(self._log.path, "ab") as log:
            status = subprocess.run(
                command,
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                check=False,
            ).returncode
        signal.signal(signal.SIGTERM, before)
        if status:
            raise FailedCheckError(self._failure(program, status))

    def _failure(self, program: str, status: int) -> str:
        """The text of an error: advice, and what a program printed, without the build's paths and what went well."""
        with open(self._log.path, "rb") as log:
            lines = log.read().splitlines()
        text = b"\n".join(line for line in lines if not _QUIET_COMMAND.match(line))
        # The longest first, since one is in another.
        for place in (self._tree.module.path, self._tree.objects, self._tree.sources, *self._tree.places, os.getcwd()):
            text = text.replace(os.fsencode(place) + b"/", b"")
        fixes = [fix for pattern, fix in _ADVICE if re.search(pattern, text)]
        advice = "".join(f"\nTo fix: {fix}." for fix in fixes)
        printed = text.decode(errors="replace")
        return f"{program} printed:\n{printed}\n{self._title}: {program} failed with {status}, see above.{advice}"
