import itertools

from absl.testing import absltest, parameterized

from ksyms.kmi import order


class KmiOrderTest(parameterized.TestCase):
    @parameterized.named_parameters(
        ("underscores_first_if_only_they_differ", ["__blk", "_blk", "blk"]),
        ("underscores_inside_are_ignored", ["ab_c", "abd", "ab_e", "abf"]),
        ("leading_underscores_are_ignored", ["__alpha", "beta", "_gamma"]),
        ("case_is_ignored", ["alpha", "Beta", "gamma"]),
        ("capitals_then_underscores_then_small_letters_if_equal", ["BLK", "Blk", "_BLK", "_blk", "bLK", "blk"]),
        ("underscores_inside_of_equal_names", ["b_l_k", "b_lk", "bl_k", "blk"]),
        ("digits_before_letters", ["blk2", "blka"]),
        ("shorter_name_first", ["__blk", "_blk", "blk", "_blk2", "blk2", "__blkx", "blkx"]),
        ("any_number_of_underscores", ["_______blk", "______blk", "_____blk", "____blk", "blk"]),
        ("underscores_only", ["_", "__", "______", "0", "a"]),
    )
    def test_order(self, names):
        for permutation in itertools.islice(itertools.permutations(names), 24):
            self.assertEqual(order.ordered(permutation), names)

    def test_repetitions_are_dropped(self):
        self.assertEqual(order.ordered(iter(["b", "a", "b"])), ["a", "b"])

    def test_no_symbols_give_an_empty_list(self):
        self.assertEqual(order.ordered([]), [])


if __name__ == "__main__":
    absltest.main()
