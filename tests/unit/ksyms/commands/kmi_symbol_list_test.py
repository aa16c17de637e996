import argparse
import os

from absl.testing import absltest, parameterized

from ksyms.commands import extract, kmi_symbol_list
from ksyms.errors import KsymsError
from tests.elf_files import elf_files, module_files


class KmiSymbolListTest(parameterized.TestCase):
    """What tests/golden does not have: inputs that make a list void, and names that no kernel exports."""

    def setUp(self):
        super().setUp()
        self._folder = self.create_tempdir()
        os.chdir(self._folder.full_path)
        self._module("user.ko", module_files.write([b"kfree"]))
        self._module("named.ko", module_files.write([b"kfree"]))
        self._module("signed.ko", module_files.write([b"kfree"]) + module_files.signature())

    def _module(self, name, data):
        self._folder.create_file(name, data)
        extract.run(argparse.Namespace(usyms="u", records=f"{name}.jsonl", modules=[name]))

    def _list(self, *arguments):
        """Runs the command; returns the symbols of the list."""
        parser = argparse.ArgumentParser()
        kmi_symbol_list.add_arguments(parser)
        kmi_symbol_list.run(parser.parse_args(["--output=list", *arguments]))
        with open("list", encoding="ascii") as file:
            return file.read().split()[1:]

    _SIGNED, _NAMED = ("--records=signed.ko.jsonl", "--signed_modules_are_gki"), ("--records=named.ko.jsonl",)

    @parameterized.named_parameters(
        ("signed", _SIGNED, "1 by signature (signed_modules_are_gki)", "signed_modules_are_gki = False"),
        ("named", (*_NAMED, "--gki_modules=named"), "1 by name (gki_modules)", "gki_modules"),
        (
            "signed_or_named",
            (*_SIGNED, *_NAMED, "--gki_modules=named"),
            "1 by signature (signed_modules_are_gki), 1 by name (gki_modules)",
            "signed_modules_are_gki = False",
        ),
    )
    def test_modules_without_a_user_module_are_refused_with_the_attribute(self, arguments, reason, fix):
        with self.assertRaises(KsymsError) as failure:
            self._list(*arguments)
        problem = f"modules: there is no user module, as all are GKI modules: {reason}. To fix: "
        self.assertStartsWith(str(failure.exception), problem)
        self.assertIn(fix, str(failure.exception))
        self.assertEqual(self._list(*arguments, "--records=user.ko.jsonl"), ["kfree"])

    def test_filters_that_leave_no_module_are_refused(self):
        for flag in ("--include_modules=typo", "--exclude_modules=ko$"):
            with self.assertRaisesRegex(KsymsError, "^include_modules and exclude_modules: no module is left of 1, "):
                self._list("--records=user.ko.jsonl", flag)

    def test_all_that_the_kernel_exports_needs_no_user_module(self):
        self._folder.create_file("exports", b"api\tvmlinux\t\t\n")
        self.assertEqual(self._list(*self._SIGNED, "--full_gki_abi", "--exports=exports"), ["api"])

    def test_exports_of_another_kernel_are_refused(self):
        self._folder.create_file("exports", b"api\tvmlinux\t\t\n")
        with self.assertRaisesRegex(KsymsError, "^exports: no symbol that the modules need is exported, such as kfree"):
            self._list("--records=user.ko.jsonl", "--exports=exports")
        self._module("quiet.o", module_files.write([b"__this_module"]))
        self.assertEmpty(self._list("--records=quiet.o.jsonl", "--exports=exports"))

    @parameterized.named_parameters(
        ("x86_64", elf_files.X86_64, ["_savegpr0_14", "_savegpr_14", "kfree"]),
        ("powerpc", elf_files.POWERPC, ["_savegpr0_14", "kfree"]),
    )
    def test_names_that_the_build_resolves_are_listed_only_if_the_kernel_exports_them(self, layout, listed):
        needs = [b"_GLOBAL_OFFSET_TABLE_", b"_savegpr0_14", b"_savegpr_14", b"__start_set", b"kfree"]
        self._module("pic.o", module_files.write(needs, layout=layout))
        self.assertCountEqual(self._list("--records=pic.o.jsonl"), listed)
        self._folder.create_file("exports", b"__start_set\tvmlinux\t\t\n")
        self.assertEqual(self._list("--records=pic.o.jsonl", "--exports=exports"), ["__start_set"])


if __name__ == "__main__":
    absltest.main()
