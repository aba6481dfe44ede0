"""`culprit try`: changes that git knows more of than their files, and how they come back."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "daemons"))
# pylint: disable=wrong-import-position
import daemons
from daemons import main
from try_test import TEST, Try


class Staged(Try):
    def staged(self):
        return self.git("status", "--porcelain"), self.git("ls-files", "-s"), \
            self.git("diff", "--cached")

    def test_what_is_only_staged_is_refused(self):
        self.put("code", "staged, and not in the tree any more\n")
        self.git("add", "code")
        self.put("code", "broken\n")
        self.refused("H", "--", "./test.sh", says="only the index differs from HEAD")
        self.git("reset", "-q")
        self.git("rm", "-q", "--cached", "code")
        self.refused("H", "--", "./test.sh", says="only the index differs from HEAD")

    def test_a_staged_version_comes_back_with_the_files_after_a_gc(self):
        self.put("code", "staged\n")
        self.put("added", "staged too\n")
        self.git("add", "-A")
        self.put("code", "staged\nnot yet\n")
        before = self.state()[0], self.staged()
        shown = self.culprit("H", "--", "./test.sh", code=1).stdout
        self.assertIn("COPY     culprit try --restore 1 --with   brings the change back\n", shown)
        self.assertEqual(self.git("status", "--porcelain"), "")
        self.git("gc", "-q", "--prune=now")
        self.assertIn("is in the tree again",
                      self.culprit("--restore", "1", "--with", code=0).stdout)
        self.assertEqual((self.state()[0], self.staged()), before)
        self.git("fsck", "--strict")
        self.culprit("--restore", "1", code=0)
        self.assertEqual(self.git("status", "--porcelain"), "")

    def test_behind_a_commit_a_staged_change_comes_back_by_its_patch(self):
        self.put("added", "new\n")
        self.git("add", "added")
        self.put("code", "other\n")
        self.tried("--", "./test.sh", code=1)
        self.commit_beside()
        done = self.culprit("--restore", "1", "--with", code=2)
        self.assertIn("try: git apply .culprit/tries/1/change.patch, in the root", done.stderr)
        self.git("apply", ".culprit/tries/1/change.patch")
        self.assertEqual(self.git("status", "--porcelain"), " M code\n?? added\n")

    def test_what_restore_takes(self):
        for words in (["abc"], [""], ["abc", "--with"], ["abc", "--forget"]):
            self.assertIn(f"{words[0]} is no number of a try",
                          self.culprit("--restore", *words, code=2).stderr)
        self.assertIn("--with brings a change back, and --forget leaves",
                      self.culprit("--restore", "1", "--with", "--forget", code=2).stderr)

    def test_a_change_does_not_come_back_over_another(self):
        self.put("code", "other\n")
        self.tried("--", "./test.sh", code=1)
        self.put("code", "mine\n")
        self.assertIn("code was changed since",
                      self.culprit("--restore", "1", "--with", code=2).stderr)
        self.assertEqual((self.tree / "code").read_text(), "mine\n")
        self.assertIn("there is no try 7", self.culprit("--restore", "7", "--with", code=2).stderr)

    def test_a_large_change_has_no_patch_and_comes_back_whole(self):
        self.put("code", "x" * 5_000_000)
        said = self.tried("--", "./test.sh", code=1)
        self.assertEqual((said["tree"], said["patch"]), ("taken_back", None))
        self.culprit("--restore", "1", "--with", code=0)
        self.assertEqual(os.stat(self.tree / "code").st_size, 5_000_000)

    def test_what_a_copy_shares_is_no_change(self):
        self.put("lib/code", "broken\n")
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "lib")
        self.put("lib/code", "fixed\n")
        test = ["--", "grep", "-q", "fixed", "lib/code"]
        self.refused("H", "--link", "lib", *test, says="lib/code is a part of the change")
        self.put("code", "fixed\n")
        self.git("checkout", "-q", "lib")
        self.tried("--link", "lib/", "--", "sh", "-c", "test -e lib/code && ./test.sh", code=0)

    def test_after_a_change_is_taken_back_git_need_not_look_at_the_files(self):
        for words in ([], ["add", "code"]):
            self.put("code", "other\n")
            if words:
                self.git(*words)
            self.tried("--", "./test.sh", code=1)
            self.git("diff-index", "--quiet", "HEAD")

    def test_what_was_kept_goes_by_prune_but_what_is_in_the_tree(self):
        self.put("code", "fixed\n")
        self.tried("--", "./test.sh", code=0)
        for number in range(2, 14):
            shutil.copytree(self.tree / ".culprit/tries/1", self.tree / f".culprit/tries/{number}")
        for number in range(2, 14):
            record = self.tree / f".culprit/tries/{number}/record"
            record.write_text(record.read_text().replace("in_tree", "elsewhere"))
        with open(self.tree / ".culprit/tries/2/large", "wb") as file:
            os.posix_fallocate(file.fileno(), 0, 500 << 20)
        done = self.culprit("H", "--", "./test.sh", code=0)
        self.assertIn("tries have kept 500 MiB", done.stderr)
        said = json.loads(self.culprit("--prune", "--json", code=0).stdout)
        self.assertEqual((said["removed"], said["kept"]), (3, 11))
        self.assertGreater(said["bytes"], 500 << 20)
        left = {path.name for path in (self.tree / ".culprit/tries").glob("[0-9]*")}
        self.assertEqual(left, {"1", *(str(number) for number in range(5, 15))})
        self.assertIn("0 removed", self.culprit("--prune", code=0).stdout)
        self.culprit("--restore", "1", code=0)

    def commit_beside(self):
        self.put("other", "x\n")
        self.git("add", "other")
        self.git("commit", "-q", "-m", "unrelated")

    def test_an_ignored_file_that_a_command_changed_comes_back_after_a_commit(self):
        self.put("key.o", "mine\n")
        self.put("gone.o", "mine too\n")
        self.tried("--apply", "echo new > key.o; rm gone.o", "--", "grep", "-q", "new", "key.o",
                   code=0)
        self.commit_beside()
        for number in range(2, 14):
            shutil.copytree(self.tree / ".culprit/tries/1", self.tree / f".culprit/tries/{number}")
            record = self.tree / f".culprit/tries/{number}/record"
            record.write_text(record.read_text().replace("in_tree", "elsewhere"))
        self.culprit("--prune", code=0)
        self.assertIn("no change of a try", self.culprit("--restore", code=1).stdout)
        self.put("code", "fixed\n")  # another change may be tried
        self.assertEqual(self.tried("--", "./test.sh", code=0)["paths"], ["code"])
        self.put("key.o", "mine by now\n")
        self.assertIn("key.o was changed since", self.culprit("--restore", "1", code=2).stderr)
        self.put("key.o", "new\n")
        self.culprit("--restore", "1", code=0)
        self.assertEqual((self.tree / "key.o").read_text(), "mine\n")
        self.assertEqual((self.tree / "gone.o").read_text(), "mine too\n")
        self.culprit("--restore", "1", code=2)

    def test_a_removal_that_was_committed_is_over(self):
        self.put("code", "fixed\n")
        self.git("commit", "-q", "-a", "-m", "fixed")
        self.tried("--predict", "higher", "--apply", "rm code", "--", "./test.sh", code=0)
        self.git("commit", "-q", "-a", "-m", "removed")
        refused = self.culprit("--restore", "1", code=2)
        self.assertIn("is not in the tree, or committed", refused.stderr)

    def test_what_may_not_be_read_can_be_shared(self):
        self.put("pgdata/base/1", "x")
        self.put("keys/one", "x")
        self.put("code", "fixed\n")
        for path in [self.folder, *self.folder.rglob("*")]:
            os.lchown(path, 12345, 12345)
        for path in ("pgdata", "keys/one"):
            os.lchown(self.tree / path, 0, 0)
            (self.tree / path).chmod(0o700)

        def tried(*links):
            return subprocess.run([daemons.BUILD / "culprit", "try", "H", "--no-case", *links,
                                   "--", "./test.sh"], cwd=self.tree, user=12345, group=12345,
                                  env=self.environment(HOME=str(self.folder)), extra_groups=[],
                                  capture_output=True, text=True, check=False, timeout=60)

        refused = tried("--link", "keys/one")
        self.assertEqual(refused.returncode, 4)
        self.assertIn("--link pgdata shares what only others may read", refused.stderr)
        refused = tried("--link", "pgdata")
        self.assertEqual(refused.returncode, 4)
        self.assertIn("--link keys/one shares what only others may read", refused.stderr)
        self.assertEqual(tried("--link", "pgdata", "--link", "keys/one").returncode, 0)

    def test_what_was_staged_meanwhile_is_named(self):
        self.put("code", "other\n")
        self.put("new", "x\n")
        way = self.folder / "way"
        way.symlink_to(self.tree)
        said = self.tried("--", "sh", "-c", f"git -C {way} add new; exit 1", code=1,
                          CULPRIT_STAND_IN="none")
        self.assertEqual((said["tree"], said["why"]),
                         ("in_the_way", "new was staged since: index and files stay as they are"))


class Debts(Try):
    def record(self, **rows):
        """Of the first try, as one leaves it that was killed at that point."""
        path = self.tree / ".culprit/tries/1/record"
        lines = [line.split(" ", 1) for line in path.read_text().splitlines()]
        path.write_text("".join(f"{name} {rows.get(name, value)}\n" for name, value in lines))

    def owe(self):
        self.put("code", "other\n")
        self.tried("--", "./test.sh", code=1)
        self.put("code", "other\n")
        self.record(phase="owing", place="in_tree")

    def move(self):
        self.tree = self.tree.rename(self.folder / "moved")

    def test_what_was_committed_since_is_owed_no_more(self):
        self.owe()
        self.git("commit", "-q", "-a", "-m", "wanted after all")
        before = self.state()
        done = self.culprit("--restore", code=1)
        self.assertIn("its change cannot be taken back: HEAD was moved since", done.stderr)
        self.assertEqual(self.state(), before)
        self.put("code", "fixed\n")
        self.assertEqual(self.tried("--", "./test.sh", code=0)["paths"], ["code"])

    def test_what_was_given_up_is_in_the_tree_in_part(self):
        self.put("second", "x\n")
        self.git("add", "second")
        self.git("commit", "-q", "-m", "second")
        self.put("second", "y\n")
        self.owe()
        self.put("second", "mine\n")
        done = self.culprit("--restore", "--no-case", code=1)
        self.assertIn("second was changed since", done.stderr)
        self.assertIn("TREE     the change of try 1 is in it in part\nNEXT     put right what",
                      done.stdout)
        self.record(phase="owing")
        said = json.loads(self.culprit("--restore", "--json", code=1).stdout)
        self.assertEqual((said["restored"], said["partly"]), ([], ["1"]))
        self.git("checkout", "-q", "second")
        self.culprit("--restore", "1", code=0)
        self.assertEqual(self.git("status", "--porcelain"), "")

    def test_what_stands_in_the_tree_already_is_not_owed(self):
        self.owe()
        self.culprit("--restore", "1", code=0)
        said = json.loads(self.culprit("--restore", "1", "--with", "--json", code=0).stdout)
        self.assertEqual((said["to"], said["restored"]), ("with", ["1"]))
        lock = self.put(".git/index.lock", "")  # it would be waited for, was the tree touched
        self.assertIn("try 1 is in the tree again",
                      self.culprit("--restore", "1", "--with", code=0).stdout)
        lock.unlink()
        self.assertEqual((self.tree / "code").read_text(), "other\n")

    def test_a_debt_moves_with_the_tree(self):
        self.owe()
        self.move()
        self.culprit("--restore", code=0)
        self.assertEqual((self.tree / "code").read_text(), "broken\n")
        self.assertEqual(self.git("status", "--porcelain"), "")

    def test_a_pending_change_moves_with_the_tree(self):
        self.put("code", "fixed\n")
        self.tried("--", "./test.sh", code=0)
        self.move()
        self.put("test.sh", TEST + "exit 0\n")
        refused = self.culprit("second", "--", "./test.sh", code=2)
        self.assertIn('"H", supported) is in the tree still', refused.stderr)
        self.put("test.sh", TEST)
        self.culprit("--restore", code=0)
        self.assertEqual(self.git("status", "--porcelain"), "")

    def test_a_copy_of_a_tree_leaves_the_folders_of_the_original(self):
        self.put("code", "fixed\n")
        self.tried("--", "./test.sh", code=0)
        running = self.folder / "running"
        running.mkdir()
        self.record(phase="trials", temporary=running)
        original = self.tree
        self.tree = self.folder / "copy"
        shutil.copytree(original, self.tree, symlinks=True)
        self.culprit("--restore", code=1)
        self.assertTrue(running.exists())
        shutil.rmtree(self.tree)
        self.tree = original
        self.move()
        self.culprit("--restore", code=1)
        self.assertFalse(running.exists())


@unittest.skipIf(os.geteuid() != 0, "needs another owner")
class Owners(Try):
    def test_what_root_tries_stays_its_owners(self):
        other = 12345
        self.put("sub/file", "x\n")
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "sub")
        for path in [self.tree, *self.tree.rglob("*")]:
            os.lchown(path, other, other)
        # No git of a test without it, in the tree of another user.
        settings = self.folder / "settings"
        settings.write_text("[safe]\n directory = *\n")
        os.environ["GIT_CONFIG_GLOBAL"] = str(settings)
        self.addCleanup(os.environ.pop, "GIT_CONFIG_GLOBAL")
        as_user = f"setpriv --reuid={other} --regid={other} --clear-groups "
        build = as_user + "sh -c 'echo x > built && echo x > sub/built' || exit 125; ./test.sh"
        said = self.tried("--workers", "2", "--apply", "echo fixed > code; mkdir new; "
                          "echo x > new/file; git add new", "--", "sh", "-c", build, code=0)
        self.assertEqual((said["tree"], said["unjudged"]), ("applied", {}))
        for name in ("new", "new/file"):
            self.assertEqual((self.tree / name).stat().st_uid, other, name)
        shutil.rmtree(self.tree / "sub")
        self.put("test.sh", TEST + "false\n")
        self.tried("--stack", "--", "false", code=1)
        self.culprit("--restore", "1", code=0)
        owners = {path: path.lstat().st_uid for path in self.tree.rglob("*")
                  if ".culprit/cases" not in str(path)}
        self.assertEqual({path for path, owner in owners.items() if owner != other}, set())

    def test_who_has_a_namespace_of_his_own_is_told_when_nothing_passes(self):
        self.put("code", "other\n")
        for path in [self.folder, *self.folder.rglob("*")]:
            os.lchown(path, 12345, 12345)
        done = subprocess.run([daemons.BUILD / "culprit", "try", "H", "--no-case", "--", "false"],
                              cwd=self.tree, env=self.environment(HOME=str(self.folder)),
                              user=12345, group=12345, extra_groups=[], capture_output=True,
                              text=True, check=False, timeout=60)
        self.assertEqual(done.returncode, 1, done.stderr)
        told = "sudo and groups beside your own give a trial nothing" in done.stderr
        self.assertEqual(told, "no mount namespaces" not in done.stderr, done.stderr)


class Stacks(Try):
    def test_a_stacked_change_is_tried_again_on_what_it_was_stacked_on(self):
        self.put("code", "fixed\n")
        self.tried("--", "./test.sh", code=0)
        self.tried("--", "./test.sh", code=0)  # twice: the second is not stacked on the first
        self.assertEqual(self.tried("--stack", "--", "./test.sh", code=0)["paths"], ["code"])
        self.put("test.sh", TEST + "# slower\n")
        self.tried("--stack", "--trials", "4", "--", "./test.sh", code=1)
        for flags in (["--stack"], []):
            said = self.tried(*flags, "--trials", "8", "--", "./test.sh", code=1)
            self.assertEqual((said["verdict"], said["paths"]), ("undecided", ["test.sh"]))
        done = self.culprit("H", "--", "false", code=1)
        self.assertIn("tried again on top of what try 3 left", done.stderr)
        self.assertEqual(self.git("status", "--porcelain"), " M code\n")
        self.assertEqual((self.tree / "code").read_text(), "fixed\n")

    def test_a_stacked_change_of_the_same_file_too(self):
        self.put("code", "fixed\n")
        self.tried("--", "./test.sh", code=0)
        self.put("code", "fixed\nmore\n")
        self.tried("--stack", "--trials", "4", "--", "./test.sh", code=1)
        self.tried("--trials", "8", "--", "./test.sh", code=1)
        self.tried("--", "false", code=1)
        self.assertEqual((self.tree / "code").read_text(), "fixed\n")


if __name__ == "__main__":
    main()
