"""What the scale benchmark generates and concludes."""
import json
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import scale  # pylint: disable=wrong-import-position


class Logs(unittest.TestCase):
    def test_each_log_is_json_of_its_size_with_more_failures_in_the_middle(self):
        for make in (scale.ids, scale.prose):
            with tempfile.TemporaryDirectory() as folder:
                log = make(None, pathlib.Path(folder), 2_000_000)
                self.assertAlmostEqual(log.stat().st_size, 2_000_000, delta=2000)
                lines = [json.loads(line) for line in log.open()]
            third = len(lines) // 3
            failures = [sum(line["status"] == 500 for line in lines[i * third:(i + 1) * third])
                        for i in range(3)]
            self.assertGreater(failures[1], 3 * max(failures[0], failures[2]))


class Growth(unittest.TestCase):
    @staticmethod
    def row(size, seconds):
        return {"log": "gateway.ndjson", "bytes": size, "cpu_seconds": seconds}

    def test_it_is_the_cost_of_a_byte_of_the_largest_by_that_of_the_next(self):
        rows = [self.row(1, 5), self.row(100, 200), self.row(10, 10)]
        self.assertEqual(scale.growth(rows), 2)
        self.assertEqual(scale.growth(rows[:1]), 1)


if __name__ == "__main__":
    unittest.main()
