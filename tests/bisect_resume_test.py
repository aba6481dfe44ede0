"""`culprit bisect --resume`, and what limits of time mean for the runs that they cut."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "daemons"))
# pylint: disable=wrong-import-position
from bisect_test import Bisect
from daemons import main


class Cut(Bisect):
    """Runs that were ended before they could say anything."""

    def test_a_run_that_the_end_of_all_time_cuts_is_no_evidence(self):
        shas = self.line(8, 4)
        hangs = ["--timeout", "20s", "--signature", "timed_out = true", "--", "sh", "-c",
                 "sleep 0.4; exit 0"]
        for time_max in ("0.3s", "0.6s"):
            said = self.bisect("--time", time_max, shas[0], shas[-1], *hangs, code=1)
            self.assertEqual(said["ended"], "time_spent")
            self.assertNotIn("bad", [one["outcome"] for one in said["trials"]])
            self.assertNotIn("timed out", str(said["trials"]))

    def test_cut_runs_do_not_make_an_end_untestable(self):
        shas = self.line(8, 4)
        slow = ["--", "sh", "-c", "sleep 0.3; grep -q good state"]
        for resume in ([], ["--resume"], ["--resume"], ["--resume"]):
            said = self.bisect(*resume, shas[0], shas[-1], "--time", "0.15s", *slow, code=1)
            self.assertEqual((said["ended"], said["trouble"]), ("time_spent", None))
        self.assertEqual(self.bisect("--resume")["culprit"]["sha"], shas[4])


if __name__ == "__main__":
    main()
