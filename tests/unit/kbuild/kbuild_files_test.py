import pathlib

from absl.testing import absltest

from kbuild import kbuild_files

_NVIDIA = """\
NV_BUILD_TYPE ?= release
# obj-$(NOT_THIS)
$(foreach _module, $(NV_KERNEL_MODULES), \\
 $(eval include $(src)/$(_module)/$(_module).Kbuild))
ccflags-y += -I$(src)/common/inc $(DEFINES)
ifeq ($(ARCH),arm64)
endif
"""


class KbuildFilesTest(absltest.TestCase):
    def test_variables_that_decide_and_are_not_set(self):
        for text, known, expected in (
            ("obj-$(CONFIG_LTTNG) += src/\n", {}, ["CONFIG_LTTNG"]),
            ("obj-$(CONFIG_LTTNG) += src/\nall:\n\tCONFIG_LTTNG=m $(MAKE)\n", {}, ["CONFIG_LTTNG"]),
            ("obj-$(CONFIG_LTTNG) += src/\n", {"CONFIG_LTTNG"}, []),
            ("include ${TOP}/mconfig\nobj-${build_psd} += xt_psd.o\n", {}, ["TOP", "build_psd"]),
            ("build = m\nobj-$(build) += driver.o\n", {}, []),
            ("ifdef WITH_DRIVER\nobj-m := driver.o\nendif\n", {}, ["WITH_DRIVER"]),
            ("ifneq ($(KERNELRELEASE),)\nobj-$(NAME) := driver.o\nendif\n", {}, ["NAME"]),
            (_NVIDIA, {}, ["NV_KERNEL_MODULES"]),
        ):
            with self.subTest(text):
                self.assertEqual(kbuild_files.unset_variables(text, known), expected)

    def test_error_names_variables_and_other_folders(self):
        top = pathlib.Path(self.create_tempdir().full_path)
        for name, text in (("Makefile", "obj-$(CONFIG_LTTNG) += src/\n"), ("src/Kbuild", ""), ("src/Makefile", "")):
            (top / name).parent.mkdir(exist_ok=True)
            (top / name).write_text(text)
        self.assertEqual(
            str(kbuild_files.builds_nothing(str(top), str(top), ())),
            "Makefile: builds no module. To fix: add a line such as `obj-m := driver.o`, or set the variables that it "
            "uses in make_vars (CONFIG_LTTNG), or build the folder of another Kbuild file (src/Kbuild).",
        )


if __name__ == "__main__":
    absltest.main()
