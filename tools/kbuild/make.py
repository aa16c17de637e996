"""Runs the kernel's own make, keeps what it prints in a log, and says what a failure means."""

import os
import re
import shlex
import signal
import subprocess

from errors import FailedCheckError

# What a kernel embeds unless told otherwise; any fixed values do (Documentation/kbuild/reproducible-builds.rst).
_FIXED = {
    "KBUILD_BUILD_HOST": "bazel",
    "KBUILD_BUILD_TIMESTAMP": "Thu Jan  1 00:00:00 UTC 1970",
    "KBUILD_BUILD_USER": "ksyms_rules",
    "KBUILD_BUILD_VERSION": "1",
    "LC_ALL": "C",
    # kernel/gen_kheaders.sh goes by what `ls -l` prints of headers: more than the minute when they changed.
    "TIME_STYLE": "full-iso",
    "TZ": "UTC",
}
# kbuild's line for a command that succeeded so far, such as `  CC [M]  drivers/net/dummy.o`.
_QUIET_COMMAND = re.compile(rb"^  [A-Z0-9_]+( \[M\])? +\S+$")
_COMPILATION = re.compile(rb"^  (?:CC|AS)(?: \[M\])? ", re.MULTILINE)
_DRY_COMPILATION = re.compile(rb"echo '  (?:CC|AS)(?: \[M\])? ")
_LAST_LINES = 15

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
        rb"No rule to make target|can't open file|(?m:^(?!.*fatal error: |.*env: |make).*No such file or directory)",
        "add the file that is missing to srcs",
    ),
    (
        rb"(?m:: (?:command )?not found$|^(?:.*env|make\S*): .*No such file or directory)",
        "install the program that was not found",
    ),
    (rb"source tree is not clean", "run `make mrproper` in the folder of srcs, which has objects of another build"),
    (rb"No space left on device", NO_SPACE),
)


class Make:
    """make, for one kernel.

    Attributes:
      tree: build_tree.BuildTree; to be set before anything is run.
    """

    def __init__(self, variables, llvm, log, title):
        """Starts the log.

        Args:
          variables: [`NAME=VALUE`] of make's command line, such as ARCH.
          llvm: whether to build with LLVM's tools.
          log: path of the file to which all output goes.
          title: what is built, for error messages.
        """
        self.tree = None
        self._variables = [*([("LLVM", "1")] if llvm else []), *(variable.split("=", 1) for variable in variables)]
        self._log = log
        self._title = title
        # Bazel's actions see only what --action_env names.
        self._environment = os.environ | _FIXED
        with open(log, "w", encoding="utf-8"):
            pass

    def run(self, *arguments, compiled=False):
        """Builds targets, on all processors.

        Args:
          arguments: [str] of make.
          compiled: whether all objects are those of today's sources, as earlier steps have left them. Then kbuild is
            told not to look into each folder of the kernel again.

        Raises:
          FailedCheckError: make fails; with its messages and advice.
        """
        jobs = f"-j{len(os.sched_getaffinity(0))}"
        self._call([*self._command(compiled), "--no-print-directory", jobs, *arguments])

    def script(self, *arguments):
        """Runs one of the kernel's scripts as kbuild does: in the objects' folder."""
        environment = {"srctree": "..", "abs_srctree": self.tree.sources, "CONFIG_SHELL": "sh"}
        self._call(["sh", *arguments], cwd=self.tree.objects, env=self._environment | environment)

    def compilations(self, *arguments):
        """How many files make would compile for some targets, from a dry run; 0 if that cannot be said."""
        printed = subprocess.run(
            [*self._command(), "-n", "-k", *arguments],
            env=self._environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        ).stdout
        return len(_DRY_COMPILATION.findall(printed))

    def _command(self, compiled=False):
        variables = dict(self._variables)
        for name in ("KCFLAGS", "KAFLAGS"):
            # Debug information without the place of the build, and an external module's __FILE__ as the kernel's own.
            places = f"-fdebug-prefix-map={self.tree.sources}=/linux -fmacro-prefix-map={self.tree.external}/="
            variables[name] = f"{variables.get(name, '')} {places}".strip()
        # The target that descends is the folder itself. Where the Makefile calls itself once more, -o is lost.
        start = ["-C", self.tree.objects, "-f", "../Makefile", "O=.", "-o", "."]
        if not compiled:
            start = ["-C", self.tree.sources, "O=objects"]
        return ["make", *start, *(f"{name}={value}" for name, value in variables.items())]

    def note(self, text):
        """Adds a line to the log."""
        with open(self._log, "a", encoding="utf-8") as log:
            log.write(text + "\n")

    def _call(self, command, **kwargs):
        self.note("$ " + shlex.join(command))
        kwargs.setdefault("env", self._environment)
        # Ctrl-C reaches make too, which removes what is half-written and fails; that is waited for.
        before = signal.signal(signal.SIGTERM, lambda *_: None)
        with open(self._log, "ab") as log:
            status = subprocess.run(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, check=False, **kwargs
            ).returncode
        signal.signal(signal.SIGTERM, before)
        if status:
            raise FailedCheckError(self._failure(status))

    def _failure(self, status):
        with open(self._log, "rb") as log:
            lines = log.read().splitlines()
        shown = [line for line in lines[:-_LAST_LINES] if not _QUIET_COMMAND.match(line)] + lines[-_LAST_LINES:]
        text = b"\n".join(shown)
        fixes = [fix for pattern, fix in _ADVICE if re.search(pattern, text)]
        advice = "".join(f"\nTo fix: {fix}." for fix in fixes)
        return f"{text.decode(errors='replace')}\n{self._title}: make failed with {status}, see above.{advice}"


def compiled(log):
    """How many files a log says are compiled so far, from its bytes."""
    return len(_COMPILATION.findall(log))
