import collections

import hypothesis
from absl.testing import absltest
from hypothesis import strategies

import kmi_order
import kmi_symbol_list

# The same cases on every run: a test's result is a function of its inputs, as Bazel's cache takes it to be.
_SETTINGS = hypothesis.settings(database=None, deadline=None, derandomize=True, max_examples=500)
_SYMBOLS = strategies.sampled_from(
    ["module_layout", "__put_task_struct", "kfree", "_kfree", "KFREE", "printk", "a", "b", "c", "__tracepoint_x"]
)
_NEEDS = strategies.dictionaries(
    strategies.sampled_from(["a.ko", "b.ko", "lib.a", "z-y.ko"]), strategies.sets(_SYMBOLS), max_size=4
)
_ALWAYS = ["module_layout", "__put_task_struct"]


def _documented(needs, grouping, preserved):
    """The documented behaviour, line by line, without a thought for speed."""
    all_needed = [symbol for symbols in needs.values() for symbol in symbols]
    times = collections.Counter(all_needed)
    written, lines = set(), ["[abi_symbol_list]"]

    def write(symbols):
        new = kmi_order.ordered(symbol for symbol in symbols if symbol not in written)
        written.update(new)
        lines.extend("  " + symbol for symbol in new)

    if grouping:
        lines.append("# commonly used symbols")
        write([*_ALWAYS, *(symbol for symbol in all_needed if times[symbol] >= 2)])
        for module, symbols in needs.items():
            if set(symbols) - written:
                lines.extend(["", f"# required by {module}"])
                write(symbols)
        if set(preserved) - written:
            lines.extend(["", "# preserved by --additions-only"])
            write(preserved)
    else:
        write([*_ALWAYS, *all_needed, *preserved])
    return "\n".join(lines) + "\n"


def _compose(needs, grouping, preserved, unlisted=frozenset()):
    counts = kmi_symbol_list.count(needs)
    return kmi_symbol_list.compose(needs, counts, counts.keys() - unlisted, grouping, preserved, _ALWAYS)


class ComposeTest(absltest.TestCase):
    def test_grouped(self):
        needs = {"a.ko": {"kfree", "_Alpha", "gamma"}, "b.ko": {"kfree", "beta"}}
        self.assertEqual(
            _compose(needs, True, set()),
            "[abi_symbol_list]\n# commonly used symbols\n  kfree\n  module_layout\n  __put_task_struct\n"
            "\n# required by a.ko\n  _Alpha\n  gamma\n"
            "\n# required by b.ko\n  beta\n",
        )

    def test_not_grouped(self):
        needs = {"b.ko": {"kfree", "beta"}, "a.ko": {"kfree", "_Alpha"}}
        self.assertEqual(
            _compose(needs, False, set()),
            "[abi_symbol_list]\n  _Alpha\n  beta\n  kfree\n  module_layout\n  __put_task_struct\n",
        )

    def test_preserved_have_a_section_of_their_own_behind_those_of_modules(self):
        self.assertEqual(
            _compose({"a.ko": {"kfree"}}, True, {"zero", "old", "kfree", "module_layout"}),
            "[abi_symbol_list]\n# commonly used symbols\n  module_layout\n  __put_task_struct\n"
            "\n# required by a.ko\n  kfree\n"
            "\n# preserved by --additions-only\n  old\n  zero\n",
        )

    def test_preserved_are_sorted_in_without_grouping(self):
        self.assertEqual(
            _compose({"a.ko": {"kfree"}}, False, {"zero", "alpha", "kfree"}),
            "[abi_symbol_list]\n  alpha\n  kfree\n  module_layout\n  __put_task_struct\n  zero\n",
        )

    def test_nothing_needed_leaves_what_is_in_every_list(self):
        always = "  module_layout\n  __put_task_struct\n"
        for needs in ({}, {"a.ko": set()}):
            self.assertEqual(_compose(needs, False, set()), "[abi_symbol_list]\n" + always)
            self.assertEqual(_compose(needs, True, set()), "[abi_symbol_list]\n# commonly used symbols\n" + always)

    def test_module_that_needs_only_common_symbols_has_no_section(self):
        needs = {"a.ko": {"kfree", "alpha"}, "b.ko": {"kfree", "module_layout"}}
        self.assertNotIn("b.ko", _compose(needs, True, set()))

    def test_sections_are_in_the_order_of_the_needs(self):
        text = _compose({"z.ko": {"a"}, "a.ko": {"z"}}, True, set())
        self.assertLess(text.index("# required by z.ko"), text.index("# required by a.ko"))

    @_SETTINGS
    @hypothesis.given(_NEEDS, strategies.booleans(), strategies.sets(_SYMBOLS), strategies.sets(_SYMBOLS))
    def test_is_what_is_documented(self, needs, grouping, preserved, unlisted):
        exported = {module: symbols - unlisted for module, symbols in needs.items()}
        self.assertEqual(_compose(needs, grouping, preserved, unlisted), _documented(exported, grouping, preserved))


class AddTraceitersTest(absltest.TestCase):
    def _added(self, needs, exported):
        counts = kmi_symbol_list.count(needs)
        kmi_symbol_list.add_traceiters(needs, counts, exported.__contains__)
        self.assertEqual(counts, kmi_symbol_list.count(needs))
        return {module: sorted(symbols) for module, symbols in needs.items()}

    def test_exported_traceiters_are_added_where_their_tracepoint_is_needed(self):
        needs = {"a.ko": ["kfree", "__tracepoint_x", "__tracepoint_y"], "b.ko": ["kfree"]}
        found = self._added(needs, {"__traceiter_x", "__tracepoint_y"})
        self.assertEqual(
            found, {"a.ko": ["__traceiter_x", "__tracepoint_x", "__tracepoint_y", "kfree"], "b.ko": ["kfree"]}
        )

    def test_traceiter_that_is_needed_anyway_is_not_counted_twice(self):
        needs = {"a.ko": ["__traceiter_x", "__tracepoint_x"]}
        self.assertEqual(self._added(needs, {"__traceiter_x"}), {"a.ko": ["__traceiter_x", "__tracepoint_x"]})

    def test_order_of_the_modules_is_kept(self):
        self.assertEqual(
            list(self._added({"b.ko": ["__tracepoint_x"], "a.ko": []}, {"__traceiter_x"})), ["b.ko", "a.ko"]
        )

    def test_no_modules(self):
        self.assertEqual(self._added({}, set()), {})


if __name__ == "__main__":
    absltest.main()
