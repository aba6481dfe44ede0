"""`culprit bisect` where something outside of the commits is in the way: what it says, and when."""
import os
import pathlib
import re
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "daemons"))
# pylint: disable=wrong-import-position
import daemons
from bisect_test import Bisect
from daemons import main

SURE = ["--", "grep", "-q", "good", "state"]


class Troubles(Bisect):
    def shown(self, *words, code=1, prefix=(), cwd=None):
        done = subprocess.run([*prefix, str(daemons.BUILD / "culprit"), "bisect", *map(str, words)],
                              cwd=cwd or self.repo, env=self.env, capture_output=True, text=True,
                              check=False, timeout=120)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        self.said = done.stderr
        return done.stdout

    def in_mounts(self, command, *words, code):
        """After the mounts that `command` makes, which are nobody else's."""
        if subprocess.run(["unshare", "--mount", "true"], check=False).returncode:
            self.skipTest("no namespaces here")
        prefix = ["unshare", "--mount", "sh", "-c", f'{command} && exec "$@"', "sh"]
        return self.shown(*words, code=code, prefix=prefix)

    def breaking(self, after):
        """A test that fails after so many runs, whatever it tests."""
        count = self.folder / "count"
        return ["--", "sh", "-c", f"echo x >> {count}; "
                f"[ $(wc -l < {count}) -le {after} ] || exit 1; grep -q good state"]

    def test_what_breaks_for_good_amid_the_search_is_no_commit(self):
        shas = self.line(64, 50)
        for after in (3, 4, 5, 8, 10):
            (self.folder / "count").unlink(missing_ok=True)
            said = self.bisect(shas[0], shas[-1], "--no-case", *self.breaking(after), code=1)
            self.assertEqual((said["verdict"], said["ended"]), ("inconclusive", "broke"))
            self.assertIsNone(said["culprit"])
            self.assertEqual(said["credible_set"], [])
            # Runs that fail anyway may stand between the last that passed and the break.
            outcomes = [one["outcome"] for one in said["trials"]]
            passed = [i + 1 for i, outcome in enumerate(outcomes) if outcome == "good"]
            self.assertEqual(said["broke"]["run"], passed[-1] + 1)
            self.assertLessEqual(said["broke"]["run"], after + 1)
            self.assertGreaterEqual(said["broke"]["commits"], 2)
        (self.folder / "count").unlink()
        text = self.shown(shas[0], shas[-1], "--log", "log", *self.breaking(4))
        self.assertIn("NOTHING  since run 5 everything fails, GOOD too: something outside of the "
                      "commits changed\n", text)
        self.assertNotIn("% sure", text)
        self.assertNotIn("RATES", text)
        log = (self.repo / "log").read_text()
        self.assertEqual(log.count("git bisect good"), 1, log)
        self.assertEqual(log.count("git bisect bad"), 1, log)

    def test_a_search_that_ends_well_has_no_such_run(self):
        shas = self.line(16, 9)
        self.assertIsNone(self.bisect(shas[0], shas[-1], *SURE)["broke"])

    def test_an_exit_code_that_a_shell_gives_for_a_signal_is_explained(self):
        shas = self.line(8, 4)
        for code, signal in ((139, "SIGSEGV"), (134, "SIGABRT"), (136, "SIGFPE")):
            dies = ["--", "sh", "-c", f"grep -q good state || exit {code}"]
            text = self.shown(shas[0], shas[-1], "--no-case", *dies)
            self.assertIn(f"STOPPED  by exit {code} (a shell's {signal}): asks to stop", text)
            self.assertIn(f"NEXT     exit {code} is a shell's word for {signal}: `|| exit 1` "
                          "behind the program makes it bad\n", text)
        dies[-1] = f"({dies[-1]}) || exit 1"
        self.assertEqual(self.bisect(shas[0], shas[-1], *dies)["culprit"]["sha"], shas[4])
        text = self.shown(shas[0], shas[-1], "--no-case", "--", "sh", "-c", "exit 200")
        self.assertNotIn("shell", text)

    def test_what_is_not_kept_is_not_gone_on_with(self):
        shas = self.line(16, 9)
        self.assertIn("surer: the same with --resume --confidence",
                      self.shown(shas[0], shas[-1], *SURE, code=0))
        text = self.shown(shas[0], shas[-1], "--no-case", *SURE, code=0)
        self.assertIn("surer: the same with --confidence 0.999", text)
        text += self.shown(shas[0], shas[-1], "--no-case", "--runs", "3", *SURE)
        self.assertIn("more runs; without --no-case, --resume would go on from here", text)
        self.assertNotIn("the same with --resume", text)

    def test_a_folder_where_nothing_may_be_run_is_named(self):
        test = "#!/bin/sh\ngrep -q good state\n"
        shas = self.line(8, 4, test_sh=test)
        mount = f"mount -t tmpfs -o noexec none {self.trees}"
        self.in_mounts(mount, shas[0], shas[-1], "--", "./test.sh", code=2)
        first = self.said.splitlines()[0]
        self.assertIn(f"{self.trees} is mounted noexec", first)
        self.assertIn("--worktrees DIR", first)
        self.assertRegex(self.said, r"try: --worktrees DIR, a folder where programs can be run")
        # What a shell reads may lie there.
        self.in_mounts(mount, shas[0], shas[-1], *SURE, code=0)
        other = self.folder / "other"
        other.mkdir()
        self.in_mounts(mount, shas[0], shas[-1], "--worktrees", other, "--", "./test.sh", code=0)
        self.assertEqual(self.said, "")

    def test_a_repository_that_cannot_be_written_is_to_be_cloned(self):
        shas = self.line(8, 4)
        git = self.repo / ".git"
        mount = f"mount --bind {git} {git} && mount -o remount,bind,ro {git}"
        self.in_mounts(mount, shas[0], shas[-1], "--no-case", *SURE, code=4)
        self.assertIn("a repository that can be written", self.said)
        self.assertIn("try: git clone . DIR, then --repo DIR", self.said)
        self.git("worktree", "add", "-q", "--detach", str(self.folder / "linked"))
        self.in_mounts(mount, shas[0], shas[-1], "--no-case", *SURE, code=4)
        self.shown(shas[0], shas[-1], "--no-case", *SURE, code=0)

    def commands(self, text):
        """What NEXT says for a shell: `git` and all behind it, but not what is said of it."""
        return [line.removeprefix("NEXT").strip().split("   ")[0] for line in text.splitlines()
                if re.match("(NEXT)? +git ", line)]

    def test_what_next_says_of_a_patch_works_from_where_the_user_stands(self):
        odd = self.folder / "my proj's"
        self.repo.rename(odd)
        self.repo = odd
        shas = [self.commit(f"c{i}", **({"sub/x": "x\n"} if i == 0 else {f"n{i}": f"{i}\n"}),
                            **({"bug": "b\n"} if i == 3 else {})) for i in range(6)]
        self.known_ignored()
        sub = odd / "sub"
        for here, test in ((odd, "bug"), (sub, "../bug")):
            for which in (0, 1):
                text = self.shown(shas[0], shas[-1], "--", "test", "!", "-e", test, code=0,
                                  cwd=here)
                found = self.commands(text)
                self.assertEqual(len(found), 2, text)
                subprocess.run(["sh", "-c", found[which]], cwd=here, env=self.env | {
                    "GIT_EDITOR": "true"}, check=True, capture_output=True)
                self.assertFalse((odd / "bug").exists(), found[which])
                self.git("reset", "-q", "--hard", shas[-1])
                self.git("clean", "-q", "-f", "-d")
        self.assertEqual(found[0][:9], "git -C '/")
        text = self.shown(shas[0], shas[-1], "--repo", odd, "--", "test", "!", "-e", "bug", code=0,
                          cwd=self.folder)
        for command in self.commands(text):
            subprocess.run(["sh", "-c", command], cwd=self.folder, env=self.env | {
                "GIT_EDITOR": "true"}, check=True, capture_output=True)
            self.assertFalse((odd / "bug").exists(), command)
            self.git("reset", "-q", "--hard", shas[-1])

    def test_next_names_the_limit_that_was_in_the_way(self):
        shas = self.line(8, 4)
        self.assertIn("NEXT     the same with --resume and a higher --runs goes on: about ",
                      self.shown(shas[0], shas[-1], "--runs", "3", *SURE))
        slow = ["--", "sh", "-c", "grep -q good state && exit 0; sleep 5"]
        text = self.shown(shas[0], shas[-1], "--timeout", "0.2s", *slow, code=125)
        self.assertIn("NEXT     a longer --timeout; or, where hanging is the failure: ", text)
        text = self.shown(shas[0], shas[-1], "--time", "0.1s", "--no-case", "--", "sleep", "3")
        self.assertIn("NEXT     a longer --time: not one run came to its end within it\n", text)

    def test_what_the_test_said_at_an_end_that_is_wrong_is_shown_masked(self):
        shas = self.line(8, 4)
        test = "echo out; echo >&2 'no module pg, password=hunter2'; exit "
        for last, trouble in (("1", "good_fails"), ("0", "bad_passes"), ("125", "good_untestable")):
            words = [shas[0], shas[-1], "--no-case", "--", "sh", "-c", test + last]
            code = 125 if last == "125" else 1
            said = self.bisect(*words, code=code)
            self.assertEqual((said["trouble"], said["said"]),
                             (trouble, "no module pg, password=***"))
            self.assertEqual(said["verdict"], "inconclusive" if code == 125 else "no_change")
            text = self.shown(*words, code=code)
            self.assertRegex(text, r"NOTHING  .*\nSAID     no module pg, password=\*\*\*\n")
        self.assertIsNone(self.bisect(shas[0], shas[-1], *SURE)["said"])
        quiet = self.shown(shas[0], shas[-1], "--no-case", "--", "sh", "-c", "echo out; exit 1")
        self.assertIn("\nSAID     out\n", quiet)

    def test_what_only_the_first_run_can_do_is_told(self):
        shas = self.line(24, 13)
        once = ["--no-case", "--", "sh", "-c", f"mkdir {self.folder}/lock || exit 1; "
                "grep -q good state"]
        text = self.shown(shas[0], shas[-1], *once)
        self.assertRegex(text, "NOTE     GOOD passed once, then failed ([0-9]+) of \\1 times")
        self.assertIn("NEXT     let each run remove what one leaves, then the same", text)
        self.assertRegex(text, "RATES    failed in [0-9]+ of [0-9]+ runs at GOOD, in [0-9]+ of ")
        self.assertNotIn("before it", text)

    def test_subjects_are_read_whatever_git_is_told_to_write(self):
        shas = self.line(4, 3)
        self.git("commit", "-q", "--amend", "-m", "Gr\u00fc\u00dfe")
        self.git("config", "i18n.logOutputEncoding", "ISO-8859-1")
        said = self.bisect(shas[0], "HEAD", "--no-case", *SURE)
        self.assertEqual(said["culprit"]["subject"], "Gr\u00fc\u00dfe")

    def test_paths_are_taken_from_where_the_user_stands(self):
        shas = self.line(8, 4)
        (self.repo / "deps").mkdir()
        (self.repo / "deps/lib").write_text("lib\n")
        linked = ["--", "sh", "-c", "grep -q lib deps/lib || exit 125; grep -q good state"]
        for words in (["--paths", "./state"], ["--paths", "."], ["--link", self.repo / "deps"]):
            test = linked if words[0] == "--link" else SURE
            said = self.bisect(shas[0], shas[-1], "--no-case", *words, *test)
            self.assertEqual(said["culprit"]["sha"], shas[4], words)
        self.bisect(shas[0], shas[-1], "--no-case", "--paths", "../state", *SURE, code=2)

    def test_a_command_that_is_no_program_is_said_with_the_words_that_would_be(self):
        shas = self.line(8, 4)
        for words, advice in (
                (["--", "test ! -e bug"], "for a shell: -- sh -c 'test ! -e bug'"),
                (["./test.sh", "a b"], f"culprit bisect {shas[0]} {shas[-1]} -- ./test.sh 'a b'")):
            self.bisect(shas[0], shas[-1], "--no-case", *words, code=2)
            self.assertIn("  try: " + advice + "\n", self.said)

    def test_more_workers_than_commits_are_not_made(self):
        shas = self.line(12, 6)
        started = time.monotonic()
        said = self.bisect(shas[0], shas[-1], "--no-case", "--workers", 999, "--runner", "env",
                           *SURE)
        self.assertLess(time.monotonic() - started, 20)
        self.assertEqual(said["culprit"]["sha"], shas[6])
        self.assertIn("--workers 999: 12 are of use for 11 commits here", said["notes"])

    def test_more_workers_than_cores_are_noted(self):
        shas = self.line(8, 4)
        many = (os.cpu_count() or 1) + 1
        note = f"{many} workers share {os.cpu_count()} cores"
        words = [shas[0], shas[-1], "--no-case", "--workers"]
        self.assertIn(note, " ".join(self.bisect(*words, many, *SURE)["notes"]))
        self.assertEqual(self.bisect(*words, 1, *SURE)["notes"], [])
        elsewhere = self.bisect(*words, many, "--runner", "env", *SURE)
        self.assertNotIn(note, " ".join(elsewhere["notes"]))

    def test_somebody_elses_repository_is_named_safe_first(self):
        shas = self.line(8, 4)
        if os.getuid() != 0:
            self.skipTest("nothing can be given to another one")
        subprocess.run(["chown", "-R", "65534", self.repo], check=True)
        self.shown(shas[0], shas[-1], *SURE, code=4)
        self.assertIn("dubious ownership", self.said)
        self.assertIn(f"git config --global --add safe.directory {self.repo}", self.said)

    def test_another_failure_of_git_is_no_answer_of_it(self):
        shas = self.line(8, 4)
        self.env["GIT_CONFIG_COUNT"] = "1"
        self.shown(shas[0], shas[-1], *SURE, code=3)
        self.assertNotIn("in common", self.said)
        self.assertIn("GIT_CONFIG_KEY_0", self.said)

    def test_a_repository_of_the_environment_is_used_or_refused(self):
        shas = self.line(8, 4)
        other = self.folder / "other"
        other.mkdir()
        self.git("init", "-q", cwd=other)
        for more in ({"GIT_DIR": str(other / ".git")}, {"GIT_WORK_TREE": str(other)}):
            self.env |= more
            self.shown(shas[0], shas[-1], "--no-case", *SURE, code=2)
            self.assertIn(next(iter(more)), self.said)
            self.assertIn("--repo", self.said)
            self.shown(shas[0], shas[-1], "--no-case", "--repo", self.repo, *SURE, code=0)
            for name in more:
                del self.env[name]
        # As a hook has it.
        self.env |= {"GIT_DIR": ".git", "GIT_WORK_TREE": "."}
        self.shown(shas[0], shas[-1], "--no-case", *SURE, code=0)

    def test_without_a_case_a_full_disk_is_told_of_no_resume(self):
        shas = self.line(4, 2, big="x" * 2_000_000)
        small = self.folder / "small"
        small.mkdir()
        mounted = f"mount -t tmpfs -o size=1m tmpfs {small}"
        for words, told in (([], True), (["--no-case"], False)):
            self.in_mounts(mounted, "--worktrees", small, *words, shas[0], shas[-1], *SURE, code=3)
            self.assertIn("make room", self.said)
            self.assertEqual("--resume" in self.said, told, self.said)

    def test_a_git_file_of_the_environment_is_the_repository_that_it_names(self):
        shas = self.line(8, 4)
        linked = self.folder / "linked"
        self.git("worktree", "add", "-q", "--detach", linked)
        self.env["GIT_DIR"] = ".git"
        self.assertEqual(self.bisect(shas[0], shas[-1], *SURE, cwd=linked)["culprit"]["sha"],
                         shas[4])

    def test_a_command_in_what_git_ignores_is_told_of_link(self):
        shas = self.line(8, 4, _gitignore="/.venv/\n")
        tool = self.repo / ".venv/bin/tool"
        tool.parent.mkdir(parents=True)
        tool.write_text("#!/bin/sh\n. .venv/lib && grep -q good state\n")
        tool.chmod(0o755)
        (self.repo / ".venv/lib").write_text("\n")
        for command in ([".venv/bin/tool"], ["sh", "-c", ".venv/bin/tool"]):
            self.assertIn("--link .venv shares yours", " ".join(
                self.shown(shas[0], shas[-1], "--", *command).split()))
        self.bisect("--link", ".venv", shas[0], shas[-1], "--", ".venv/bin/tool")
        tool.write_text("#!/nowhere/python\n")
        self.shown(shas[0], shas[-1], "--", ".venv/bin/tool", code=2)
        self.assertIn("git ignores .venv", self.said)
        self.assertIn("--link .venv", self.said)

    def test_what_a_shell_is_told_to_run_is_copied_too(self):
        shas = self.line(8, 4)
        test = self.repo / "t.sh"
        test.write_text("#!/bin/sh\ngrep -q good state\n")
        test.chmod(0o755)
        for text in ("./t.sh && true", "sh ./t.sh; exit $?"):
            said = self.bisect("--no-case", shas[0], shas[-1], "--", "sh", "-c", text)
            self.assertEqual(said["culprit"]["sha"], shas[4])

    def test_what_timeouts_leave_open_is_told_of_a_longer_one(self):
        shas = self.line(8, 4)
        slow = "n=$(sed -n 2p state); [ $n -gt 2 ] && [ $n -lt 6 ] && sleep 2; grep -q good state"
        text = self.shown("--timeout", "0.3s", "--no-case", shas[0], shas[-1], "--", "sh", "-c",
                          slow)
        self.assertIn("UNDECIDED", text)
        self.assertIn("a longer --timeout", text)

    def test_a_test_that_speaks_of_processes_is_believed_where_there_are_none(self):
        shas = self.line(24, 12)
        said = self.bisect(shas[0], shas[-1], "--", "sh", "-c", "grep -q good state && exit 0; "
                           'echo "sh: fork: Resource temporarily unavailable"; exit 1')
        self.assertEqual(said["culprit"]["sha"], shas[12])

    def test_a_repository_with_a_line_end_in_its_path_is_refused(self):
        shas = self.line(6, 3)
        there = self.folder / "a\nb"
        self.repo.rename(there)
        self.repo = there
        self.shown(shas[0], shas[-1], *SURE, code=2)
        self.assertIn("line end", self.said)
        self.assertFalse((there / ".git/worktrees").exists())
        self.assertFalse((there / ".culprit").exists())

    def test_what_git_names_so_is_meant_before_what_looks_like_it(self):
        shas = self.line(12, 4)
        self.git("tag", "v1.0", shas[7])
        self.git("branch", "1.0", shas[0])
        self.git("branch", "same", shas[0])
        self.git("tag", "same", shas[7])
        for name in ("1.0", "refs/heads/same", "heads/same"):
            said = self.bisect(name, "HEAD", "--no-case", *SURE)
            self.assertEqual(said["culprit"]["sha"], shas[4])
        self.git("branch", "-D", "1.0")
        said = self.bisect("1.0", "HEAD", "--no-case", *SURE, code=1)
        self.assertEqual(said["trouble"], "good_fails")


if __name__ == "__main__":
    main()
