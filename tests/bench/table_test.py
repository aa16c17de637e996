"""Tests that the table shows what was measured and which target is missed."""

from absl.testing import absltest

import table


class TableTest(absltest.TestCase):
    def test_empty_columns_are_omitted(self):
        rows = [table.Row("ours", 0.25, ratio=1.0), table.Row("other", 1.5, ratio=6.0, target=">= 7x", met=False)]
        self.assertEqual(
            table.render(rows).splitlines(),
            [
                "name  | time   | ratio | target | met",
                "------+--------+-------+--------+----",
                "ours  | 0.25 s | 1.0x  |        |",
                "other | 1.50 s | 6.0x  | >= 7x  | NO",
            ],
        )


if __name__ == "__main__":
    absltest.main()
