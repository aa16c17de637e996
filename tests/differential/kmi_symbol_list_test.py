"""Compares the KMI symbol list of a distribution's modules with one computed from nm's output, and checks it."""

import collections
import os
import pathlib
import subprocess

from absl.testing import absltest

from tests.differential import debian_modules

_KSYMS = os.path.abspath(os.environ["KSYMS"])
_ALL_CHECKS = ("--strict", "--check_order", "--check_tracepoints", "--check_unique")


def _key(symbol):
    return symbol.lower().replace("_", ""), symbol


def _in_kmi_order(symbols):
    return "".join(f"  {symbol}\n" for symbol in sorted(symbols, key=_key))


def _expected(needs):
    """Returns the list that extract_symbols documents, for {module: set of str}; simple rather than fast."""
    times = collections.Counter(symbol for symbols in needs.values() for symbol in symbols)
    common = {symbol for symbol in times if times[symbol] > 1}
    text = "[abi_symbol_list]\n# commonly used symbols\n" + _in_kmi_order(common)
    for module in sorted(needs):
        if needs[module] - common:
            text += f"\n# required by {module}\n" + _in_kmi_order(needs[module] - common)
    return text


class KmiSymbolListTest(absltest.TestCase):
    @classmethod
    def setUpClass(cls):
        """Reads all modules with nm and with ksyms; symbols that no module exports count as exports of the kernel."""
        super().setUpClass()
        modules = debian_modules.nm(debian_modules.paths())
        exported = {symbol.decode() for symbols in modules.values() for symbol in symbols.exported}
        cls.needs = collections.defaultdict(set)
        for path, symbols in modules.items():
            needed = {symbol.decode() for symbol in (*symbols.undefined, *symbols.weak)}
            tracepoints = {symbol for symbol in needed if symbol.startswith("__tracepoint_")}
            needed |= {symbol.replace("__tracepoint_", "__traceiter_") for symbol in tracepoints}
            cls.needs[os.path.basename(path)] |= needed - exported
        kernels = sorted(set().union(*cls.needs.values()))
        cls.folder = pathlib.Path(absltest.get_default_test_tmpdir())
        cls._write("modules", "\n".join(modules))
        cls._write("Module.symvers", "".join(f"0x0\t{symbol}\tvmlinux\tEXPORT_SYMBOL\t\n" for symbol in kernels))
        cls._ksyms("extract", "--usyms=usyms", "--records=records", "@modules")
        cls._ksyms("exports", "--output=exports", "Module.symvers")
        cls._ksyms("kmi_symbol_list", "--output=list", "--records=records", "--module_grouping")

    @classmethod
    def _write(cls, name, text):
        (cls.folder / name).write_text(text)

    @classmethod
    def _ksyms(cls, *arguments):
        subprocess.run([_KSYMS, *arguments], cwd=cls.folder, check=True)

    def _report(self, *arguments):
        inputs = ("--records=records", "--exports=exports")
        self._ksyms("kmi_check", "--output=report", *inputs, *_ALL_CHECKS, *arguments)
        return (self.folder / "report").read_text()

    def test_list_is_the_one_computed_from_nm(self):
        self.assertEqual((self.folder / "list").read_text(), _expected(self.needs))

    def test_list_is_the_same_with_and_without_the_kernels_exports(self):
        inputs = ("--records=records", "--exports=exports")
        self._ksyms("kmi_symbol_list", "--output=with_exports", *inputs, "--module_grouping")
        self.assertEqual((self.folder / "with_exports").read_bytes(), (self.folder / "list").read_bytes())

    def test_checks_find_no_problem_with_the_list(self):
        self.assertEqual(self._report("--symbol_lists=list"), "")

    def test_checks_find_a_missing_and_an_extra_symbol(self):
        module, symbol = next((module, min(symbols)) for module, symbols in self.needs.items() if symbols)
        users = sorted(other for other, symbols in self.needs.items() if symbol in symbols)
        text = (self.folder / "list").read_text()
        self._write("shorter", text.replace(f"  {symbol}\n", "", 1))
        self._write("longer", text + "\n  zzz_gone\n")
        self.assertIn(module, users)
        shorter, longer = self._report("--symbol_lists=shorter"), self._report("--symbol_lists=longer")
        self.assertRegex(shorter, rf": 1 problem\n(?s:.*)\n  {symbol} .* needed by {', '.join(users)}\n")
        self.assertRegex(longer, r": 1 problem\n(?s:.*)\n  zzz_gone +is listed but not exported by the kernel ")


if __name__ == "__main__":
    absltest.main()
