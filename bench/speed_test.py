"""The statistics of the speed benchmark keep their promise."""
import pathlib
import random
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import speed  # pylint: disable=wrong-import-position


class MedianInterval(unittest.TestCase):
    def test_six_values_are_the_fewest_that_reach_95_percent(self):
        self.assertEqual(speed.median_interval([6, 1, 2, 5, 4, 3]), (1, 6, 0.96875))
        self.assertLess(speed.median_interval([1, 2, 3, 4, 5])[2], 0.95)

    def test_twenty_values_leave_out_the_outermost_five(self):
        self.assertEqual(speed.median_interval(range(1, 21))[:2], (6, 15))

    def test_the_true_median_is_inside_as_often_as_promised(self):
        dice, inside = random.Random(1), 0
        for _ in range(2000):
            low, high, confidence = speed.median_interval(
                [dice.lognormvariate(0, 0.5) for _ in range(12)])
            inside += low <= 1 <= high
        self.assertGreaterEqual(confidence, 0.95)
        self.assertGreaterEqual(inside, 0.95 * 2000)


if __name__ == "__main__":
    unittest.main()
