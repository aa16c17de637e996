import os
import pathlib
import signal
import time

from absl.testing import absltest

from kbuild.build_log import BuildLog
from kbuild.build_tree import BuildTree
from kbuild.make import Make
from ksyms.errors import FailedCheckError


class MakeTest(absltest.TestCase):
    def _make(self, makefile, *variables):
        folder = pathlib.Path(self.create_tempdir().full_path)
        (folder / "linux").mkdir()
        (folder / "linux/Makefile").write_text(makefile)
        self.log = folder / "log"
        self.tree = BuildTree(str(folder / "work"), str(folder / "linux"))
        self.tree.link_sources()
        make_vars = ["ARCH=x86_64", "KCFLAGS=-Os", *variables]
        return Make(self.tree, BuildLog(str(self.log)), make_vars, True, "//:linux")

    def test_what_make_is_told(self):
        self._make('all:\n\t@echo "$(ARCH) $(LLVM) $(O) $(KCFLAGS) $$KBUILD_BUILD_USER"\n').run("all")
        self.assertRegex(
            self.log.read_text(), r"\nx86_64 1 objects -Os -fdebug-prefix-map=\S+=/linux \S+ ksyms_rules\n"
        )

    def test_version_of_llvm_is_the_users_choice(self):
        self._make('all:\n\t@echo "$(LLVM)"\n', "LLVM=-17").run("all")
        self.assertEndsWith(self.log.read_text(), "\n-17\n")

    def test_failure_shows_messages_and_advice_but_not_what_went_well(self):
        lines = "".join(f"\t@echo '  CC      lib/file{number}.o'\n" for number in range(40))
        error = "ERROR: modpost: missing MODULE_LICENSE() in hello.o"
        make = self._make(f"all:\n\t@echo a warning\n{lines}\t@echo '{error}'\n\t@false\n")
        with self.assertRaises(FailedCheckError) as failure:
            make.run("all")
        message = str(failure.exception)
        self.assertIn("\na warning\n", message)
        self.assertIn(f"\n{error}\n", message)
        self.assertNotIn("lib/file", message)
        self.assertNotIn("$ make", message)
        self.assertRegex(message, r"//:linux: make failed with 2, see above\.\nTo fix: say MODULE_LICENSE")

    def test_failure_names_files_from_the_trees_they_are_in(self):
        make = self._make("all:\n\t@echo '$(FILE):5: error'\n\t@echo ' CONFTEST: vmap'\n\t@false\n")
        for folder, shown in (
            (self.tree.module.path, "hello.c"),
            (self.tree.sources, "hello.c"),
            ("/usr", "/usr/hello.c"),
        ):
            with self.subTest(folder), self.assertRaises(FailedCheckError) as failure:
                make.run(f"FILE={folder}/hello.c")
            self.assertIn(f"{shown}:5: error\n", str(failure.exception))
            self.assertNotIn(self.tree.sources, str(failure.exception))
            self.assertNotIn("CONFTEST", str(failure.exception))

    def test_path_that_begins_with_an_empty_variable_is_no_missing_source(self):
        for line, advice in (
            ("include ${TOP}/mconfig", "set the variable that the missing path begins with in make_vars"),
            ("all: ${TOP}/driver.c", "set the variable that the missing path begins with in make_vars"),
            ("all: lib/driver.c", "add the missing file to srcs"),
            ("all: $(CURDIR)/driver.c", "add the missing file to srcs"),
            ("include mconfig", "add the missing file to srcs"),
        ):
            make = self._make("all:\n\t$(MAKE) -f Kbuild\n")
            pathlib.Path(self.tree.sources, "Kbuild").write_text(line + "\n")
            with self.subTest(line), self.assertRaises(FailedCheckError) as failure:
                make.run("all")
            self.assertStartsWith(str(failure.exception).partition("\nTo fix: ")[2], advice)
            self.assertEqual(str(failure.exception).count("To fix"), 1)

    def test_advice_knows_what_old_and_new_kernels_say(self):
        for said, advice in (
            ('"foo" [driver.ko] undefined!', "export the symbol"),
            ("driver.ko: symbol 'foo' undefined!", "export the symbol"),
            ("module driver uses symbol foo from namespace BAR, but does not import it.", "import the namespace"),
            (
                "driver.ko: module uses symbol 'foo' from namespace 'BAR', but does not import it.",
                "import the namespace",
            ),
            ("driver.o: missing MODULE_LICENSE()", "say MODULE_LICENSE"),
        ):
            with self.subTest(said), self.assertRaisesRegex(FailedCheckError, f"\nTo fix: {advice}"):
                message = said.replace('"', '\\"')
                self._make(f'all:\n\t@echo "ERROR: modpost: {message}"\n\t@false\n').run("all")

    def test_advice_is_about_what_is_missing(self):
        for said, advice in (
            (
                "tools/main.c:1:10: fatal error: openssl/evp.h: No such file or directory",
                "install the package that has",
            ),
            ("cat: certs/key.pem: No such file or directory", "add the missing file to srcs"),
            ("main.c:1:10: fatal error: 'gelf.h' file not found", "install the package that has"),
            ("/bin/sh: 1: xz: not found", "install the program"),
            ("/usr/bin/env: 'python3': No such file or directory", "install the program"),
            ("make[2]: gcc-17: No such file or directory", "install the program"),
            ("*** The source tree is not clean, please run 'make mrproper'", "run `make mrproper`"),
        ):
            with self.subTest(said), self.assertRaises(FailedCheckError) as failure:
                self._make(f'all:\n\t@echo "{said}"\n\t@false\n').run("all")
            self.assertStartsWith(str(failure.exception).partition("\nTo fix: ")[2], advice)
            self.assertEqual(str(failure.exception).count("To fix"), 1)

    def test_compiled_kernel_is_not_descended_into(self):
        make = self._make("vmlinux: .\n\t@echo linked $(O)\n.PHONY: .\n.:\n\t@echo descended\n")
        make.run("vmlinux")
        self.assertIn("\ndescended\nlinked objects\n", self.log.read_text())
        make.run("vmlinux", compiled=True)
        self.assertEndsWith(self.log.read_text(), "\nlinked .\n")
        self.assertEqual(self.log.read_text().count("\ndescended\n"), 1)

    def test_interrupted_make_leaves_nothing_half_written(self):
        make = self._make("half.o:\n\techo half >$@; touch started; sleep 60\n")
        pid = os.fork()
        if not pid:
            os.setsid()
            try:
                make.run("half.o")
            except FailedCheckError:
                os._exit(3)
            os._exit(0)
        started = pathlib.Path(self.tree.sources, "started")
        while not started.exists():
            time.sleep(0.01)
        os.killpg(pid, signal.SIGTERM)
        self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), 3)
        self.assertFalse((started.parent / "half.o").exists())

    def test_dry_run_counts_compilations(self):
        make = self._make("all:\n\techo '  CC      a.o'; touch a.o\n\techo '  AS      b.o'\n\techo '  LD      c.o'\n")
        self.assertEqual(make.compilations("all"), 2)
        self.assertEqual(make.compilations("nothing"), 0)


if __name__ == "__main__":
    absltest.main()
