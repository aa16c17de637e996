"""The table shows what was measured and which target is missed."""

import table
from absl.testing import absltest


class TableTest(absltest.TestCase):
    def test_columns_that_nobody_fills_are_left_out(self):
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
