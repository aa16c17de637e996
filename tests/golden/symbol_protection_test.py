"""Who may use and export which symbol: verdicts of `ksyms kmi_check` beside those of Kleaf and of the kernel.

Kleaf is check_buildtime_symbol_protection of Android's build/kernel, run on modules of these contents. The kernel is
what Android's kernel/module/main.c decides with CONFIG_MODULE_SIG_PROTECT when all modules are loaded, exporters first.
Where the two differ, the check is with the kernel: that is what a device does.
"""

import os
import pathlib
import re
import subprocess
from typing import NamedTuple

from absl.testing import absltest, parameterized

from tests.elf_files import module_files

_KSYMS = os.path.abspath(os.environ["KSYMS"])
_UNKNOWN = "is in no symbol list and exported by no other module"
_KERNELS = "is exported by the kernel, but in no symbol list"
_PROTECTED = "is protected, and in no symbol list"
_PROTECTED_EXPORT = "is protected: only GKI modules may export it"


class Module(NamedTuple):
    """A module: what it needs, needs weakly and exports, and whether it is signed, as GKI modules are."""

    undefined: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()
    exports: tuple[str, ...] = ()
    signed: bool = False


class Case(NamedTuple):
    """Modules and lists, and what each of the three says of them.

    Attributes:
      modules: user and GKI modules.
      problems: {symbol: problem} that the check reports, all of them.
      kleaf: whether Kleaf accepts the modules.
      kernel: whether the kernel loads all of them.
      listed: symbols of the KMI symbol list.
      protected: of the list of protected exports.
      vmlinux: what `exports` says that vmlinux exports; vmlinux also exports what is listed and no module exports.
    """

    modules: tuple[Module, ...]
    problems: dict[str, str]
    kleaf: bool
    kernel: bool
    listed: tuple[str, ...] = ()
    protected: tuple[str, ...] = ()
    vmlinux: tuple[str, ...] = ()


_GKI = Module(exports=("api",), signed=True)
_VENDOR = Module(exports=("api",))
_USER = Module(undefined=("api",))
_WEAK_USER = Module(weak=("api",))
CASES = {
    "listed": Case((_USER,), {}, True, True, listed=("api",)),
    "unlisted": Case((_USER,), {"api": _UNKNOWN}, False, False),
    "unlisted_of_vmlinux": Case((_USER,), {"api": _KERNELS}, False, False, listed=("x",), vmlinux=("api",)),
    "of_a_user_module": Case((_USER, _VENDOR), {}, True, True),
    "of_a_gki_module": Case((_USER, _GKI), {"api": _KERNELS}, False, False, listed=("x",)),
    "of_a_gki_module_and_listed": Case((_USER, _GKI), {}, True, True, listed=("api",)),
    "of_a_gki_module_for_two": Case((_USER, _USER, _GKI), {"api": _KERNELS}, False, False, listed=("x",)),
    "of_a_gki_module_for_a_gki_module": Case(
        (Module(("x",)), _USER._replace(signed=True), _GKI), {}, True, True, ("x",)
    ),
    "of_a_user_module_for_a_gki_module": Case((_VENDOR, _USER._replace(signed=True)), {}, True, True),
    "weak_and_listed": Case((_WEAK_USER,), {}, True, True, listed=("api",)),
    "weak_of_a_user_module": Case((_WEAK_USER, _VENDOR), {}, True, True),
    # Weak does not help: the symbol is there, and refused.
    "weak_of_a_gki_module": Case((_WEAK_USER, _GKI), {"api": _KERNELS}, False, False, listed=("x",)),
    "weak_of_vmlinux": Case((_WEAK_USER,), {"api": _KERNELS}, False, False, listed=("x",), vmlinux=("api",)),
    # Kleaf is stricter: nothing exports the symbol, so it stays unresolved, which is what weak is for.
    "weak_of_nobody": Case((_WEAK_USER,), {}, False, True),
    # Kleaf is stricter: neither modpost nor the kernel looks for the symbol.
    "global_offset_table": Case((Module(("_GLOBAL_OFFSET_TABLE_",)),), {}, False, True),
    "protected_and_listed": Case((_USER, _GKI), {}, True, True, listed=("api",), protected=("api",)),
    "protected_and_unlisted": Case(
        (_USER, _GKI), {"api": f"{_KERNELS}; {_PROTECTED}"}, False, False, listed=("x",), protected=("api",)
    ),
    "protected_exported_by_its_gki_module": Case((Module(("x",)), _GKI), {}, True, True, ("x",), ("api",)),
    # Kleaf does not look at exports; the kernel does.
    "protected_exported_by_a_user_module": Case(
        (_VENDOR,), {"api": _PROTECTED_EXPORT}, True, False, listed=("api", "x"), protected=("api",)
    ),
}


class SymbolProtectionTest(parameterized.TestCase):
    @parameterized.named_parameters((name, case) for name, case in CASES.items())
    def test_check_decides_as_the_kernel_does(self, case):
        self._folder = pathlib.Path(self.create_tempdir().full_path)
        for number, module in enumerate(case.modules):
            exports = [module_files.Export(name.encode()) for name in module.exports]
            needs, weak = ([name.encode() for name in names] for names in (module.undefined, module.weak))
            data = module_files.write(needs, weak, [b"__this_module"], exports)
            data += module_files.signature() if module.signed else b""
            (self._folder / f"m{number}.ko").write_bytes(data)
        self._ksyms("extract", "--usyms=u", "--records=records", *(f"m{n}.ko" for n in range(len(case.modules))))
        exports = "".join(f"0x0\t{name}\tvmlinux\tEXPORT_SYMBOL\t\n" for name in case.vmlinux)
        flags = [self._list("symbol_lists", case.listed), self._list("protected_exports", case.protected)]
        if exports:
            (self._folder / "vmlinux.symvers").write_text(exports)
            self._ksyms("exports", "--output=exports", "vmlinux.symvers")
            flags.append("--exports=exports")
        self._ksyms("kmi_check", "--output=report", "--records=records", "--signed_modules_are_gki", *flags)
        self.assertEqual(self._problems(), case.problems)
        self.assertEqual(not case.problems, case.kernel)

    def _list(self, flag, symbols):
        (self._folder / flag).write_text("[abi_symbol_list]\n" + "".join(f"  {symbol}\n" for symbol in symbols))
        return f"--{flag}={flag}"

    def _ksyms(self, *arguments):
        subprocess.run([_KSYMS, *arguments], cwd=self._folder, check=True)

    def _problems(self):
        """Returns {symbol: its problems, joined} of the report."""
        problems = {}
        for line in (self._folder / "report").read_text().splitlines()[3:-2]:
            symbol, problem, _ = re.split(" {2,}", line.strip())
            problems[symbol] = f"{problems[symbol]}; {problem}" if symbol in problems else problem
        return problems


if __name__ == "__main__":
    absltest.main()
