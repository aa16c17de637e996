import collections

import hypothesis
from absl.testing import absltest
from hypothesis import strategies

from ksyms.formats import symbol_list
from ksyms.kmi import compose, order

# The same cases on every run, because Bazel caches test results as a function of their inputs.
_SETTINGS = hypothesis.settings(database=None, deadline=None, derandomize=True, max_examples=500)
_SYMBOLS = strategies.sampled_from(
    ["module_layout", "__put_task_struct", "kfree", "_kfree", "KFREE", "printk", "a", "b", "c", "__tracepoint_x"]
)
_NEEDS = strategies.dictionaries(
    strategies.sampled_from(["a.ko", "b.ko", "lib.a", "z-y.ko"]), strategies.sets(_SYMBOLS), max_size=4
)
_ALWAYS = ["module_layout", "__put_task_struct"]


def _documented(needs, grouping, preserved):
    """Returns the list with the documented behaviour, line by line; simple rather than fast."""
    all_needed = [symbol for symbols in needs.values() for symbol in symbols]
    times = collections.Counter(all_needed)
    written, lines = set(), ["[abi_symbol_list]"]

    def write(symbols):
        new = order.ordered(symbol for symbol in symbols if symbol not in written)
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
    counts = compose.count(needs)
    paragraphs = compose.paragraphs(needs, counts, counts.keys() - unlisted, grouping, preserved, _ALWAYS)
    return symbol_list.text(paragraphs)


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

    def test_preserved_symbols_have_a_section_after_those_of_modules(self):
        self.assertEqual(
            _compose({"a.ko": {"kfree"}}, True, {"zero", "old", "kfree", "module_layout"}),
            "[abi_symbol_list]\n# commonly used symbols\n  module_layout\n  __put_task_struct\n"
            "\n# required by a.ko\n  kfree\n"
            "\n# preserved by --additions-only\n  old\n  zero\n",
        )

    def test_preserved_symbols_are_sorted_with_the_others_without_grouping(self):
        self.assertEqual(
            _compose({"a.ko": {"kfree"}}, False, {"zero", "alpha", "kfree"}),
            "[abi_symbol_list]\n  alpha\n  kfree\n  module_layout\n  __put_task_struct\n  zero\n",
        )

    def test_no_needs_give_the_symbols_of_every_list(self):
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
    def test_list_is_the_documented_one(self, needs, grouping, preserved, unlisted):
        exported = {module: symbols - unlisted for module, symbols in needs.items()}
        self.assertEqual(_compose(needs, grouping, preserved, unlisted), _documented(exported, grouping, preserved))


class AddTraceitersTest(absltest.TestCase):
    def _added(self, needs, exported):
        counts = compose.count(needs)
        compose.add_traceiters(needs, counts, exported.__contains__)
        self.assertEqual(counts, compose.count(needs))
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
