"""Plain command lines are parsed as argparse does it, and all others are left to argparse."""

import argparse

from absl.testing import absltest, parameterized

from ksyms import command_line


def _declare(parser, operands):
    parser.add_argument("--output", required=True, metavar="FILE", help="where to write")
    parser.add_argument("--records", action="append", default=[], metavar="FILE", help="any number")
    parser.add_argument("--base", metavar="FILE", help="at most one")
    parser.add_argument("--title", default="untitled", help="has a default")
    parser.add_argument("--strict", action="store_true", help="a switch")
    if operands:
        parser.add_argument("modules", metavar="MODULE", help="operands", nargs=operands if operands == "+" else None)
    return parser


class PlainParserTest(parameterized.TestCase):
    @parameterized.named_parameters(
        ("required_alone", "", ["--output=o"]),
        ("all", "", ["--strict", "--records=a", "--output=o", "--base=b", "--title=t", "--records=b"]),
        ("empty_values", "", ["--output=", "--records=", "--base="]),
        ("equals_in_a_value", "", ["--output=o", "--title=a=b=c", "--base=--strict"]),
        ("twice", "", ["--output=first", "--output=second", "--strict", "--strict"]),
        ("one_operand", "1", ["--output=o", "m.ko"]),
        ("one_operand_of_several", "+", ["--output=o", "m.ko"]),
        ("operands", "+", ["--output=o", "b.ko", "a=b", "b.ko", "@x", ""]),
    )
    def test_same_as_argparse(self, operands, words):
        plain = _declare(command_line.PlainParser(), operands).parse_args(words)
        self.assertEqual(vars(plain), vars(_declare(argparse.ArgumentParser(), operands).parse_args(words)))

    @parameterized.named_parameters(
        ("help", "", ["--output=o", "--help"]),
        ("abbreviation", "", ["--out=o"]),
        ("value_after_a_blank", "", ["--output", "o"]),
        ("unknown_flag", "", ["--output=o", "--sorted"]),
        ("required_is_missing", "", ["--strict"]),
        ("value_of_a_switch", "", ["--output=o", "--strict=yes"]),
        ("unexpected_operand", "", ["--output=o", "m.ko"]),
        ("operand_is_missing", "1", ["--output=o"]),
        ("operands_are_missing", "+", ["--output=o"]),
        ("too_many_operands", "1", ["--output=o", "a.ko", "b.ko"]),
        ("operand_before_a_flag", "+", ["a.ko", "--output=o"]),
        ("end_of_flags", "+", ["--output=o", "--", "a.ko"]),
        ("lone_hyphen", "+", ["--output=o", "-"]),
    )
    def test_anything_else_is_left_to_argparse(self, operands, words):
        with self.assertRaises(command_line.Unusual):
            _declare(command_line.PlainParser(), operands).parse_args(words)

    def test_lines_do_not_share_values(self):
        parser = _declare(command_line.PlainParser(), "")
        self.assertEqual(parser.parse_args(["--output=o", "--records=a", "--strict"]).records, ["a"])
        second = parser.parse_args(["--output=o", "--records=b"])
        self.assertEqual((second.records, second.strict), (["b"], False))


if __name__ == "__main__":
    absltest.main()
