from absl.testing import absltest

from ksyms.formats import symbol_list
from ksyms.formats.records import Record
from ksyms.kmi import problems
from ksyms.kmi.problems import Problem


def _module(name, undefined=(), weak=(), exported=()):
    return Record(name, False, undefined, weak, exported)


def _entries(*lists):
    """Returns the entries of lists whose names are a, b, c."""
    return [
        entry
        for name, text in zip("abc", lists, strict=False)
        for entry in symbol_list.parse(("[abi_symbol_list]\n" + text).encode(), name)
    ]


class CoverageTest(absltest.TestCase):
    def _symbols(self, users, text="", by_kernel=frozenset(), by_users=frozenset()):
        return [problem.symbol for problem in problems.coverage(users, _entries(text), by_kernel, by_users)]

    def test_listed_symbols_are_covered(self):
        self.assertEmpty(self._symbols([_module("x.ko", ["kfree", "printk"])], "printk\nkfree\nunused\n"))

    def test_missing_symbol_is_reported_once_with_all_its_modules(self):
        users = [_module("x.ko", ["kfree", "printk"]), _module("y.ko", ["kfree"])]
        self.assertEqual(
            problems.coverage(users, _entries("printk\n")),
            [Problem("kfree", "is in no symbol list and exported by no other module", "needed by x.ko, y.ko")],
        )

    def test_symbol_of_any_list_is_covered(self):
        self.assertEmpty(problems.coverage([_module("x.ko", ["a", "b"])], _entries("a\n", "b\n")))

    def test_symbol_that_a_user_module_exports_is_covered_whoever_else_does(self):
        users = [_module("x.ko", ["api", "kfree"])]
        self.assertEqual(self._symbols(users, by_users={"api"}), ["kfree"])
        self.assertEqual(self._symbols(users, by_users={"api"}, by_kernel={"api"}), ["kfree"])

    def test_symbol_that_the_kernel_exports_has_to_be_listed_even_if_its_use_is_weak(self):
        users = [_module("x.ko", ["of_gki"], ["hook", "absent"]), _module("y.ko", weak=["of_gki"])]
        what = "is exported by the kernel, but in no symbol list"
        self.assertEqual(
            problems.coverage(users, _entries(""), {"of_gki", "hook"}),
            [Problem("of_gki", what, "needed by x.ko, y.ko"), Problem("hook", what, "needed by x.ko")],
        )
        self.assertEmpty(problems.coverage(users, _entries("of_gki\nhook\n"), {"of_gki", "hook"}))

    def test_weak_symbol_need_not_be_covered(self):
        self.assertEmpty(self._symbols([_module("x.ko", weak=["hook"])]))

    def test_this_module_of_an_object_before_modpost_is_covered(self):
        self.assertEmpty(self._symbols([_module("x.o", ["__this_module"])]))

    def test_names_that_the_build_resolves_are_covered_unless_the_kernel_exports_them(self):
        users = [_module("x.o", ["_GLOBAL_OFFSET_TABLE_", "__start_set", "kfree"])]
        self.assertEqual(self._symbols(users), ["kfree"])
        self.assertEqual(self._symbols(users, by_kernel={"__start_set"}), ["__start_set", "kfree"])


class NotExportedTest(absltest.TestCase):
    def test_exported_symbols_are_not_reported(self):
        self.assertEmpty(problems.not_exported(_entries("kfree\n"), {"kfree", "printk"}))

    def test_symbol_that_nothing_exports_is_reported_with_its_line(self):
        self.assertEqual(
            problems.not_exported(_entries("kfree\ngone\n"), {"kfree"}),
            [Problem("gone", "is listed but not exported by the kernel", "a:3")],
        )


class DeniedTest(absltest.TestCase):
    def test_other_symbols_are_not_reported(self):
        self.assertEmpty(problems.denied(_entries("kfree\n"), [{"filp_open": "file operation"}]))

    def test_denied_symbol_is_reported_with_the_reason_of_each_list(self):
        deny_lists = [{"filp_open": "file operation"}, {"vfree": "never"}, {"filp_open": "not for drivers"}]
        self.assertEqual(
            problems.denied(_entries("kfree\nfilp_open\n"), deny_lists),
            [
                Problem("filp_open", "is denied: file operation", "a:3"),
                Problem("filp_open", "is denied: not for drivers", "a:3"),
            ],
        )


class UnpairedTracepointsTest(absltest.TestCase):
    def test_pairs_are_not_reported(self):
        self.assertEmpty(problems.unpaired_tracepoints(_entries("__traceiter_x\n__tracepoint_x\ntraceiter\n")))

    def test_each_half_is_reported_with_its_missing_counterpart(self):
        self.assertEqual(
            problems.unpaired_tracepoints(_entries("__tracepoint_x\n__traceiter_y\n")),
            [
                Problem("__tracepoint_x", "is listed without __traceiter_x", "a:2"),
                Problem("__traceiter_y", "is listed without __tracepoint_y", "a:3"),
            ],
        )

    def test_other_half_must_be_in_the_same_list(self):
        self.assertLen(problems.unpaired_tracepoints(_entries("__tracepoint_x\n", "__traceiter_x\n")), 2)


class RepeatedTest(absltest.TestCase):
    def test_symbols_listed_once_are_not_reported(self):
        self.assertEmpty(problems.repeated(_entries("b\na\n", "c\n")))

    def test_each_repetition_is_reported_with_the_first_place(self):
        self.assertEqual(
            problems.repeated(_entries("x\ny\nx\n", "x\n")),
            [
                Problem("x", "is listed again, after a:2", "a:4"),
                Problem("x", "is listed again, after a:2", "b:2"),
            ],
        )


class UnsortedTest(absltest.TestCase):
    def test_order_matters_only_inside_a_paragraph(self):
        text = "# common\n_blk\nblk\nBLX\n\n# required by x.ko\n  alpha\n  beta\n[b_symbol_list]\n  aa\n"
        self.assertEmpty(problems.unsorted(_entries(text, "_\n")))

    def test_symbol_out_of_order_is_reported_with_the_one_before_it(self):
        self.assertEqual(
            problems.unsorted(_entries("# common\nblk\n_blk\nc\n\nb\na\n")),
            [
                Problem("_blk", "is out of order, after blk", "a:4"),
                Problem("a", "is out of order, after b", "a:8"),
            ],
        )

    def test_repetition_is_not_out_of_order(self):
        self.assertEmpty(problems.unsorted(_entries("a\na\n")))


class ProtectedTest(absltest.TestCase):
    def test_other_symbols_are_not_reported(self):
        self.assertEmpty(problems.protected([_module("x.ko", ["kfree"], ["hook"], ["api"])], {"secret"}, []))

    def test_use_is_reported_with_its_modules_even_if_weak(self):
        users = [_module("x.ko", ["secret"]), _module("y.ko", weak=["secret"])]
        self.assertEqual(
            problems.protected(users, {"secret", "other"}, _entries("kfree\n")),
            [Problem("secret", "is protected, and in no symbol list", "needed by x.ko, y.ko")],
        )

    def test_use_of_a_listed_symbol_is_fine(self):
        self.assertEmpty(problems.protected([_module("x.ko", ["secret"])], {"secret"}, _entries("secret\n")))

    def test_export_is_reported_listed_or_not(self):
        users = [_module("x.ko", exported=["secret"]), _module("y.ko", exported=["secret", "api"])]
        for text in ("", "secret\n"):
            self.assertEqual(
                problems.protected(users, {"secret"}, _entries(text)),
                [Problem("secret", "is protected: only GKI modules may export it", "exported by x.ko, y.ko")],
            )


if __name__ == "__main__":
    absltest.main()
