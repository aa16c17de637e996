"""Compares the header with that of the kernel's scripts/gen_autoksyms.sh, run as kbuild of Linux 6.1 runs it."""

import argparse
import os
import pathlib
import subprocess
import tempfile

import hypothesis
from absl.testing import absltest, parameterized
from hypothesis import strategies

from ksyms.commands import autoksyms_header, extract
from tests.differential import debian_modules
from tests.elf_files import module_files

_SCRIPT = os.path.abspath(os.environ["GEN_AUTOKSYMS"])
# The kernel's Makefile exports LC_COLLATE=C.
_ENVIRONMENT = {"PATH": os.environ["PATH"], "LC_ALL": "C"}
# Makefile.build: cmd_undefined_syms = $(NM) $< | sed -n 's/^  *U //p' > $@
_USYMS = """nm "$@" | sed -n 's/^  *U //p'"""
# The same cases on every run, because Bazel caches test results as a function of their inputs.
_SETTINGS = hypothesis.settings(database=None, deadline=None, derandomize=True, max_examples=150)
_NAMES = strategies.sampled_from(
    [
        b"__this_module",
        b".__this_module",
        b"module_layout",
        b".kfree",
        b"kfree",
        b"a",
        b"_a",
        b"A",
        b"$a",
        b"a.b",
        b"..",
    ]
) | strategies.from_regex(rb"[A-Za-z_$][A-Za-z0-9_.$]{0,12}", fullmatch=True)


class KbuildTree:
    """A folder as gen_autoksyms.sh expects it: auto.conf, modules.order and one .usyms file per module."""

    def __init__(self):
        self._folder = tempfile.TemporaryDirectory()
        self.path = pathlib.Path(self._folder.name)
        (self.path / "include/config").mkdir(parents=True)
        (self.path / "modules.order").touch()
        self.configure()

    def configure(self, modversions=False, whitelist=None):
        """Writes auto.conf, and the file of CONFIG_UNUSED_KSYMS_WHITELIST (bytes) into the source tree."""
        lines = ["CONFIG_TRIM_UNUSED_KSYMS=y"]
        if modversions:
            lines.append("CONFIG_MODVERSIONS=y")
        if whitelist is not None:
            (self.path / "abi_whitelist").write_bytes(whitelist)
            lines.append("CONFIG_UNUSED_KSYMS_WHITELIST=abi_whitelist")
        (self.path / "include/config/auto.conf").write_text("\n".join(lines) + "\n")

    def add_usyms(self, module, usyms):
        """Adds a module, by a path that ends in .ko, and the contents of its .usyms file."""
        (self.path / module).with_suffix(".usyms").write_bytes(usyms)
        with open(self.path / "modules.order", "a") as order:
            order.write(module + "\n")

    def header(self, *flags):
        """Runs the script; returns the header."""
        subprocess.run(
            ["sh", _SCRIPT, *flags, "autoksyms.h"],
            cwd=self.path,
            env={**_ENVIRONMENT, "abs_srctree": str(self.path)},
            check=True,
        )
        return (self.path / "autoksyms.h").read_bytes()


def _usyms_by_nm(files):
    return subprocess.run(
        ["sh", "-c", _USYMS, "sh", *files], env=_ENVIRONMENT, stdout=subprocess.PIPE, check=True
    ).stdout


class GenAutoksymsTest(parameterized.TestCase):
    def setUp(self):
        super().setUp()
        self._tree = KbuildTree()
        self._ours = self.create_tempdir().full_path

    def _path(self, name):
        return os.path.join(self._ours, name)

    def _write(self, name, data):
        pathlib.Path(self._path(name)).write_bytes(data)
        return self._path(name)

    def _extract(self, modules):
        """Runs our command `extract`; returns the path of the .usyms file."""
        usyms = self._path("ours.usyms")
        extract.run(argparse.Namespace(usyms=usyms, records=self._path("ours.jsonl"), modules=modules))
        return usyms

    def _header(self, usyms=(), symbol_lists=(), modversions=False):
        """Runs our command `autoksyms_header`; returns the header."""
        arguments = argparse.Namespace(
            output=self._path("autoksyms.h"), usyms=usyms, symbol_lists=symbol_lists, modversions=modversions
        )
        autoksyms_header.run(arguments)
        return pathlib.Path(self._path("autoksyms.h")).read_bytes()

    @parameterized.named_parameters(
        ("modules_only", False, None),
        ("modversions", True, None),
        ("whitelist", False, b"vmalloc\nkfree\n"),
        ("whitelist_and_modversions", True, b"vmalloc\nkfree\n"),
        ("empty_whitelist", False, b""),
        ("whitelist_without_line_end", True, b"vmalloc kfree"),
    )
    def test_header_of_modules_and_whitelist_is_that_of_the_script(self, modversions, whitelist):
        modules = {
            "first.ko": module_files.write([b"printk", b"kfree", b"__this_module"], [b"only_weak"]),
            "second.ko": module_files.write([b"kfree", b"Upper", b"_low", b".kmalloc"], defined=[b"init_module"]),
        }
        paths = [self._write(name, data) for name, data in modules.items()]
        for path in paths:
            self._tree.add_usyms(os.path.basename(path), _usyms_by_nm([path]))
        self._tree.configure(modversions, whitelist)
        lists = [] if whitelist is None else [self._write("list", whitelist)]
        theirs = self._tree.header("--modorder")
        self.assertEqual(self._header([self._extract(paths)], lists, modversions), theirs)
        self.assertIn(b"\n#define __KSYM_kmalloc 1\n", theirs)
        self.assertEqual(b"module_layout" in theirs, modversions)

    def test_header_without_symbols_is_that_of_the_script(self):
        for modversions in (False, True):
            self._tree.configure(modversions)
            ours = self._header(modversions=modversions)
            self.assertEqual(ours, self._tree.header())
            self.assertEqual(ours, self._tree.header("--modorder"))

    def test_overlapping_lists_give_the_header_of_the_script_with_one_list(self):
        lists = [b"c b a\n", b"b\n\nb\n", b"a d\n"]
        self._tree.configure(whitelist=b"".join(lists))
        ours = self._header(symbol_lists=[self._write(f"list{number}", data) for number, data in enumerate(lists)])
        self.assertEqual(ours, self._tree.header())
        self.assertEqual(ours.count(b"#define"), 4)

    def test_header_of_all_modules_of_a_distribution_is_that_of_the_script(self):
        for number, batch in enumerate(debian_modules.batches(debian_modules.paths())):
            self._tree.add_usyms(f"batch{number}.ko", _usyms_by_nm(batch))
        self._tree.configure(modversions=True)
        theirs = self._tree.header("--modorder")
        ours = self._header([self._extract(debian_modules.paths())], modversions=True)
        self.assertEqual(ours.splitlines(), theirs.splitlines())
        self.assertEqual(ours, theirs)
        self.assertGreater(ours.count(b"#define"), 10000)

    def test_dropped_symbol_is_noticed(self):
        usyms = _usyms_by_nm(debian_modules.paths()[:100])
        names = sorted(set(usyms.split()))
        once = next(name for name in names if name != b"__this_module")
        self._tree.add_usyms("all.ko", usyms)
        theirs = self._tree.header("--modorder")
        self.assertEqual(self._header([self._write("all.usyms", b"\n".join(names))]), theirs)
        names.remove(once)
        self.assertNotEqual(self._header([self._write("all.usyms", b"\n".join(names))]), theirs)

    @_SETTINGS
    @hypothesis.given(
        strategies.lists(strategies.lists(_NAMES, max_size=8), max_size=3),
        strategies.none() | strategies.lists(_NAMES, max_size=8),
        strategies.sampled_from([b"\n", b" ", b"\n\n", b"  "]),
        strategies.booleans(),
    )
    def test_header_of_any_names_is_that_of_the_script(self, modules, whitelist, separator, modversions):
        tree = KbuildTree()
        usyms = []
        for number, names in enumerate(modules):
            data = b"".join(name + b"\n" for name in names)
            tree.add_usyms(f"module{number}.ko", data)
            usyms.append(self._write(f"module{number}.usyms", data))
        data = None if whitelist is None else separator.join([*whitelist, b""])
        tree.configure(modversions, data)
        lists = [] if data is None else [self._write("list", data)]
        self.assertEqual(self._header(usyms, lists, modversions), tree.header("--modorder"))


if __name__ == "__main__":
    absltest.main()
