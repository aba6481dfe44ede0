"""A line is labelled by the format string that made it; the labels kept are those of the tables."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import label_templates  # pylint: disable=wrong-import-position
from label_templates import Format, best  # pylint: disable=wrong-import-position


def formats(*texts, syntax="printf"):
    return [Format(str(number), text, "", syntax) for number, text in enumerate(texts)]


def made_by(message, *texts, **more):
    return "".join(one.name for one in best(formats(*texts, **more), message))


class Labels(unittest.TestCase):
    def test_conversions_take_what_they_print(self):
        for message, text, made in (
                ("pid -12 at 0x7f", "pid %d at %p", "0"), ("pid x", "pid %d", ""),
                ("100% of 3.5 s", "%u%% of %.1f s", "0"), ("a  7", "%s %2d", "0"),
                ("from  to x", "from %.100s to %-10s", "0"), ("port 22 open", "port %d", "")):
            self.assertEqual(made_by(message, text), made, message)

    def test_the_web_server_has_conversions_of_its_own(self):
        self.assertEqual(made_by('"a" failed 12 7f', '"%V" failed %ui %xd', syntax="nginx"), "0")

    def test_the_most_constant_one_wins_then_the_one_with_more_numbers(self):
        self.assertEqual(made_by("user bob 7", "%s", "user %s", "user %s %d", "%s bob %s"), "2")
        self.assertEqual(made_by("bob 7", "%s %s", "%s %d"), "1")

    def test_two_that_are_equally_exact_are_both_told(self):
        self.assertEqual(made_by("ab", "a%s", "%sb"), "01")

    def test_literals_that_stand_side_by_side_are_one(self):
        text = 'log("took %" PRIu64\n    " ms\\n");\nerr(APLOGNO(01234) "no %s", x);'
        self.assertEqual(list(label_templates.literals(text)),
                         [(1, "took %u ms"), (3, "AH01234: no %s")])

    def test_what_stands_between_chained_literals_is_an_argument(self):
        text = 'LOG(log, "read " << rows << " rows in " << time << " s");\nx("a " + b + " c");'
        self.assertEqual(list(label_templates.literals(text)),
                         [(1, "read %s rows in %s s"), (2, "a %s c")])
        self.assertEqual(list(label_templates.literals('x(name + " came");', "braces")),
                         [(1, "{} came")])

    def test_each_language_has_its_conversions(self):
        for syntax, text in (("go", "peer %v at %d of %q"), ("erlang", "peer ~p at ~b of ~ts"),
                             ("python", "peer %(name)s at %d of %r"),
                             ("braces", "peer {} at {} of {}")):
            self.assertEqual(made_by("peer a b at 7 of 'x'", text, syntax=syntax), "0", syntax)

    def test_the_labels_are_those_of_the_tables(self):
        kinds = sorted(path.stem for path in label_templates.FOLDER.glob("*.labels"))
        self.assertGreaterEqual(len(kinds), 12)
        for name in kinds:
            labels, faults = label_templates.labels_of(label_templates.Kind(name))
            kept = (label_templates.FOLDER / f"{name}.labels").read_text("utf8").split()
            self.assertEqual((faults, labels), ([], kept), name)


if __name__ == "__main__":
    unittest.main()
