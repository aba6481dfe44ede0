"""The benchmark of suspects calls right right and wrong wrong, and its incidents are as told."""
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
sys.dont_write_bytecode = True
import accuracy_changes as bench  # pylint: disable=wrong-import-position
from changes.scenario import Scenario  # pylint: disable=wrong-import-position

SHA = "3f2c1a9b77" + "0" * 30
TRUTH = {"kind": "immediate", "onset": 1_763_000_020.0, "service": "payments", "commit": SHA,
         "guilty": {"at": 1_763_000_000.0, "service": "payments", "names": ["v1.9.0", SHA]},
         "changes": [{"at": 1_762_990_000.0, "service": "payments", "names": ["v1.8.0"]},
                     {"at": 1_763_000_000.0, "service": "payments", "names": ["v1.9.0", SHA]},
                     {"at": 1_763_000_010.0, "service": "search", "names": ["v7"]}]}
INNOCENT = TRUTH | {"guilty": None, "commit": None}


def change(name, probability, at="2025-11-13T02:13:20Z", kind="deploy", commits=()):
    return {"kind": kind, "id": name, "at": at, "probability": probability,
            "commits": [{"sha": sha} for sha in commits], "against": ["it is another service's"]}


NONE = change(None, 0.2, at=None, kind="none")


class Scoring(unittest.TestCase):
    def test_the_guilty_change_is_known_by_its_names_and_time(self):
        for name in ["v1.9.0", "registry.example/payments:v1.9.0", "3f2c1a9b7"]:
            self.assertTrue(bench.is_guilty(change(name, 0.5), TRUTH))
        self.assertFalse(bench.is_guilty(change("v1.9.1", 0.5), TRUTH))
        self.assertFalse(bench.is_guilty(change("v1.9.0", 0.5, "2025-11-13T01:13:20Z"), TRUTH))
        self.assertFalse(bench.is_guilty(NONE, TRUTH))

    def test_a_place_counts_none_of_these(self):
        made = bench.judged([NONE, change("v7", 0.1), change("v1.9.0", 0.1, commits=["x", SHA])],
                            TRUTH)
        self.assertFalse(made["first"])
        self.assertTrue(made["in_three"])
        self.assertEqual(made["commit"], 1)

    def test_to_abstain_is_to_put_none_first(self):
        self.assertTrue(bench.judged([NONE, change("v1.9.0", 0.1)], INNOCENT)["first"])
        self.assertFalse(bench.judged([change("v1.9.0", 0.3), NONE], INNOCENT)["first"])

    def test_innocent_changes_just_before_the_onset_are_decoys(self):
        made = bench.judged([change("v1.9.0", 0.5), change("v7", 0.2, "2025-11-13T02:13:30Z"),
                             change("v6", 0.1, "2025-11-13T02:10:30Z"), NONE], TRUTH)
        self.assertEqual(made["decoys"], [True])

    def test_no_answer_is_wrong(self):
        self.assertFalse(bench.judged([], TRUTH)["first"])
        self.assertFalse(bench.judged([], INNOCENT)["first"])

    def test_the_nearest_misleads_where_the_service_does_not(self):
        self.assertFalse(bench.guess(TRUTH, of_service=False))
        self.assertTrue(bench.guess(TRUTH, of_service=True))
        self.assertFalse(bench.guess(INNOCENT, of_service=True))

    def test_calibration_is_measured_in_bins_of_equal_size(self):
        results = [{"culprit": {"probability": p, "first": right}}
                   for p, right in [(0.2, False), (0.4, False), (0.6, True), (0.8, True),
                                    (1.0, True)]]
        self.assertAlmostEqual(bench.calibration_error(bench.bins_of(results)), 0.24)


class Incidents(unittest.TestCase):
    def written(self, kind, seed):
        with tempfile.TemporaryDirectory() as place:
            folder = pathlib.Path(place)
            truth = Scenario(kind, seed).write(folder)
            logs = "".join(path.read_text() for path in sorted((folder / "logs").iterdir()))
            log = subprocess.run(["git", "-C", folder / "repo", "log", "--format=%H %s"],
                                 check=True, capture_output=True, text=True).stdout
            rows = (folder / "deploys.ndjson").read_text().splitlines()
            return truth, logs, log, [json.loads(row) for row in rows]

    def test_the_same_seed_gives_the_same_incident(self):
        self.assertEqual(self.written("immediate", 7), self.written("immediate", 7))

    def test_a_guilty_commit_is_in_the_history_and_its_deploy_in_the_list(self):
        truth, logs, log, rows = self.written("revert", 3)
        self.assertIn(truth["commit"], log)
        self.assertIn(truth["message"].split("<>")[0], logs)
        names = json.dumps(rows)
        self.assertTrue(any(name in names for name in truth["guilty"]["names"]))

    def test_where_none_is_guilty_there_are_deploys_all_the_same(self):
        truth, _, _, rows = self.written("certificate", 5)
        self.assertIsNone(truth["guilty"])
        self.assertGreater(len(rows), 5)


if __name__ == "__main__":
    unittest.main()
