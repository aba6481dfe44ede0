"""The scores of the templates are what they are called; the baseline finds what is easy."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import accuracy_templates  # pylint: disable=wrong-import-position
import drain  # pylint: disable=wrong-import-position


class Scores(unittest.TestCase):
    def test_names_of_groups_do_not_count(self):
        made = accuracy_templates.score("xxy", "aab")
        self.assertEqual((made["ga"], made["fga"]), (1, 1))

    def test_only_groups_that_are_equal_line_for_line_count(self):
        made = accuracy_templates.score("xxzzy", "aaabc")  # c alone is right: a is cut, b is in it
        self.assertEqual((made["ga"], made["fga"], made["groups"]), (0.2, 1 / 3, 3))


class Parts(unittest.TestCase):
    @staticmethod
    def results(ga):
        return [{"kind": kind, "culprit": {"ga": ga, "fga": 1}} for kind in ("nginx", "etcd")]

    def test_kinds_held_out_have_a_mean_of_their_own(self):
        made = accuracy_templates.parts(self.results(1))
        self.assertEqual({name: [one["kind"] for one in part] for name, part in made.items()},
                         {"tuned": ["nginx"], "held out": ["etcd"]})

    def test_a_mean_below_its_floor_is_told(self):
        self.assertEqual(accuracy_templates.below_floors(self.results(1)), [])
        self.assertEqual(len(accuracy_templates.below_floors(self.results(0.1))), 2)


class Drain(unittest.TestCase):
    def test_what_differs_in_numbers_and_names_is_one_group(self):
        made = drain.groups(["order 1 of bob paid", "order 22 of eve paid", "cache is full",
                             "order 3 of alice paid"])
        self.assertEqual(made, [0, 0, 1, 0])

    def test_messages_of_different_length_are_never_one_group(self):
        self.assertEqual(drain.groups(["a b c", "a b c d", ""]), [0, 1, 2])


if __name__ == "__main__":
    unittest.main()
