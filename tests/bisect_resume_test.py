"""`culprit bisect --resume`, and what limits of time mean for the runs that they cut."""
import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "daemons"))
# pylint: disable=wrong-import-position
from bisect_test import Bisect
from daemons import main

SURE = ["--", "grep", "-q", "good", "state"]


class Cut(Bisect):
    """Runs that were ended before they could say anything."""

    def test_a_run_that_the_end_of_all_time_cuts_is_no_evidence(self):
        shas = self.line(8, 4)
        hangs = ["--timeout", "20s", "--signature", "timed_out = true", "--", "sh", "-c",
                 "sleep 0.2; exit 0"]
        for time_max in ("0.1s", "0.3s"):
            said = self.bisect("--time", time_max, shas[0], shas[-1], *hangs, code=1)
            self.assertEqual(said["ended"], "time_spent")
            self.assertNotIn("bad", [one["outcome"] for one in said["trials"]])
            self.assertNotIn("timed out", str(said["trials"]))

    def test_cut_runs_do_not_make_an_end_untestable(self):
        shas = self.line(8, 4)
        slow = ["--", "sh", "-c", "sleep 0.15; grep -q good state"]
        for resume in ([], ["--resume"], ["--resume"], ["--resume"]):
            said = self.bisect(*resume, shas[0], shas[-1], "--time", "0.1s", *slow, code=1)
            self.assertEqual((said["ended"], said["trouble"]), ("time_spent", None))
        self.assertEqual(self.bisect("--resume")["culprit"]["sha"], shas[4])

    def test_a_longer_timeout_tries_again_what_a_shorter_one_cut(self):
        shas = self.line(8, 4)
        slow = ["--", "sh", "-c", "grep -q good state && exit 0; sleep 0.5; exit 1"]
        ends = [shas[0], shas[-1]]
        said = self.bisect(*ends, "--timeout", "0.2s", *slow, code=125)
        self.assertEqual(said["trouble"], "bad_untestable")
        said = self.bisect("--resume", *ends, "--timeout", "10s", *slow)
        self.assertEqual(said["culprit"]["sha"], shas[4])
        self.assertEqual(said["trials"][1]["outcome"], "unjudged")
        self.assertIn("not counted", said["trials"][1]["reason"])
        for one in said["trials"]:
            self.assertIn(one["sha"], (self.repo / one["output"]).read_text())
        # With the failure that hangs, too: what is cut by the same limit counts on.
        hangs = ["--signature", "timed_out = true", *slow]
        said = self.bisect(*ends, "--timeout", "0.2s", *hangs)
        self.assertEqual(said["culprit"]["sha"], shas[4])
        for limit in (["--timeout", "0.2s"], []):
            again = self.bisect("--resume", *ends, *limit, *hangs)
            self.assertEqual((again["culprit"], again["runs"]), (said["culprit"], said["runs"]))
        said = self.bisect("--resume", *ends, "--timeout", "10s", *hangs, code=125)
        self.assertNotIn("bad", [one["outcome"] for one in said["trials"]])

    def test_an_end_that_could_not_be_tested_is_tried_again(self):
        shas = self.line(8, 4)
        ready = self.folder / "ready"
        test = ["--", "sh", "-c", f"[ -e {ready} ] || exit 125; grep -q good state"]
        self.bisect(shas[0], shas[-1], *test, code=125)
        ready.touch()
        self.assertEqual(self.bisect("--resume")["culprit"]["sha"], shas[4])


class Again(Bisect):
    def test_run_numbers_go_on(self):
        shas = self.line(16, 9)
        numbers = self.folder / "numbers"
        test = ["--", "sh", "-c", f"echo $CULPRIT_RUN >> {numbers}; grep -q good state"]
        self.bisect("--runs", "3", shas[0], shas[-1], *test, code=1)
        self.bisect("--resume")
        seen = numbers.read_text().split()
        self.assertEqual(len(seen), len(set(seen)), seen)

    def test_a_run_that_was_cut_had_its_number(self):
        shas = self.line(16, 9)
        numbers = self.folder / "numbers"
        test = ["--", "sh", "-c", f"echo $CULPRIT_RUN >> {numbers}; sleep 0.4; cat state"]
        for resume in ([], ["--resume"]):
            self.bisect(*resume, "--time", "0.2s", shas[0], shas[-1], *test, code=1)
        seen = numbers.read_text().split()
        self.assertEqual((len(seen), len(set(seen))), (2, 2), seen)

    def test_a_search_that_begins_anew_keeps_the_one_before(self):
        shas = self.line(16, 9)
        first = self.bisect("--runs", "6", shas[0], shas[-1], *SURE, code=1)
        folder = self.repo / first["folder"]
        kept = (folder / "journal").read_text()
        said = self.bisect("--runs", "1", shas[0], shas[-1], *SURE, code=1)
        note = [one for one in said["notes"] if "6 runs" in one]
        self.assertEqual(len(note), 1, said["notes"])
        self.assertIn("--resume", note[0])
        old = folder.with_name(folder.name + ".old")
        self.assertEqual((old / "journal").read_text(), kept)
        self.assertEqual((len(list((old / "runs").iterdir())), len(said["trials"])), (6, 1))
        self.assertEqual(self.bisect("--resume", "--runs", "1", code=1)["runs"], 1)
        # One with fewer runs does not take its place.
        with self.launch("--runs", "1", shas[0], shas[-1], *SURE) as process:
            shown, _ = process.communicate(timeout=60)
        self.assertEqual((old / "journal").read_text(), kept)
        # As it says, it can be had back.
        back = re.search(r"the search before: (rm -r .*; mv .*); the same with --resume", shown)
        subprocess.run(["sh", "-c", back[1]], cwd=self.repo, check=True)
        told = [[(one["sha"], one["outcome"]) for one in said["trials"][:6]]
                for said in (first, self.bisect("--resume"))]
        self.assertEqual(told[0], told[1])

    def test_a_log_is_told_once_also_with_resume(self):
        shas = self.line(16, 9)
        log = self.write("log", f"git bisect bad {shas[10]}\ngit bisect good {shas[7]}\n")
        told = ["--replay", log, shas[0], shas[-1], *SURE]
        self.bisect("--runs", "3", shas[0], shas[-1], *SURE, code=1)
        for _ in range(2):
            said = self.bisect("--resume", *told)
            self.assertEqual([one["sha"] for one in said["trials"] if one["run"] is None],
                             [shas[10], shas[7]])
        self.assertEqual(said["culprit"]["sha"], shas[9])


if __name__ == "__main__":
    main()
