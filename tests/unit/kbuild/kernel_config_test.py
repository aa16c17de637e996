import os

from absl.testing import absltest, parameterized

from kbuild import kernel_config
from ksyms.errors import KsymsError

_GOOD = "CONFIG_MODULES=y\nCONFIG_TRIM_UNUSED_KSYMS=y\n"


class KernelConfigTest(parameterized.TestCase):
    def _file(self, name, text):
        return self.create_tempfile(name, text).full_path

    def _kernel(self, version, patchlevel):
        makefile = f"# SPDX\nVERSION = {version}\nPATCHLEVEL = {patchlevel}\nSUBLEVEL = 7\n"
        return os.path.dirname(self._file(f"linux-{version}.{patchlevel}/Makefile", makefile))

    def _check(self, result, *fragments):
        paths = [self._file(f"{number}.config", text) for number, text in enumerate(fragments)]
        kernel_config.check_result(self._file(".config", _GOOD + result), paths)

    def test_last_value_of_an_option_counts(self):
        text = '# a comment\nCONFIG_A=y\nCONFIG_B="a b=c"\n# CONFIG_A is not set\nCONFIG_C=m\n'
        self.assertEqual(kernel_config.parse(text), {"CONFIG_A": "", "CONFIG_B": '"a b=c"', "CONFIG_C": "m"})

    def test_fragments_that_took_effect_are_accepted(self):
        self._check(
            "CONFIG_A=m\n# CONFIG_B is not set\n", "CONFIG_A=y\n", "CONFIG_A=m\nCONFIG_B=n\n# CONFIG_C is not set\n"
        )

    @parameterized.named_parameters(
        ("dropped", "", "CONFIG_VETH=m\n", "asks for CONFIG_VETH=m, but kbuild made it CONFIG_VETH=n"),
        ("changed", "CONFIG_VETH=y\n", "CONFIG_VETH=m\n", "asks for CONFIG_VETH=m, but kbuild made it CONFIG_VETH=y"),
        (
            "selected",
            "CONFIG_CRC8=y\n",
            "# CONFIG_CRC8 is not set\n",
            "asks for CONFIG_CRC8 off, but kbuild made it CONFIG_CRC8=y",
        ),
        ("whitelist", "", 'CONFIG_UNUSED_KSYMS_WHITELIST="list"\n', "sets CONFIG_UNUSED_KSYMS_WHITELIST.*symbol_lists"),
    )
    def test_fragment_without_effect_is_refused_by_name(self, result, fragment, problem):
        with self.assertRaisesRegex(KsymsError, rf"0\.config: {problem}"):
            self._check(result, fragment)

    def test_list_of_the_base_is_not_silently_lost(self):
        base = self._file("base", _GOOD + 'CONFIG_UNUSED_KSYMS_WHITELIST="abi_symbollist.raw"\n')
        with self.assertRaisesRegex(
            KsymsError, "^gki_defconfig: sets CONFIG_UNUSED_KSYMS_WHITELIST. .* symbol_lists, .* into a fragment"
        ):
            kernel_config.check_base(base, "gki_defconfig", [])
        emptied = self._file("fragment", 'CONFIG_UNUSED_KSYMS_WHITELIST=""\n')
        kernel_config.check_base(base, "gki_defconfig", [emptied])
        kernel_config.check_result(base, [emptied])

    @parameterized.parameters("CONFIG_MODULES", "CONFIG_TRIM_UNUSED_KSYMS")
    def test_kernel_that_cannot_be_trimmed_is_refused(self, option):
        path = self._file(".config", _GOOD.replace(f"{option}=y", f"# {option} is not set"))
        with self.assertRaisesRegex(KsymsError, rf"^configuration: has no {option}=y\. To fix: add {option}=y to"):
            kernel_config.check_result(path, [])

    @parameterized.parameters(
        ("CONFIG_EXTRA_FIRMWARE_DIR", "/lib/firmware"),
        ("CONFIG_MODULE_SIG_KEY", "/home/me/key.pem"),
        ("CONFIG_SYSTEM_BLACKLIST_HASH_LIST", "/home/me/hashes"),
    )
    def test_files_that_no_action_depends_on_are_refused(self, option, value):
        with self.assertRaisesRegex(
            KsymsError,
            rf'^configuration: {option}="{value}" is outside the source tree, .*To fix: put it into the source',
        ):
            self._check(f'{option}="{value}"\n', "")

    @parameterized.parameters("/home/me/rootfs.cpio", "../usr/rootfs", "usr/list", "usr/a.cpio usr/b.cpio")
    def test_initramfs_is_an_archive_of_the_source_tree(self, value):
        with self.assertRaisesRegex(
            KsymsError, r"not an archive in the source tree.*To fix: pack it into one \.cpio file"
        ):
            self._check(f'CONFIG_INITRAMFS_SOURCE="{value}"\n', "")

    def test_files_of_the_source_tree_are_not_refused(self):
        self._check('CONFIG_INITRAMFS_SOURCE=""\n', "")
        self._check('CONFIG_INITRAMFS_SOURCE="rootfs.cpio.xz"\n', "")
        self._check('CONFIG_INITRAMFS_SOURCE="usr/rootfs.cpio"\nCONFIG_DEFAULT_INIT="/sbin/init"\n', "")

    @parameterized.parameters((5, 8, "autoksyms"), (6, 4, "autoksyms"), (6, 5, "modpost"), (7, 0, "modpost"))
    def test_mechanism_of_a_version(self, version, patchlevel, trim):
        kernel = self._kernel(version, patchlevel)
        kernel_config.check_mechanism(trim, kernel)
        other = {"autoksyms": "modpost", "modpost": "autoksyms"}[trim]
        with self.assertRaisesRegex(
            KsymsError,
            rf'is Linux {version}.{patchlevel}, which does not trim exports by "{other}"\. To fix: set trim = "{trim}"',
        ):
            kernel_config.check_mechanism(other, kernel)

    def test_too_old_kernel_is_refused(self):
        with self.assertRaisesRegex(
            KsymsError, r"is Linux 5\.4, which cannot trim exports to a list\. To fix: use Linux 5\.8"
        ):
            kernel_config.check_mechanism("autoksyms", self._kernel(5, 4))

    def test_folder_that_is_no_kernel_is_refused(self):
        folder = os.path.dirname(self._file("tool/Makefile", "all:\n\tcc main.c\n"))
        with self.assertRaisesRegex(KsymsError, "tool/Makefile: is not the Makefile of a Linux kernel"):
            kernel_config.check_mechanism("modpost", folder)
        with self.assertRaisesRegex(KsymsError, r"cannot be read.*name the files of a Linux source tree"):
            kernel_config.check_mechanism("modpost", folder + "/nowhere")


if __name__ == "__main__":
    absltest.main()
