"""`culprit try` with real trees: what is restored, what is refused, what is left behind."""
import json
import os
import pathlib
import signal
import stat
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "daemons"))
# pylint: disable=wrong-import-position
import daemons
from daemons import Daemons, main
from try_fuzz import git, index_of, listing

TEST = "#!/bin/sh\ngrep -q fixed code\n"


class Try(Daemons):
    def setUp(self):
        super().setUp()
        self.tree = self.folder / "tree"
        self.temporary = self.folder / "tmp"
        self.temporary.mkdir()
        self.tree.mkdir()
        self.git("init", "-q", "-b", "main")
        self.put("code", "broken\n")
        self.put(".gitignore", "*.o\n")
        self.put("test.sh", TEST).chmod(0o755)
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "first")

    def git(self, *words):
        done = git(os.fsencode(self.tree), *words)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.decode()

    def put(self, name, text):
        path = self.tree / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def way(self, to):
        """To a place that a trial would see a copy of, by another name."""
        link = self.folder / "way"
        link.symlink_to(to)
        return link

    def environment(self, **more):
        return {**os.environ, "TMPDIR": str(self.temporary), **more}

    def culprit(self, *words, code=None, where=".", **more):
        done = subprocess.run([daemons.BUILD / "culprit", "try", *words], cwd=self.tree / where,
                              capture_output=True, text=True, check=False, timeout=100,
                              env=self.environment(**more))
        if code is not None:
            self.assertEqual(done.returncode, code, done.stderr + done.stdout)
        self.assertEqual(os.listdir(self.temporary), [])
        return done

    def tried(self, *words, code=None, **more):
        return json.loads(self.culprit("H", "--json", *words, code=code, **more).stdout)

    def state(self):
        return listing(os.fsencode(self.tree)), index_of(os.fsencode(self.tree))

    def refused(self, *words, says, **more):
        before = self.state()
        done = self.culprit(*words, code=2, **more)
        self.assertIn(says, done.stderr)
        self.assertEqual(self.state(), before)
        self.assertEqual(list((self.tree / ".culprit/tries").glob("*/record")), [])


class Trees(Try):
    def test_a_change_that_helps_stays(self):
        self.put("code", "fixed\n")
        before = self.state()
        said = self.tried("--", "./test.sh", code=0)
        self.assertEqual((said["verdict"], said["reverted"], said["tree"]),
                         ("supported", False, "as_it_was"))
        self.assertEqual((said["without"]["rate"], said["with"]["rate"]), (1, 0))
        self.assertLess(said["difference"]["high"], 0)
        self.assertLessEqual(said["trials"], 14)
        self.assertEqual(self.state(), before)

    def test_a_change_that_does_not_is_taken_back_and_what_git_does_not_know_stays(self):
        self.put("code", "other\n")
        self.put("added", "new")
        self.git("add", "added")
        (self.tree / "test.sh").chmod(0o644)
        self.put("untracked", "mine")
        self.put("built.o", "mine too")
        said = self.tried("--", "sh", "./test.sh", code=1)
        self.assertEqual((said["verdict"], said["reverted"]), ("refuted", True))
        self.assertLessEqual(said["trials"], 14)
        self.assertEqual((self.tree / "code").read_text(), "broken\n")
        self.assertEqual(stat.S_IMODE((self.tree / "test.sh").stat().st_mode), 0o755)
        self.assertFalse((self.tree / "added").exists())
        self.assertEqual((self.tree / "untracked").read_text(), "mine")
        self.assertEqual((self.tree / "built.o").read_text(), "mine too")
        self.assertEqual(self.git("status", "--porcelain"), "?? untracked\n")
        # And back again.
        self.git("apply", said["patch"])
        self.assertEqual((self.tree / "code").read_text(), "other\n")
        self.assertEqual((self.tree / "added").read_text(), "new")
        kept = self.tree / said["copy"] / "with"
        self.assertEqual((kept / "code").read_text(), "other\n")

    def test_what_a_command_did_never_comes_if_it_is_refuted(self):
        self.put("untracked", "mine")
        before = self.state()
        command = "echo x > code; rm untracked; echo y > built.o; git add -f built.o"
        said = self.tried("--apply", command, "--", "./test.sh", code=1)
        self.assertEqual((said["verdict"], said["reverted"]), ("refuted", True))
        self.assertEqual(said["paths"], ["built.o", "code", "untracked"])
        self.assertEqual(self.state(), before)

    def test_what_a_command_did_comes_if_it_helps_and_goes_with_restore(self):
        before = self.state()
        command = "echo fixed > code; mkdir new; echo x > new/file; git add new; ln -s code link"
        said = self.tried("--apply", command, "--", "./test.sh", code=0)
        self.assertEqual(said["tree"], "applied")
        self.assertEqual(self.git("status", "--porcelain"), " M code\nA  new/file\n?? link\n")
        self.git("fsck", "--strict")
        self.culprit("--restore", code=0)
        self.assertEqual(self.state(), before)
        self.assertIn("no change of a try", self.culprit("--restore", code=1).stdout)

    def test_a_second_change_is_refused_until_the_first_is_settled(self):
        self.put("code", "fixed\n")
        self.tried("--", "./test.sh", code=0)
        self.tried("--", "./test.sh", code=0)  # the same one again
        self.put("test.sh", TEST + "exit 0\n")
        for words in (["--", "./test.sh"], ["--apply", "echo x > code", "--", "./test.sh"]):
            refused = self.culprit("second", *words, code=2)
            self.assertIn('"H", supported) is in the tree still', refused.stderr)
            self.assertIn("--stack", refused.stderr)
        # On top of the first, the second does nothing, and goes alone.
        said = self.tried("--stack", "--predict", "lower", "--", "false", code=1)
        self.assertEqual(said["paths"], ["test.sh"])
        self.assertEqual(self.git("status", "--porcelain"), " M code\n")
        self.git("commit", "-q", "-a", "-m", "first change")
        self.culprit("--restore", code=1)  # what is committed is nobody's hypothesis any more
        self.assertIn("or committed", self.culprit("--restore", "1", code=2).stderr)
        self.assertEqual(self.git("status", "--porcelain"), "")
        self.put("test.sh", TEST + "exit 0\n")
        self.tried("--keep", "--", "false", code=1)
        self.assertEqual(self.git("status", "--porcelain"), " M test.sh\n")

    def test_what_is_changed_meanwhile_is_not_overwritten(self):
        self.put("code", "other\n")
        said = self.tried("--trials", "30", "--", "sh", "-c",
                          f'echo mine > "{self.folder}/outside"; exit 1', code=1,
                          CULPRIT_STAND_IN="none")
        self.assertTrue(said["reverted"])
        self.put("code", "other\n")
        # Where the tree is seen at its own path no test reaches it; beside it one can.
        link = self.way(self.tree)
        said = self.tried("--", "sh", "-c", f"echo mine > {link}/code; exit 1", code=1,
                          CULPRIT_STAND_IN="none")
        self.assertEqual((said["tree"], said["reverted"]), ("in_the_way", False))
        self.assertIn("code was changed since", said["why"])
        self.assertEqual((self.tree / "code").read_text(), "mine\n")

    def test_a_commit_meanwhile_is_not_undone(self):
        self.put("code", "other\n")
        way = self.way(self.tree)
        said = self.tried("--", "sh", "-c", f"cd {way}; git commit -qam meanwhile; exit 1", code=1,
                          CULPRIT_STAND_IN="none")
        self.assertEqual(said["tree"], "in_the_way")
        self.assertIn("HEAD was moved since, from ", said["why"])
        self.assertEqual(self.git("status", "--porcelain"), "")
        self.assertEqual((self.tree / "code").read_text(), "other\n")

    def test_a_test_sees_a_copy_at_the_path_of_the_tree(self):
        if subprocess.run(["unshare", "--user", "--mount", "true"], check=False).returncode:
            self.skipTest("no namespaces here")
        self.put("code", "fixed\n")
        before = self.state()
        said = self.tried("--workers", "2", "--", "sh", "-c",
                          f'test "$PWD" = {self.tree} || exit 125; touch {self.tree}/made; '
                          f"git log --oneline | grep -q first || exit 125; "
                          f"grep -q fixed {self.tree}/code", code=0)
        self.assertEqual(said["verdict"], "supported")
        self.assertEqual(self.state(), before)

    def test_a_test_that_cleans_its_temporary_folder_leaves_the_repository(self):
        self.put("code", "other\n")
        said = self.tried("--", "sh", "-c", f"rm -rf {self.temporary}/*/objects/*; exit 1", code=1)
        self.assertTrue(said["reverted"])
        self.git("fsck", "--strict")

    def test_a_test_is_run_in_the_folder_where_culprit_was(self):
        self.put("sub/other", "x")
        self.git("add", "sub")
        self.put("code", "fixed\n")
        said = self.tried("--", "../test.sh", where="sub", code=1)
        self.assertEqual(said["verdict"], "refuted")  # there is no code in that folder
        self.put("sub/test", "#!/bin/sh\ngrep -q fixed ../code\n").chmod(0o755)  # untracked
        self.put("code", "fixed\n")
        self.assertEqual(self.tried("--", "./test", where="sub", code=0)["verdict"], "supported")

    def test_shared_folders_are_not_copied(self):
        self.put("large/data", "x" * 3_000_000)
        self.put(".git/info/exclude", "large\n")
        self.put("code", "fixed\n")
        refused = self.culprit("H", "--copy-max", "2", "--", "./test.sh", code=2)
        self.assertIn("--link large", refused.stderr)
        for stand_in in ("", "none"):
            said = self.tried("--copy-max", "2", "--link", "large", "--", "sh", "-c",
                              "test -s large/data || exit 125; ./test.sh", code=0,
                              CULPRIT_STAND_IN=stand_in)
            self.assertEqual(said["verdict"], "supported")

    def test_predictions(self):
        slow = ["--apply", "echo slow > pace"]
        said = self.tried("--predict", "higher", *slow, "--", "sh", "-c", "test ! -e pace", code=0)
        self.assertEqual(said["verdict"], "supported")
        self.culprit("--restore", code=0)
        said = self.tried("--predict", "higher", *slow, "--", "true", code=1)
        self.assertEqual((said["verdict"], said["reverted"]), ("refuted", True))
        said = self.tried("--predict", "same", *slow, "--", "true", code=0)
        self.assertEqual(said["verdict"], "supported")
        self.culprit("--restore", code=0)
        said = self.tried("--trials", "20", *slow, "--", "true", code=1)
        self.assertEqual((said["verdict"], said["ended"]), ("undecided", "trials_spent"))

    def test_what_cannot_be_judged_changes_nothing(self):
        before = self.state()
        said = self.tried("--apply", "echo x > code", "--", "sh", "-c", "exit 125", code=125)
        self.assertEqual((said["verdict"], said["ended"]), ("undecided", "untestable"))
        self.assertIsNone(said["with"]["rate"])
        # A change that does not even build.
        said = self.tried("--apply", "echo x > code", "--", "sh", "-c",
                          "grep -q x code && exit 125; exit 1", code=125)
        self.assertEqual(self.state(), before)
        said = self.tried("--signature", "exit = 7", "--apply", "echo fixed > code", "--", "sh",
                          "-c", "grep -q fixed code || exit 7; exit 1", code=125)
        self.assertEqual(said["unjudged"], {"exit 1, which the signature does not match": 8})
        self.assertEqual(self.state(), before)

    def test_what_is_refused(self):
        self.refused("H", "--", "./test.sh", says="nothing differs from HEAD")
        self.put("untracked", "x")
        self.refused("H", "--", "./test.sh", says="joins by git add")
        self.refused("H", "--apply", "true", "--", "./test.sh", says="changes nothing")
        self.refused("H", "--apply", "echo no >&2; exit 3", "--", "true", says="it says: no")
        self.refused("H", "--apply", "echo x > code", says="needs a test")
        self.refused("H", "two", "--", "true", says="one hypothesis")
        self.refused("H", "--apply", "echo x > code", "--", "./no-such", says="no such command")
        self.refused("H", "--predict", "better", "--", "true", says="lower, higher or same")
        self.refused("H", "--apply", "echo x > code", "--link", "none", "--", "true",
                     says="to be shared")
        outside = subprocess.run([daemons.BUILD / "culprit", "try", "H", "--", "true"],
                                 cwd=self.folder, capture_output=True, text=True, check=False,
                                 timeout=30, env=self.environment())
        self.assertEqual(outside.returncode, 2)
        self.assertIn("is in no checkout of git", outside.stderr)

    def test_an_index_that_git_holds_leaves_the_tree_as_it_is(self):
        self.put("code", "other\n")
        self.git("add", "code")
        lock = self.put(".git/index.lock", "of a git that runs")
        said = self.tried("--", "./test.sh", code=1)
        self.assertEqual((said["verdict"], said["tree"]), ("refuted", "in_the_way"))
        self.assertIn("cannot lock the index", said["why"])
        self.assertEqual((self.tree / "code").read_text(), "other\n")
        self.assertEqual(self.git("--no-optional-locks", "status", "--porcelain"), "M  code\n")
        self.assertEqual(lock.read_text(), "of a git that runs")
        lock.unlink()
        self.culprit("--restore", code=0)
        self.assertEqual(self.git("status", "--porcelain"), "")

    def test_a_file_that_cannot_be_replaced_leaves_the_tree_as_it_is(self):
        self.put("first", "v1\n")
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "first file")
        self.put("code", "other\n")
        self.put("zlast", "x\n")
        self.git("add", "zlast")
        self.put("first", "v2\n")
        if subprocess.run(["chattr", "+i", self.tree / "first"], check=False,
                          capture_output=True).returncode:
            self.skipTest("no immutable files here")
        before = self.state()
        try:
            said = self.tried("--", "./test.sh", code=1)
            self.assertEqual((said["tree"], said["reverted"]), ("in_the_way", False))
            self.assertEqual(self.state()[1], before[1])
            self.assertEqual((self.tree / "code").read_text(), "other\n")
            self.assertEqual((self.tree / "zlast").read_text(), "x\n")
        finally:
            subprocess.run(["chattr", "-i", self.tree / "first"], check=True)
        self.culprit("--restore", code=0)
        self.assertEqual(self.git("status", "--porcelain"), "")

    def test_a_second_change_in_the_same_file_is_a_second(self):
        self.put("code", "fixed\nmore\n")
        self.tried("--", "./test.sh", code=0)
        self.put("code", "fixed\nsecond\n")
        refused = self.culprit("second", "--", "./test.sh", code=2)
        self.assertIn("code would be a second", refused.stderr)
        said = self.tried("--stack", "--", "false", code=1)
        self.assertEqual((said["tree"], said["paths"]), ("taken_back", ["code"]))
        self.assertEqual((self.tree / "code").read_text(), "fixed\nmore\n")
        self.put("code", "mine\n")
        self.assertIn("was changed since", self.culprit("--restore", "1", code=2).stderr)
        # As one leaves it that was killed in the midst.
        mark = (self.tree / ".culprit/tries/1/mark").read_text()
        made = self.put(f".git/index.culprit-try-{mark}", "")
        (self.tree / ".git/index.lock").hardlink_to(made)
        self.culprit("--restore", "1", "--forget", code=0)
        self.assertEqual([name for name in os.listdir(self.tree / ".git") if "index." in name], [])
        self.tried("--", "./test.sh", code=1)
        self.assertEqual(self.git("status", "--porcelain"), "")

    def test_what_git_does_not_list_is_not_taken_back(self):
        self.put("d/f", "d1\n")
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "d")
        self.git("rm", "-q", "d/f")
        self.put("d/f/untracked", "precious\n")
        self.put("code", "other\n")
        self.refused("H", "--", "./test.sh", says="d/f/untracked is in the way")
        (self.tree / "d/f/untracked").unlink()
        (self.tree / "d/f").rmdir()
        self.git("reset", "-q", "--hard")
        self.git("update-index", "--assume-unchanged", "d/f")
        self.put("d/f", "local\n")
        self.put("code", "other\n")
        self.refused("H", "--", "./test.sh", says="d/f is in the way")

    def test_what_is_staged_meanwhile_stays_staged(self):
        self.put("code", "other\n")
        way = self.way(self.tree)
        said = self.tried("--", "sh", "-c", f"cd {way}; git add code; exit 1", code=1,
                          CULPRIT_STAND_IN="none")
        self.assertEqual(said["tree"], "in_the_way")
        self.assertIn("code was staged since", said["why"])
        self.assertEqual(self.git("status", "--porcelain"), "M  code\n")

    def test_a_verdict_is_shown_though_nothing_can_be_written_any_more(self):
        self.put("code", "other\n")
        probe = self.put("probe", "x")
        if subprocess.run(["chattr", "+i", probe], check=False, capture_output=True).returncode:
            self.skipTest("no immutable files here")
        subprocess.run(["chattr", "-i", probe], check=True)
        record = self.tree / ".culprit/tries/1"
        way = self.way(record)
        try:
            said = self.tried("--", "sh", "-c", f"chattr +i {way}/; exit 1", code=1,
                              CULPRIT_STAND_IN="none")
        finally:
            subprocess.run(["chattr", "-i", record], check=True)
        self.assertEqual((said["verdict"], said["tree"]), ("refuted", "in_the_way"))
        self.assertEqual((self.tree / "code").read_text(), "other\n")

    def test_a_stash_is_a_change_to_try(self):
        for text in ("fixed\n", "other\n"):
            self.put("code", text)
            self.git("stash", "-q")
        said = self.tried("--apply", "git stash pop -q stash@{1}", "--", "./test.sh", code=0)
        self.assertEqual(said["tree"], "applied")
        self.assertEqual((self.tree / "code").read_text(), "fixed\n")
        self.assertEqual(len(self.git("stash", "list").splitlines()), 2)

    def test_a_path_that_only_begins_like_the_tree_is_another(self):
        other = self.folder / "tree-2"
        other.mkdir()
        (other / "data").write_text("x")
        self.put("code", "fixed\n")
        said = self.tried("--", "sh", "-c", f"test -e {other}/data || exit 125; "
                          f"grep -q fixed {self.tree}/code", code=0, CULPRIT_STAND_IN="none")
        self.assertEqual(said["verdict"], "supported")

    def test_below_the_root_the_change_comes_back_by_the_printed_command(self):
        self.put("sub/file", "x\n")
        self.git("add", "sub")
        self.git("commit", "-q", "-m", "sub")
        self.put("code", "other\n")
        shown = self.culprit("H", "--", "false", where="sub", code=1).stdout
        command = shown.split("COPY     ")[1].split("   brings")[0]
        subprocess.run(command, shell=True, check=True, cwd=self.tree / "sub", timeout=30)
        self.assertEqual((self.tree / "code").read_text(), "other\n")

    def test_what_cannot_be_shared_or_run_is_refused(self):
        for link in ("..", ".", "a//d", ".git", "/etc"):
            self.refused("H", "--apply", "echo x > code", "--link", link, "--", "true",
                         says="cannot be shared")
        inside = self.tree / "inside"
        inside.mkdir()
        self.way(inside)
        self.refused("H", "--apply", "echo x > code", "--", "true", says="TMPDIR lies in the tree",
                     TMPDIR=str(self.folder / "way"))
        self.refused("H", "--apply", "echo x > code", "--", "./no-such", says="no such command")
        shown = subprocess.run([daemons.BUILD / "culprit", "case", "show", "--json"],
                               cwd=self.tree, capture_output=True, text=True, check=True,
                               timeout=30)
        self.assertEqual([one["summary"] for one in json.loads(shown.stdout)["entries"]],
                         ["predicts lower: H", "not tried: H"])

    def test_a_full_disk_amid_the_take_back_loses_nothing(self):
        disk = self.folder / "disk"
        disk.mkdir()
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=5m", "tmpfs", disk], check=False,
                          capture_output=True).returncode:
            self.skipTest("no small disk can be mounted here")
        self.addCleanup(subprocess.run, ["umount", "-l", disk], check=False)
        for left in (0, 64 << 10, 400 << 10, 700 << 10):
            with self.subTest(left):
                self.tree = disk / f"tree{left}"
                self.tree.mkdir()
                self.git("init", "-q")
                for name in ("a", "b", "c"):
                    self.put(name, name * 300_000)
                self.git("add", "-A")
                self.git("commit", "-q", "-m", "large")
                self.put("a", "small\n")
                self.put("b", "small\n")
                self.put("c", "C" * 300_000)
                changed = self.state()
                fill = (f"head -c 9000000 /dev/zero > {disk}/fill 2>/dev/null; "
                        f"truncate -s -{left} {disk}/fill; exit 1")
                done = self.culprit("H", "--json", "--", "sh", "-c", fill)
                said = json.loads(done.stdout)
                self.assertEqual(said["verdict"], "refuted")
                self.assertEqual(said["tree"], "in_the_way", said)
                self.assertIn("No space left", said["why"])
                self.assertEqual(self.state(), changed)
                (disk / "fill").unlink()
                self.tried("--", "false", code=1)
                self.assertEqual(self.git("status", "--porcelain"), "")
                for name in ("a", "b", "c"):
                    self.assertEqual((self.tree / name).read_text(), name * 300_000)
                subprocess.run(["rm", "-rf", self.tree], check=True)

    def test_line_ends_are_those_of_the_tree(self):
        self.put(".gitattributes", "* text=auto eol=crlf\n")
        (self.tree / "lines").write_bytes(b"a\r\nb\r\n")
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "lines")
        (self.tree / "lines").write_bytes(b"a\r\nc\r\n")
        said = self.tried("--", "false", code=1)
        self.assertEqual((self.tree / "lines").read_bytes(), b"a\r\nb\r\n")
        self.git("apply", said["patch"])
        self.assertEqual((self.tree / "lines").read_bytes(), b"a\r\nc\r\n")

    def test_holes_stay_holes(self):
        self.put(".git/info/exclude", "holes\n")
        with open(self.tree / "holes", "wb") as file:
            file.truncate(3 << 30)
            file.seek(1 << 30)
            file.write(b"amid")
        self.put("code", "fixed\n")
        began = time.monotonic()
        said = self.tried("--", "sh", "-c", "test $(stat -c %b holes) -lt 1000 && "
                          "test $(stat -c %s holes) = $((3 << 30)) && "
                          "test $(tail -c +$(((1 << 30) + 1)) holes | head -c 4) = amid || "
                          "exit 125; ./test.sh", code=0)
        self.assertEqual((said["verdict"], said["unjudged"]), ("supported", {}))
        self.assertLess(time.monotonic() - began, 20)
        with open(self.tree / "holes", "r+b") as file:
            for at in range(0, 3 << 20, 4096):
                file.seek(at)
                file.write(b"x")
        refused = self.culprit("H", "--copy-max", "2", "--", "./test.sh", code=2)
        self.assertIn("--link holes", refused.stderr)

    def test_a_command_that_stashes_is_refused(self):
        self.put("code", "dirty\n")
        self.put("untracked", "mine\n")
        self.refused("H", "--apply", "git stash -q -u", "--", "./test.sh",
                     says="git stash of its copy")
        self.refused("H", "--apply", "git stash -q; echo x > code; git stash -q; git stash pop -q",
                     "--", "./test.sh", says="git stash of its copy")
        self.git("stash", "-q")
        self.git("stash", "apply", "-q")
        self.refused("H", "--apply", "git stash -q -u; echo fixed > code", "--", "./test.sh",
                     says="git stash of its copy")
        self.tried("--apply", "git stash -q -u; git stash pop -q; echo fixed > code", "--",
                   "./test.sh", code=0)

    def test_branches_and_tags_of_a_command_are_said_to_stay_behind(self):
        said = self.culprit("H", "--apply", "git checkout -q -b side; echo fixed > code; "
                            "git commit -qam x; git tag mark", "--", "./test.sh", code=0)
        self.assertIn("refs/heads/side, refs/tags/mark", said.stderr)
        self.assertEqual(self.git("for-each-ref", "--format=%(refname)"), "refs/heads/main\n")
        self.culprit("--restore", code=0)
        said = self.culprit("H", "--apply", "echo fixed > code; git commit -qam x", "--",
                            "./test.sh", code=0)
        self.assertNotIn("refs/", said.stderr)

    def test_what_was_not_judged_offers_no_way_back(self):
        self.put("code", "other\n")
        shown = self.culprit("H", "--", "sh", "-c", "exit 125", code=125).stdout
        self.assertIn("NEXT     ", shown)
        self.assertNotIn("--restore", shown)
        with subprocess.Popen([daemons.BUILD / "culprit", "try", "H", "--", "sleep", "30"],
                              cwd=self.tree, stdout=subprocess.PIPE, text=True,
                              env=self.environment()) as process:
            self.until(lambda: any(self.temporary.glob("*/culprit-trial-*")), "a trial", process)
            process.send_signal(signal.SIGINT)
            shown, _ = process.communicate(timeout=20)
        self.assertEqual(process.returncode, 130)
        self.assertIn("NEXT     the same again", shown)
        self.assertNotIn("--restore", shown)

    def test_an_interrupt_shows_what_is_known_and_touches_nothing(self):
        mark = f"sleep 97{time.time_ns() % 10_000:04}"
        before = self.state()
        with subprocess.Popen([daemons.BUILD / "culprit", "try", "H", "--json", "--workers", "2",
                               "--apply", "echo x > code", "--", "sh", "-c",
                               f"{mark} & sleep 0.2; exit 1"],
                              cwd=self.tree, stdout=subprocess.PIPE, text=True,
                              env=self.environment()) as process:
            time.sleep(1.2)
            process.send_signal(signal.SIGINT)
            said, _ = process.communicate(timeout=20)
        self.assertEqual(process.returncode, 130)
        self.assertEqual(json.loads(said)["ended"], "interrupted")
        self.assertGreater(json.loads(said)["trials"], 0)
        self.assertEqual(self.state(), before)
        self.assertEqual(os.listdir(self.temporary), [])
        left = subprocess.run(["pgrep", "-f", mark], capture_output=True, text=True, check=False)
        self.assertEqual(left.stdout, "")

    def test_a_second_interrupt_while_it_winds_up_leaves_no_copies(self):
        begun = self.folder / "begun"
        before = self.state()
        with subprocess.Popen([daemons.BUILD / "culprit", "try", "H", "--json", "--apply",
                               "echo x > code", "--", "sh", "-c",
                               f"touch {begun}; trap '' TERM INT; sleep 30; sleep 30"],
                              cwd=self.tree, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              text=True, env=self.environment()) as process:
            self.until(begun.exists, "the first trial")
            process.send_signal(signal.SIGINT)
            time.sleep(0.1)
            process.send_signal(signal.SIGINT)
            said, err = process.communicate(timeout=20)
        self.assertEqual(process.returncode, 130, err)
        self.assertEqual(err.count("winding up; a third ends it at once"), 1, err)
        self.assertEqual(json.loads(said)["ended"], "interrupted")
        self.assertEqual(self.state(), before)
        self.assertEqual(os.listdir(self.temporary), [])

    def test_killed_amid_trials_the_next_one_tidies_up(self):
        self.put("code", "fixed\n")
        before = self.state()
        mark = f"sleep 96{time.time_ns() % 10_000:04}"
        with subprocess.Popen([daemons.BUILD / "culprit", "try", "H", "--", "sh", "-c", mark],
                              cwd=self.tree, stdout=subprocess.DEVNULL,
                              env=self.environment()) as process:
            self.until(lambda: any(self.temporary.glob("*/culprit-trial-*")), "a trial", process)
            second = subprocess.run([daemons.BUILD / "culprit", "try", "H", "--", "true"],
                                    cwd=self.tree, capture_output=True, text=True, check=False,
                                    timeout=30, env=self.environment())
            self.assertEqual(second.returncode, 2)
            self.assertIn("another culprit is trying something", second.stderr)
            process.kill()
        self.assertEqual(self.state(), before)
        # The change was never judged: it is the user's.
        done = self.culprit("--restore", code=1)
        self.assertIn("try 1 was cut short; the tree is as it was", done.stderr)
        self.assertEqual(self.state(), before)
        self.culprit("--restore", code=1)
        self.assertEqual(self.state(), before)
        self.culprit("H", "--", "./test.sh", code=0)
        self.assertEqual(self.state(), before)
        left = subprocess.run(["pgrep", "-f", mark], capture_output=True, text=True, check=False)
        self.assertEqual(left.stdout, "")

    def test_the_case_has_the_prediction_before_the_first_trial(self):
        self.put("code", "fixed\n")
        way = self.way(self.tree)
        self.tried("--", "sh", "-c", f"(cd {way} && {daemons.BUILD}/culprit case show) | "
                   "grep -q 'predicts lower: H' || exit 125; ./test.sh", code=0,
                   CULPRIT_STAND_IN="none")
        shown = subprocess.run([daemons.BUILD / "culprit", "case", "show", "--json"],
                               cwd=self.tree, capture_output=True, text=True, check=True,
                               timeout=30)
        entries = json.loads(shown.stdout)["entries"]
        self.assertEqual([(one["kind"], one["summary"]) for one in entries],
                         [("try", "predicts lower: H"), ("try", "supported: H")])


if __name__ == "__main__":
    main()
