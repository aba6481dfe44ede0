"""The accuracy benchmark calls right right and wrong wrong."""
import copy
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import accuracy  # pylint: disable=wrong-import-position

TRUTH = {"kind": "step", "clean": False, "shape": "step", "onset": "2025-11-20T13:55:19.623Z",
         "cause": [["region", "=", "us-east"], ["cart_size", ">", "9"]],
         "aliases": [["dc", "=", "iad"]], "who_verdict": "segment", "culprit_version": "v1.9.0",
         "decoy_version": "v1.8.2", "culprit_sha": "3f2c1a9b", "stopped_message": None,
         "new_message": "payment timeout gateway_host="}
ANSWER = {
    "when": {"found": True, "shape": "step", "interval": {"from": "2025-11-20T13:55:18.000Z",
                                                          "to": "2025-11-20T13:55:21.000Z"}},
    "who_verdict": "segment",
    "who": [{"where": "", "conditions": ["region = us-east", "cart_size > 9"]}],
    "changes": [{"id": "v1.8.2", "probability": 0.2, "commits": []},
                {"id": "v1.9.0", "probability": 0.7,
                 "commits": [{"sha": "3f2c1a9b77", "probability": 0.5}]}],
    "templates": [{"status": "new", "text": "payment timeout gateway_host=<*>",
                   "example": {"line": ""}}]}


def changed(**changes):
    answer = copy.deepcopy(ANSWER)
    answer.update(changes)
    return answer


def who(*conditions):
    return accuracy.who_right(changed(who=[{"conditions": list(conditions)}]), TRUTH)


class Accuracy(unittest.TestCase):
    def test_a_right_answer_is_right_in_all(self):
        self.assertEqual(accuracy.score(ANSWER, TRUTH), dict.fromkeys(accuracy.QUESTIONS, True))

    def test_an_empty_answer_is_wrong_in_all(self):
        answer = {"when": {"found": False}, "templates": []}
        self.assertEqual(accuracy.score(answer, TRUTH), dict.fromkeys(accuracy.QUESTIONS, False))

    def test_conditions_in_other_words_are_right(self):
        self.assertTrue(who("cart_size >= 10", "region = us-east"))
        self.assertTrue(who("cart_size > 9.5", 'region = "us-east"'))
        self.assertTrue(who("dc = iad", "cart_size > 9"))
        self.assertTrue(who({"field": "region", "op": "=", "value": "us-east"},
                            {"field": "cart_size", "op": ">", "value": "9"}))

    def test_other_conditions_are_wrong(self):
        self.assertFalse(who("region = us-east"))
        self.assertFalse(who("region = us-east", "dc = iad", "cart_size > 9"))
        self.assertFalse(who("region = us-east", "cart_size > 8"))
        self.assertFalse(who("region = us-east", "cart_size < 9"))
        self.assertFalse(who("region = eu-west", "cart_size > 9"))

    def test_an_onset_outside_the_interval_is_wrong(self):
        when = {"found": True, "interval": {"from": "2025-11-20T13:55:20Z",
                                            "to": "2025-11-20T14:55:20Z"}}
        self.assertFalse(accuracy.onset_right(changed(when=when), TRUTH))

    def test_blaming_the_decoy_is_wrong_and_doubt_is_right_where_no_release_is_guilty(self):
        innocent = TRUTH | {"culprit_version": None}
        doubt = [{"id": None, "kind": "none", "probability": 0.8}]
        decoy = [{"id": "v1.8.2", "probability": 0.9}]
        self.assertTrue(accuracy.change_right(changed(changes=doubt), innocent))
        self.assertFalse(accuracy.change_right(changed(changes=decoy), innocent))
        self.assertFalse(accuracy.change_right(changed(changes=doubt), TRUTH))

    def test_an_incident_seen_in_a_clean_log_is_wrong(self):
        clean = TRUTH | {"clean": True}
        self.assertFalse(accuracy.score(ANSWER, clean)["found"])
        self.assertTrue(accuracy.score({"when": {"found": False}}, clean)["found"])


if __name__ == "__main__":
    unittest.main()
