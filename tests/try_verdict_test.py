"""`culprit try`: what is no verdict, and what it says to do next."""
import json
import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "daemons"))
# pylint: disable=wrong-import-position
from daemons import main
from try_test import Try


class NoVerdict(Try):
    def small_folder(self, options):
        folder = self.folder / "small"
        folder.mkdir()
        if subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], check=False,
                          capture_output=True).returncode:
            self.skipTest("nothing can be mounted here")
        self.addCleanup(subprocess.run, ["umount", "-l", folder], check=False)
        return str(folder)

    def test_trials_without_room_say_nothing_of_the_change(self):
        small = self.small_folder("size=3m")
        self.put("build.sh", "set -e; head -c 2M /dev/zero > built; grep -q fixed code\n")
        self.put("code", "fixed\n")
        before = self.state()
        done = self.culprit("H", "--", "sh", "build.sh", code=3, TMPDIR=small)
        self.assertIn("no space left", done.stderr)
        self.assertIn("TMPDIR=DIR", done.stderr)
        self.assertEqual(os.listdir(small), [])
        self.assertEqual(self.state()[1], before[1])
        self.assertEqual((self.tree / "code").read_text(), "fixed\n")
        self.culprit("H", "--", "sh", "build.sh", code=0)

    def test_a_temporary_folder_that_runs_nothing_is_refused(self):
        small = self.small_folder("noexec")
        self.put("code", "fixed\n")
        for test in (["./test.sh"], ["sh", "-c", "./test.sh || exit 1"]):
            self.refused("H", "--", *test, says=f"{small} is mounted noexec", TMPDIR=small)

    def test_a_test_that_comes_with_the_change_is_refused(self):
        self.put("code", "a comment\n")
        self.put("sub/new.sh", "exit 0\n").chmod(0o755)
        self.git("add", "sub/new.sh")
        for where, test in ((".", "sub/new.sh"), ("sub", "./new.sh")):
            self.refused("H", "--", "sh", test, where=where,
                         says="TEST names sub/new.sh, which is there only with the change")
        # What it says to do.
        self.git("commit", "-q", "-m", "test", "sub/new.sh")
        self.tried("--trials", "4", "--", "sh", "sub/new.sh", code=1)

    def test_a_test_that_goes_with_the_change_is_refused(self):
        self.git("rm", "-q", "test.sh")
        self.refused("H", "--", "./test.sh", says="there only without the change")

    def test_whether_a_file_is_there_may_be_the_test(self):
        said = self.tried("--apply", "echo x > made", "--", "test", "-e", "made", code=0)
        self.assertEqual(said["verdict"], "supported")

    def test_a_test_that_is_changed_too_is_named(self):
        self.put("test.sh", "#!/bin/sh\nexit 1\n")
        done = self.culprit("H", "--", "./test.sh", code=1)
        self.assertIn("test.sh, which TEST names, is a part of the change", done.stderr)

    def test_what_took_the_repository_away_is_no_change(self):
        self.refused("H", "--apply", "rm -rf .git; echo x > code", "--", "./test.sh",
                     says="took the repository away")

    def test_a_place_for_both_states_is_needed_without_a_case_too(self):
        self.put(".culprit", "a file")
        self.put("code", "fixed\n")
        done = self.culprit("H", "--no-case", "--", "./test.sh", code=3)
        self.assertIn("with a case or without", done.stderr)


class Next(Try):
    """What it says to do next can be done."""

    def said(self, *words, **more):
        lines = self.culprit("H", "--no-case", *words, **more).stdout.splitlines()
        return {key: "\n".join(line[9:] for line in lines if line.startswith(key))
                for key in ("COPY", "NEXT", "TREE")}

    def test_an_undecided_command_goes_on_longer_once_it_is_taken_back(self):
        same = ["--apply", "echo x >> code", "--no-case"]
        said = self.said(*same, "--trials", "4", "--", "true", code=1)
        self.assertEqual(said["NEXT"], "culprit try --restore 1 takes it back, and then the same "
                                       "with --trials 8 goes on longer")
        self.culprit("--restore", "1", "--no-case", code=0)
        longer = self.culprit("H", *same, "--trials", "8", "--", "true", code=1)
        self.assertIn("TRIALS   8 in", longer.stdout)

    def test_a_crash_that_a_shell_tells_is_counted_by_what_it_says(self):
        self.put("crash.sh", "grep -q fixed code || exit 139\n")
        self.put("code", "fixed\n")
        said = self.said("--", "sh", "crash.sh", code=125)
        self.assertEqual(said["NEXT"], "--signature 'exit = 139' counts that as a failure; so does "
                                       "-- sh -c 'sh crash.sh || exit 1'")
        self.culprit("H", "--signature", "exit = 139", "--", "sh", "crash.sh", code=0)
        self.culprit("H", "--", "sh", "-c", "sh crash.sh || exit 1", code=0)

    def test_a_hang_is_a_failure_where_that_is_said(self):
        self.put("hang.sh", "grep -q fixed code || sleep 100\n")
        self.put("code", "fixed\n")
        hang = ["--timeout", "100ms", "--", "sh", "hang.sh"]
        said = self.said(*hang, code=125)
        self.assertIn("--timeout D", said["NEXT"])
        self.assertIn("--signature 'timed_out = true'", said["NEXT"])
        self.culprit("H", "--signature", "timed_out = true", *hang, code=0)

    def test_a_change_that_could_not_be_taken_back_is_not_brought_back(self):
        self.put("code", "worse\n")
        lock = self.way(self.tree)
        edit = ["--", "sh", "-c", f"echo mine >> {lock}/code; exit 1"]
        said = self.said(*edit, code=1, CULPRIT_STAND_IN="none")
        self.assertIn("not touched", said["TREE"])
        self.assertEqual(said["COPY"], ".culprit/tries/1")
        self.assertIn("the change is in the tree still", said["NEXT"])
        # It does not advise what just failed.
        self.culprit("--restore", "1", code=2)
        refused = self.culprit("H", "--", "false", code=2)
        self.assertNotIn("take it back", refused.stderr)
        # The two ways that it names.
        self.put("code", "worse\n")
        self.culprit("--restore", "1", code=0)
        self.assertEqual((self.tree / "code").read_text(), "broken\n")
        self.put("code", "worse\n")
        self.said(*edit, code=1, CULPRIT_STAND_IN="none")
        self.put("code", "broken\n")
        forgot = self.culprit("--restore", "2", "--forget", "--json", code=0)
        self.assertEqual(json.loads(forgot.stdout), {"schema_version": 1, "forgotten": ["2"]})
        self.put("code", "fixed\n")
        self.culprit("H", "--", "./test.sh", code=0)

    def test_what_is_kept_though_refuted_is_decided(self):
        self.put("code", "other\n")
        said = self.said("--keep", "--", "./test.sh", code=1)
        self.assertEqual(said["NEXT"], "culprit try --restore 1 takes it back")

    def test_white_space_that_git_refuses_comes_back(self):
        self.git("config", "apply.whitespace", "error")
        self.put("code", "broken \n")
        said = self.said("--", "false", code=1)
        subprocess.run(said["COPY"].partition("   ")[0], shell=True, cwd=self.tree, check=True,
                       capture_output=True)
        self.assertEqual((self.tree / "code").read_text(), "broken \n")


if __name__ == "__main__":
    main()
