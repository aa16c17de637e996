from absl.testing import absltest, parameterized

from ksyms.kmi import resolved


class ResolvedTest(parameterized.TestCase):
    # Machines: 3 and 62 are those of x86, 20 is PowerPC and 21 PowerPC with 64 bits.
    @parameterized.named_parameters(
        ("modules_own", ["__this_module"], [3, 20, 21, 62]),
        ("linkers", ["_GLOBAL_OFFSET_TABLE_", "__start_set", "__stop_set"], [3, 20, 21, 62]),
        ("powerpc", ["_restgpr_14", "_savegpr_14", "_rest32gpr_14", "_save32gpr_14"], [20]),
        ("powerpc_of_both", ["_restvr_20", "_savevr_20"], [20, 21]),
        ("powerpc64", ["_restgpr0_14", "_savegpr0_14", "_restgpr1_14", "_savegpr1_14", ".TOC."], [21]),
        ("powerpc64_floats", ["_restfpr_14", "_savefpr_14"], [21]),
        ("others", ["kfree", "_GLOBAL_OFFSET_TABLE_2", "__this_module2", "x__start_set", ".TOC.2", "_savegpr"], []),
    )
    def test_names_that_the_build_resolves_are_those_of_modpost(self, names, machines):
        for machine in (3, 20, 21, 62):
            expected = names if machine in machines else []
            self.assertCountEqual(resolved.by_build(names, machine), expected, machine)


if __name__ == "__main__":
    absltest.main()
