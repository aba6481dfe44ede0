"""`culprit bisect` on scripted repositories: what it finds, leaves alone, and how it goes on."""
import fcntl
import json
import math
import os
import pathlib
import pty
import random
import re
import shutil
import signal
import struct
import subprocess
import sys
import termios
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "daemons"))
# pylint: disable=wrong-import-position
import daemons
from daemons import Daemons, main

PERSON = {f"GIT_{who}_{key}": value for who in ("AUTHOR", "COMMITTER")
          for key, value in (("NAME", "Ada"), ("EMAIL", "ada@example.com"),
                             ("DATE", "2025-01-01T00:00:00Z"))}
ENV = os.environ | PERSON | {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1",
                             "LC_ALL": "C.UTF-8", "TZ": "UTC"}


def pending_signals(pid):
    """A mask of those that were sent to the process and not taken yet."""
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"^ShdPnd:\s*(\w+)$", status, re.MULTILINE)[1], 16)


class Bisect(Daemons):
    def setUp(self):
        super().setUp()
        self.repo = self.folder / "repo"
        self.trees = self.folder / "trees"
        self.repo.mkdir()
        self.trees.mkdir()
        self.env = ENV | {"TMPDIR": str(self.trees)}
        self.git("init", "-q", "-b", "main")

    def git(self, *words, cwd=None):
        return subprocess.run(["git", *words], cwd=cwd or self.repo, env=ENV, check=True,
                              capture_output=True, text=True).stdout.strip()

    def commit(self, message, **files):
        """Files by name, `_` for `.`; a commit of all there is."""
        for name, text in files.items():
            path = self.repo / name.replace("__", "/").replace("_", ".")
            path.parent.mkdir(exist_ok=True, parents=True)
            path.write_text(text)
            if text.startswith("#!"):
                path.chmod(0o755)
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD")

    def line(self, count, bad_from, **files):
        """So many commits c0, c1, ...; from `bad_from` on the file `state` says bad."""
        shas = []
        for i in range(count):
            state = f"{'bad' if i >= bad_from else 'good'}\n{i}\n"
            shas.append(self.commit(f"c{i}", state=state, **(files if i == 0 else {})))
        return shas

    def launch(self, *words, cwd=None):
        return subprocess.Popen([str(daemons.BUILD / "culprit"), "bisect", *map(str, words)],
                                cwd=cwd or self.repo, env=self.env, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True)

    def bisect(self, *words, code=0, cwd=None):
        with self.launch("--json", *words, cwd=cwd) as process:
            out, err = process.communicate(timeout=120)
        self.assertEqual(process.returncode, code, out + err)
        self.said = err
        return json.loads(out) if out else {}

    def state(self):
        """All of the user's repository that a run might touch."""
        index = (self.repo / ".git/index").read_bytes()
        return [self.git("status", "--porcelain=v2", "--ignored"), self.git("worktree", "list"),
                self.git("for-each-ref"), self.git("config", "--list", "--local"),
                self.git("stash", "list"), self.git("reflog"), self.git("rev-parse", "HEAD"), index]

    def assert_clean(self, before):
        self.assertEqual(self.state(), before)
        self.assertEqual(list(self.trees.iterdir()), [])
        left = subprocess.run(["pgrep", "-af", str(self.folder)], capture_output=True, text=True,
                              check=False).stdout
        self.assertEqual(left, "")

    def known_ignored(self):
        """`.culprit` is there from the first run on and ignores itself."""
        (self.repo / ".culprit").mkdir(mode=0o700, exist_ok=True)
        (self.repo / ".culprit/.gitignore").write_text("*\n")


class Finds(Bisect):
    def test_a_sure_test_takes_as_few_runs_as_halving(self):
        shas = self.line(65, 41)
        self.known_ignored()
        before = self.state()
        said = self.bisect(shas[0], shas[64], "--", "grep", "-q", "good", "state")
        self.assertEqual(said["verdict"], "found")
        self.assertEqual(said["culprit"]["sha"], shas[41])
        self.assertEqual(said["culprit"]["subject"], "c41")
        self.assertGreaterEqual(said["culprit"]["probability"], 0.95)
        self.assertEqual(said["suspects"], 64)
        tested = {one["sha"] for one in said["trials"] if one["end"] == "commit"}
        self.assertLessEqual(len(tested), math.log2(64) + 1)
        self.assertTrue(said["revert"]["clean"] or said["revert"]["conflicts"])
        self.assert_clean(before)

    def test_a_culprit_on_a_merged_branch(self):
        self.line(5, 99)
        self.git("checkout", "-q", "-b", "side", "HEAD~3")
        side = [self.commit(f"s{i}", **{f"side{i}": "bad\n" if i >= 2 else "good\n"})
                for i in range(4)]
        self.git("checkout", "-q", "main")
        self.git("merge", "-q", "--no-ff", "-m", "merge", "side")
        last = self.commit("after", other="x\n")
        said = self.bisect("main~5", last, "--", "sh", "-c", "! grep -qs bad side2")
        self.assertEqual(said["culprit"]["sha"], side[2])
        whole = self.bisect("--first-parent", "main~5", last, "--", "sh", "-c",
                            "! grep -qs bad side2")
        self.assertEqual(whole["culprit"]["subject"], "merge")
        self.assertEqual(whole["culprit"]["parents"], 2)

    def test_a_test_that_fails_one_time_in_three(self):
        shas = self.line(33, 20)
        flaky = "grep -q good state || [ $(($(echo $CULPRIT_RUN | cksum | cut -c2-5) % 3)) -ne 0 ]"
        said = self.bisect(shas[0], shas[32], "--", "sh", "-c", flaky)
        self.assertEqual(said["culprit"]["sha"], shas[20])
        self.assertLess(said["rates"]["good"], 0.1)
        self.assertGreater(said["rates"]["bad"], 0.15)
        self.assertLess(said["rates"]["bad"], 0.6)

    def test_a_culprit_among_commits_that_do_not_build_gives_the_honest_set(self):
        shas = []
        for i in range(24):
            shas.append(self.commit(f"c{i}", state="bad\n" if i >= 12 else "good\n", n=f"{i}\n",
                                    build="exit 1\n" if 9 <= i <= 14 else f"exit 0 #{i}\n"))
        said = self.bisect(shas[0], shas[-1], "--build", "sh ./build", "--", "grep", "-q", "good",
                           "state", code=1)
        self.assertEqual(said["verdict"], "inconclusive")
        self.assertEqual(said["ended"], "stuck")
        self.assertEqual({one["sha"] for one in said["credible_set"]}, set(shas[9:16]))
        self.assertGreater(said["skipped"], 0)

    def test_another_failure_is_no_evidence(self):
        shas = [self.commit(f"c{i}", test="#!/bin/sh\necho " + ("slow" if i >= 10 else "fine") +
                            f" # {i}\nexit {1 if i >= 10 or 4 <= i < 7 else 0}\n")
                for i in range(16)]
        said = self.bisect(shas[0], shas[-1], "--signature", 'stdout ~ "slow"', "--", "./test")
        self.assertEqual(said["culprit"]["sha"], shas[10])

    def test_a_signature_is_found_in_the_midst_of_much_output(self):
        shas = self.line(8, 5)
        test = ("grep -q good state && exit 0; pad() { head -c 1000000 /dev/zero | tr '\\0' x; };"
                "pad; echo; echo deadlock; pad; exit 1")
        said = self.bisect(shas[0], shas[-1], "--signature", "stdout ~ deadlock", "--", "sh", "-c",
                           test)
        self.assertEqual(said["culprit"]["sha"], shas[5])
        for one in said["trials"]:
            self.assertLess((self.repo / one["output"]).stat().st_size, 600_000)

    def test_an_investigation_saves_runs(self):
        shas = self.line(257, 200)
        self.write("found.json", json.dumps({"changes": [
            {"kind": "deploy", "commits": [{"sha": shas[200][:12], "probability": 0.6},
                                           {"sha": shas[30][:12], "probability": 0.2}]}]}))
        command = ["--", "grep", "-q", "good", "state"]
        plain = self.bisect(shas[0], shas[-1], *command)
        prior = self.bisect("--prior", self.folder / "found.json", shas[0], shas[-1], *command)
        self.assertEqual(prior["culprit"]["sha"], shas[200])
        self.assertLess(prior["runs"], plain["runs"])

    def test_workers_find_the_same(self):
        shas = self.line(40, 17)
        self.known_ignored()
        before = self.state()
        said = self.bisect("--workers", "3", shas[0], shas[-1], "--", "sh", "-c",
                           "sleep 0.1; grep -q good state")
        self.assertEqual(said["culprit"]["sha"], shas[17])
        self.assert_clean(before)

    def test_histories_that_parted(self):
        shas = self.line(10, 6)
        self.git("checkout", "-q", "-b", "stable", shas[3])
        stable = self.commit("s", other="x\n")
        said = self.bisect(stable, shas[-1], "--", "grep", "-q", "good", "state")
        self.assertEqual(said["culprit"]["sha"], shas[6])
        self.assertEqual(said["base"], shas[3])
        self.git("checkout", "-q", "-b", "mended", shas[7])
        mended = self.commit("m", state="good\n")
        said = self.bisect(mended, shas[-1], "--", "grep", "-q", "good", "state", code=1)
        self.assertEqual(said["trouble"], "good_fails")


class Shows(Bisect):
    """What somebody sees who waits, on a terminal of 80 columns."""

    def watched(self, *words, signal_after=None):
        """The lines that stood there one after the other, and the report."""
        ours, theirs = os.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        with subprocess.Popen([str(daemons.BUILD / "culprit"), "bisect", *map(str, words)],
                              cwd=self.repo, env=self.env | {"TERM": "xterm"}, stdout=theirs,
                              stderr=theirs) as process:
            os.close(theirs)
            seen = b""
            while True:
                try:
                    some = os.read(ours, 1 << 16)
                except OSError:  # nobody writes any more
                    break
                seen += some
                if signal_after and signal_after in seen.decode(errors="replace"):
                    process.send_signal(signal.SIGINT)
                    signal_after = None
            self.code = process.wait(timeout=60)
        os.close(ours)
        *lines, report = seen.decode().split("\r\x1b[K")
        return lines, report.replace("\r\n", "\n")

    def test_bars_runs_and_time_left_on_one_line(self):
        shas = self.line(40, 29)
        lines, report = self.watched(shas[0], shas[-1], "--build", "sleep 0.05", "--",
                                     "grep", "-q", "good", "state")
        self.assertEqual(self.code, 0)
        self.assertIn("CULPRIT", report.splitlines()[0])
        self.assertTrue(any(line.startswith("testing both ends  0 runs; now at ")
                            for line in lines), lines)
        searching = [line for line in lines if "left (" in line]
        self.assertGreaterEqual(len(searching), 5)
        for line in lines:
            self.assertLess(len(line), 80)
            self.assertNotIn("\n", line)
        bars = [line.split("  ")[0] for line in searching]
        self.assertEqual({len(one) for one in bars}, {26})
        self.assertEqual(bars[-1].index("█"), 28 * 26 // 39)  # the range begins after GOOD
        self.assertEqual(bars[-1].count("▁") + bars[-1].count(" "), 25)
        left = [int(re.search("about ([0-9]+) left", line)[1]) for line in searching]
        self.assertLess(left[-1], left[0])
        self.assertIn(f"{shas[29][:9]} bad (", " ".join(lines))  # the rest is cut at 80

    def test_each_worker_is_named(self):
        shas = self.line(40, 29)
        lines, _ = self.watched(shas[0], shas[-1], "--workers", "2", "--build", "sleep 0.05", "--",
                                "grep", "-q", "good", "state")
        self.assertTrue(any(re.search("now at [0-9a-f]{9} [0-9a-f]{9}$", line) for line in lines),
                        lines)

    def test_ctrl_c_leaves_a_report_on_a_line_of_its_own(self):
        shas = self.line(40, 29)
        self.known_ignored()
        before = self.state()
        lines, report = self.watched(shas[0], shas[-1], "--", "sh", "-c",
                                     "sleep 0.1; grep -q good state", signal_after="left (")
        self.assertEqual(self.code, 130)
        self.assertGreater(len(lines), 2)
        self.assertRegex(report, "(?s)^SO FAR .*--resume")
        self.assert_clean(before)


class Rates(Bisect):
    FLAKY = ["--", "sh", "-c", "grep -q good state || "
             "[ $(($(echo $CULPRIT_RUN | cksum | cut -c2-5) % 3)) -ne 0 ]"]

    def test_stated_rates_are_looked_at_once_and_are_no_runs(self):
        shas = self.line(17, 9)
        said = self.bisect("--rates", "0,0.33", shas[0], shas[-1], *self.FLAKY)
        self.assertEqual(said["culprit"]["sha"], shas[9])
        self.assertEqual([trial["end"] for trial in said["trials"][:2]], ["good", "bad"])
        self.assertLess(said["at_bad"]["total"], 100)
        for command, trouble in (("false", "good_fails"), ("true", "bad_passes")):
            said = self.bisect("--rates", "0,1", shas[0], shas[-1], "--", command, code=1)
            self.assertEqual((said["trouble"], said["runs"]), (trouble, 5))

    def test_both_ends_are_measured_where_that_is_asked_for(self):
        shas = self.line(17, 9)
        said = self.bisect("--calibrate", "20", shas[0], shas[-1], *self.FLAKY)
        self.assertEqual(said["culprit"]["sha"], shas[9])
        self.assertGreaterEqual(said["at_bad"]["total"], 20)

    def test_a_reproduction_at_bad_tells_its_rate(self):
        shas = self.line(17, 9)
        command = ["sh", "-c", "grep -q good state || [ $((CULPRIT_SEED % 2)) -eq 0 ]"]
        (self.repo / ".gitignore").write_text("repro.*\n")
        bad = self.commit("ignore")
        subprocess.run([daemons.BUILD / "culprit", "repro", "--no-case", "--trials", "40", "--",
                        *command], cwd=self.repo, env=self.env, check=True, capture_output=True)
        text = (self.repo / "repro.toml").read_text()
        self.assertIn(f'commit = "{bad}"', text)
        flaky = ["--", "sh", "-c", "grep -q good state || [ $((CULPRIT_RUN % 2)) -eq 0 ]"]
        said = self.bisect("--rates-from", "repro.toml", shas[0], bad, *flaky)
        self.assertEqual(said["culprit"]["sha"], shas[9])
        self.assertIn("repro.toml says", " ".join(said["notes"]))
        self.assertGreaterEqual(said["at_bad"]["total"], 40)
        self.bisect("--rates-from", "repro.toml", shas[0], shas[-1], *flaky, code=2)
        self.assertIn("and BAD is", self.said)


class Refuses(Bisect):
    def test_ends_that_do_not_differ_are_said_at_once(self):
        shas = self.line(8, 3)
        command = ["--", "grep", "-q", "good", "state"]
        for good, bad, trouble in ((4, 7, "good_fails"), (0, 2, "bad_passes")):
            said = self.bisect(shas[good], shas[bad], *command, code=1)
            self.assertEqual(said["trouble"], trouble)
            self.assertEqual(said["verdict"], "no_change")
        self.assertLessEqual(said["runs"], 42)
        said = self.bisect(shas[0], shas[7], "--", "grep", "-q", "bad", "state", code=1)
        self.assertEqual(said["trouble"], "exchanged")
        self.bisect(shas[7], shas[0], *command, code=2)
        self.assertIn("GOOD comes after BAD", self.said)

    def test_what_cannot_be_run_or_judged(self):
        shas = self.line(8, 3)
        self.bisect(shas[0], shas[7], "--", "./no-such-test", code=2)
        self.assertIn("cannot be run", self.said)
        self.bisect(shas[0], shas[7], "--", "sh", "-c", "exit 126", code=2)
        self.bisect(shas[0], shas[7], "--", "sh", "-c", "exit 125", code=125)
        said = self.bisect(shas[0], shas[7], "--", "sh", "-c", "exit 200", code=1)
        self.assertEqual(said["ended"], "asked_to_stop")
        self.assertEqual(said["trials"][-1]["reason"], "exit 200: asks to stop")
        self.bisect(shas[0], "v9", "--", "true", code=2)
        self.assertIn("no commit, tag or branch v9", self.said)

    def test_an_end_that_does_not_build_is_said_at_once(self):
        shas = self.line(8, 3)
        said = self.bisect(shas[0], shas[7], "--build", "exit 2", "--", "true", code=125)
        self.assertEqual(said["trouble"], "good_untestable")
        self.assertEqual(said["runs"], 1)

    def test_a_full_disk_is_no_evidence(self):
        shas = self.line(8, 3)
        self.commit("large", large="x" * 600_000)
        for i in range(9, 13):
            shas.append(self.commit(f"c{i}", n=f"{i}\n"))
        small = self.folder / "small"
        small.mkdir()
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=512k", "none", small],
                                 check=False, capture_output=True)
        if mounted.returncode:
            self.skipTest("a small file system cannot be mounted here")
        self.addCleanup(subprocess.run, ["umount", "-l", small], check=False)
        self.bisect("--worktrees", small, shas[0], shas[-1], "--", "grep", "-q", "good", "state",
                    code=3)
        self.assertIn("no space left", self.said)
        self.assertIn("--resume", self.said)
        self.assertEqual(list(small.iterdir()), [])
        said = self.bisect("--resume", shas[0], shas[-1], "--", "grep", "-q", "good", "state")
        self.assertEqual(said["culprit"]["sha"], shas[3])

    def test_a_run_that_takes_too_long_is_not_judged(self):
        shas = [self.commit(f"c{i}", state="bad\n" if i >= 4 else "good\n",
                            wait="30" if i == 4 else "0") for i in range(8)]
        said = self.bisect("--timeout", "1s", shas[0], shas[7], "--", "sh", "-c",
                           "sleep $(cat wait); grep -q good state", code=1)
        self.assertEqual(said["verdict"], "inconclusive")
        self.assertEqual({one["sha"] for one in said["credible_set"]}, {shas[4], shas[5]})
        self.assertIn("timed out", json.dumps(said["trials"]))


class GoesOn(Bisect):
    def setUp(self):
        super().setUp()
        # With the folder's name in it, so that what is left of it would be seen.
        self.sure = ["--", "sh", "-c", f": {self.folder}; sleep 0.1; grep -q good state"]

    def test_a_cancelled_run_leaves_nothing_and_goes_on(self):
        shas = self.line(64, 30)
        self.known_ignored()
        before = self.state()
        whole = self.bisect(shas[0], shas[-1], *self.sure)
        for number, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
            with self.launch("--json", shas[0], shas[-1], *self.sure) as process:
                time.sleep(0.9)
                process.send_signal(number)
                out, err = process.communicate(timeout=20)
            self.assertEqual(process.returncode, code, err)
            said = json.loads(out)
            self.assertEqual(said["ended"], "interrupted")
            self.assert_clean(before)
            on = self.bisect("--resume", shas[0], shas[-1], *self.sure)
            self.assertEqual(on["culprit"], whole["culprit"])
            self.assertEqual(on["runs"], whole["runs"])

    def test_a_second_signal_while_it_winds_up_leaves_nothing(self):
        shas = self.line(8, 4)
        self.known_ignored()
        before = self.state()
        # It takes its time to end, so that the second comes while it is waited for.
        slow = ["--", "sh", "-c", f": {self.folder}; touch {self.folder}/begun; "
                "trap '' TERM INT QUIT; sleep 30; sleep 30"]
        for number, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGQUIT, 143)):
            with self.launch("--json", shas[0], shas[-1], *slow) as process:
                self.until((self.folder / "begun").exists, "the first run")
                (self.folder / "begun").unlink()
                process.send_signal(number)
                # Two that wait together are one.
                self.until(lambda: not pending_signals(process.pid), "the first signal's end")
                process.send_signal(number)
                out, err = process.communicate(timeout=20)
            self.assertEqual(process.returncode, code, err)
            self.assertEqual(json.loads(out)["ended"], "interrupted")
            self.assertEqual(err.count("winding up; a third ends it at once"), 1, err)
            self.assert_clean(before)

    def test_a_terminal_that_is_closed_loses_nothing(self):
        shas = self.line(32, 20)
        self.known_ignored()
        before = self.state()
        child, terminal = pty.fork()
        if child == 0:
            os.chdir(self.repo)
            os.execve(daemons.BUILD / "culprit",
                      ["culprit", "bisect", shas[0], shas[-1], *self.sure], self.env)
        journals = (self.repo / ".culprit/bisect").glob
        self.until(lambda: any(len(one.read_text().splitlines()) > 2
                               for one in journals("*/journal")), "the third run")
        os.close(terminal)
        status = os.waitpid(child, 0)[1]
        self.assertEqual(os.waitstatus_to_exitcode(status), 128 + signal.SIGHUP)
        self.assert_clean(before)
        shown = subprocess.run([str(daemons.BUILD / "culprit"), "case", "show"], cwd=self.repo,
                               env=self.env, capture_output=True, text=True, check=False)
        self.assertIn("bisect", shown.stdout)
        on = self.bisect("--resume")
        self.assertEqual(on["culprit"]["sha"], shas[20])

    def test_killed_at_any_moment_it_loses_nothing(self):
        shas = self.line(48, 30)
        self.known_ignored()
        before = self.state()
        whole = self.bisect(shas[0], shas[-1], *self.sure)
        dice = random.Random(7)
        for _ in range(4):
            resume = []
            for _ in range(40):
                with self.launch("--json", *resume, shas[0], shas[-1], *self.sure) as process:
                    try:
                        process.wait(dice.uniform(0.05, 0.6))
                    except subprocess.TimeoutExpired:
                        process.kill()
                    err = process.communicate()[1]
                if process.returncode == 0:
                    break
                self.assertEqual(process.returncode, -signal.SIGKILL, err)
                if any((self.repo / ".culprit/bisect").glob("*/journal")):
                    resume = ["--resume"]
            on = self.bisect("--resume", shas[0], shas[-1], *self.sure)
            self.assertEqual(on["culprit"], whole["culprit"])
            self.assertEqual(on["runs"], whole["runs"])
            self.assert_clean(before)
            shutil.rmtree(self.repo / ".culprit/bisect")

    def test_the_newest_goes_on_without_a_word(self):
        shas = self.line(16, 9)
        first = self.bisect("--runs", "3", shas[0], shas[-1], *self.sure, code=1)
        self.assertEqual(first["ended"], "runs_spent")
        said = self.bisect("--resume")
        self.assertEqual(said["culprit"]["sha"], shas[9])
        self.bisect("--resume", shas[1], shas[-1], *self.sure, code=3)
        self.assertIn("was begun", self.said)

    def test_alone_it_goes_on_with_the_same_words_and_flags(self):
        shas = self.line(16, 9, Makefile="all:\n", _gitignore="deps\n")
        (self.repo / "deps").mkdir()
        (self.repo / "deps/lib").write_text("lib\n")
        runner = self.write("runner", f"#!/bin/sh\necho x >> {self.folder}/ran\nexec \"$@\"\n")
        runner.chmod(0o755)
        first = self.bisect("--runs", "3", "--link", "deps", "--runner", runner, "--rates", "0,1",
                            "--timeout", "20s", "--paths", "*", shas[0], shas[-1], "--", "sh", "-c",
                            "x=1\n\ngrep -q lib deps/lib || exit 200\ngrep -q good state", code=1)
        self.assertEqual(first["ended"], "runs_spent")
        (self.folder / "ran").unlink()
        said = self.bisect("--resume")
        self.assertEqual(said["culprit"]["sha"], shas[9])
        self.assertEqual(said["folder"], first["folder"])
        self.assertEqual([one["sha"] for one in said["trials"][:3]],
                         [one["sha"] for one in first["trials"]])
        self.assertEqual((self.folder / "ran").read_text().count("x"), said["runs"] - 3)

    def test_a_test_that_was_edited_since_is_another_one(self):
        shas = self.line(16, 9)
        self.write("repo/test.sh", "grep -q good state\n")
        self.bisect("--runs", "3", shas[0], shas[-1], "--", "sh", "test.sh", code=1)
        self.write("repo/test.sh", "! grep -q good state\n")
        self.bisect("--resume", code=2)
        self.assertIn("was changed since", self.said)
        self.bisect("--resume", shas[0], shas[-1], "--", "sh", "test.sh", code=3)
        self.write("repo/test.sh", "grep -q good state\n")
        self.assertEqual(self.bisect("--resume")["culprit"]["sha"], shas[9])

    def test_every_run_is_kept_with_what_it_said(self):
        shas = self.line(8, 5)
        said = self.bisect(shas[0], shas[-1], "--", "sh", "-c",
                           "echo password=hunter2; cat state; grep -q good state")
        for one in said["trials"]:
            text = (self.repo / one["output"]).read_text()
            self.assertIn(one["sha"], text)
            self.assertNotIn("hunter2", text)
            self.assertIn("bad\n" if one["outcome"] == "bad" else "good\n", text)

    def test_git_replays_what_is_logged(self):
        shas = self.line(32, 20)
        log = self.folder / "log"
        self.bisect("--log", log, shas[0], shas[-1], "--", "grep", "-q", "good", "state")
        self.git("bisect", "replay", str(log))
        self.assertIn("is the first bad commit", self.git("bisect", "log") +
                      self.git("bisect", "good", shas[19]))
        self.git("bisect", "reset")

    def test_what_git_bisect_knows_is_not_tested_again(self):
        shas = self.line(32, 20)
        self.git("bisect", "start", shas[-1], shas[0])
        for _ in range(3):
            good = (self.repo / "state").read_text().startswith("good")
            self.git("bisect", "good" if good else "bad")
        log = self.write("log", self.git("bisect", "log") + "\n")
        self.git("bisect", "reset")
        whole = self.bisect(shas[0], shas[-1], "--", "grep", "-q", "good", "state")
        said = self.bisect("--replay", log, "--", "grep", "-q", "good", "state")
        self.assertEqual(said["culprit"]["sha"], shas[20])
        self.assertLess(said["runs"], whole["runs"])
        self.assertGreaterEqual(len([one for one in said["trials"] if one["run"] is None]), 5)


if __name__ == "__main__":
    main()
