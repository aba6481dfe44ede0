"""`culprit try`: what is no verdict, and what it says to do next."""
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

    def test_a_test_that_is_changed_too_is_named(self):
        self.put("test.sh", "#!/bin/sh\nexit 1\n")
        done = self.culprit("H", "--", "./test.sh", code=1)
        self.assertIn("test.sh, which TEST names, is a part of the change", done.stderr)


if __name__ == "__main__":
    main()
