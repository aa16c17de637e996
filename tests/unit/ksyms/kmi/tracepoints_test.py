from absl.testing import absltest

from ksyms.kmi import tracepoints


class TracepointsTest(absltest.TestCase):
    def test_each_half_has_the_other_as_its_counterpart(self):
        self.assertEqual(tracepoints.counterpart("__tracepoint_sched"), "__traceiter_sched")
        self.assertEqual(tracepoints.counterpart("__traceiter_sched"), "__tracepoint_sched")

    def test_only_a_tracepoint_has_a_traceiter(self):
        self.assertEqual(tracepoints.traceiter("__tracepoint_sched"), "__traceiter_sched")
        self.assertEqual(tracepoints.traceiter("__traceiter_sched"), "")

    def test_other_symbols_have_neither(self):
        for symbol in ("kfree", "tracepoint_sched", "x__tracepoint_sched"):
            self.assertEqual((tracepoints.counterpart(symbol), tracepoints.traceiter(symbol)), ("", ""))


if __name__ == "__main__":
    absltest.main()
