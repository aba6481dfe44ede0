"""`culprit try` in repositories of every kind, and while git has begun something."""
import os
import pathlib
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "daemons"))
# pylint: disable=wrong-import-position
from daemons import main
from try_fuzz import git
from try_test import Try


class Repositories(Try):
    def test_what_a_resolved_merge_needs_is_refused(self):
        self.test_a_merge_under_way_is_refused()
        self.put("code", "resolved\n")
        self.git("add", "code")
        self.refused("H", "--", "./test.sh", says="git merge is under way")
        self.git("commit", "-q", "-m", "merged")
        self.put("extra", "x\n")
        self.git("add", "extra")
        self.git("commit", "-q", "-m", "extra")
        self.git("revert", "-n", "HEAD")
        self.refused("H", "--", "./test.sh", says="git revert is under way")

    def test_borrowed_objects_are_seen_in_a_trial(self):
        borrower = self.folder / "borrower"
        subprocess.run(["git", "clone", "-q", "-s", self.tree, borrower], check=True)
        self.tree = borrower
        self.put(".git/objects/info/alternates", "../../../tree/.git/objects\n")
        self.put("code", "fixed\n")
        for stand_in in ("", "none"):
            said = self.tried("--", "sh", "-c", "git cat-file -e HEAD:code || exit 125; ./test.sh",
                              code=0, CULPRIT_STAND_IN=stand_in)
            self.assertEqual((said["verdict"], said["unjudged"]), ("supported", {}))

    def test_a_merge_under_way_is_refused(self):
        self.git("checkout", "-q", "-b", "side")
        self.put("code", "side\n")
        self.git("commit", "-q", "-a", "-m", "side")
        self.git("checkout", "-q", "main")
        self.put("code", "main\n")
        self.git("commit", "-q", "-a", "-m", "main")
        git(os.fsencode(self.tree), "merge", "-q", "side")
        self.refused("H", "--", "./test.sh",
                     says="git merge is under way, and its commit would be lost: code")

    def test_a_merge_of_a_command_is_noted_and_conflicts_are_refused(self):
        self.git("checkout", "-q", "-b", "side")
        self.put("code", "fixed\n")
        self.git("commit", "-q", "-a", "-m", "side")
        self.git("checkout", "-q", "main")
        self.put("other", "x\n")
        self.git("add", "other")
        self.git("commit", "-q", "-m", "other")
        done = self.culprit("H", "--apply", "git merge -q --no-ff --no-commit side", "--",
                            "./test.sh", code=0)
        self.assertIn("git merge is under way in the copy, and stays there", done.stderr)
        self.culprit("--restore", code=0)
        done = self.culprit("H", "--apply", "git cherry-pick -n side", "--", "./test.sh", code=0)
        self.assertEqual([line for line in done.stderr.splitlines() if "namespaces" not in line],
                         [])
        self.culprit("--restore", code=0)
        shutil.rmtree(self.tree / ".culprit")
        self.put("code", "else\n")
        self.git("commit", "-q", "-a", "-m", "else")
        self.refused("H", "--apply", "git cherry-pick side || true", "--", "./test.sh",
                     says="leaves code in conflict")

    def test_a_cherry_pick_and_a_rebase_under_way_are_refused(self):
        self.git("checkout", "-q", "-b", "side")
        for name in ("one", "two"):
            self.put(name, "x\n")
            self.git("add", "-A")
            self.git("commit", "-q", "-m", name)
        self.git("checkout", "-q", "main")
        self.put("two", "y\n")
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "other")
        git(os.fsencode(self.tree), "cherry-pick", "side")
        self.refused("H", "--", "./test.sh", says="git cherry-pick is under way")
        self.put("two", "resolved\n")
        self.git("add", "two")
        self.refused("H", "--", "./test.sh", says="git cherry-pick is under way")
        self.git("cherry-pick", "--abort")
        for kind in ("--merge", "--apply"):
            with self.subTest(kind):
                git(os.fsencode(self.tree), "rebase", kind, "main", "side")
                self.refused("H", "--", "./test.sh", says="git rebase is under way")
                self.put("two", "resolved\n")
                self.git("add", "two")
                before = self.state()
                self.refused("H", "--", "./test.sh", says="git rebase is under way")
                self.assertEqual(self.state(), before)
                self.git("rebase", "--abort")
        self.put("two", "z\n")
        self.git("stash")
        self.git("checkout", "-q", "main")
        git(os.fsencode(self.tree), "stash", "pop")
        self.refused("H", "--", "./test.sh", says="two is in conflict")

    def test_large_files_of_git_lfs_come_back(self):
        if git(os.fsencode(self.tree), "lfs", "install", "--local",
               "--skip-repo").returncode:
            self.skipTest("git-lfs is not installed")
        self.git("lfs", "track", "*.bin")
        self.put("data.bin", "old\n" * 1000)
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "large")
        self.put("data.bin", "new\n" * 1000)
        before = self.git("ls-files", "-s"), self.git("lfs", "ls-files", "-l")
        # git-lfs finds what lies in the user's repository, in each kind of copy.
        smudge = ("git lfs ls-files --size >&2; git show HEAD:data.bin | git lfs smudge | "
                  "grep -q old || exit 125; grep -q newer data.bin")
        for stand_in, keep in (("none", ["--keep"]), ("", [])):
            said = self.tried(*keep, "--", "sh", "-c", smudge, code=1, CULPRIT_STAND_IN=stand_in)
            self.assertEqual((said["verdict"], said["unjudged"]), ("refuted", {}))
        self.assertEqual((self.tree / "data.bin").read_text(), "old\n" * 1000)
        self.assertEqual(self.git("status", "--porcelain"), "")
        self.assertEqual((self.git("ls-files", "-s"), self.git("lfs", "ls-files", "-l")), before)
        self.git("lfs", "fsck")
        self.tried("--apply", "sed -i s/old/new/ data.bin; git add data.bin", "--", "grep", "-q",
                   "new", "data.bin", code=0)
        self.assertEqual(self.git("status", "--porcelain"), "M  data.bin\n")
        self.git("commit", "-q", "-m", "newer")  # git has the object that the copy made
        self.git("lfs", "fsck")
        self.assertEqual((self.tree / "data.bin").read_text(), "new\n" * 1000)

    def test_submodules_are_files_and_their_own_changes_are_refused(self):
        other = self.folder / "other"
        subprocess.run(["git", "init", "-q", other], check=True)
        (other / "inside").write_text("inside\n")
        for words in (["add", "-A"], ["commit", "-q", "-m", "inside"]):
            self.assertEqual(git(os.fsencode(other), *words).returncode, 0)
        self.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(other),
                 "module")
        self.git("commit", "-q", "-m", "module")
        self.put("code", "fixed\n")
        said = self.tried("--", "sh", "-c", "test -e module/inside && git status >/dev/null || "
                          "exit 125; ./test.sh", code=0)
        self.assertEqual(said["paths"], ["code"])
        self.put("code", "broken\n")  # by hand
        self.tried("--apply", "echo x > code", "--", "./test.sh", code=1)
        self.put("code", "other\n")
        self.culprit("--restore", "1", "--forget", code=0)
        self.tried("--", "sh", "-c", "test -e module/inside || exit 125; ./test.sh", code=1)
        self.assertEqual(self.git("status", "--porcelain"), "")
        before = self.state()
        self.tried("--apply", "echo x > module/inside", "--", "./test.sh", code=1)
        self.assertEqual(self.state(), before)
        # What is built in a submodule is no difference.
        self.put("module/built", "x\n")
        self.put("code", "fixed\n")
        self.tried("--", "sh", "-c", "test -e module/built || exit 125; ./test.sh", code=0)
        self.put("code", "broken\n")
        self.put("module/inside", "other\n")
        refused = self.culprit("H", "--", "./test.sh", code=2)
        self.assertIn("the submodule module differs from HEAD", refused.stderr)

    def test_a_linked_worktree_is_a_tree_like_others(self):
        linked = self.folder / "linked"
        self.git("worktree", "add", "-q", str(linked), "-b", "linked")
        self.tree = linked
        self.put("code", "other\n")
        self.git("add", "code")
        said = self.tried("--", "./test.sh", code=1)
        self.assertTrue(said["reverted"])
        self.assertEqual(self.git("status", "--porcelain"), "")
        self.assertEqual(self.tried("--apply", "echo fixed > code; git add code", "--",
                                    "./test.sh", code=0)["tree"], "applied")
        self.assertEqual(self.git("status", "--porcelain"), "M  code\n")

    def test_worktrees_within_a_bare_repository_are_no_part_of_it(self):
        bare = self.folder / "bare.git"
        subprocess.run(["git", "clone", "-q", "--bare", self.tree, bare], check=True)
        for name in ("one", "feature/two"):
            subprocess.run(["git", "-C", bare, "worktree", "add", "-q", "-b",
                            name.replace("/", "-"), name], check=True, capture_output=True)
        (bare / "feature/two/secret").write_text("x")
        self.tree = bare / "one"
        self.put("code", "fixed\n")
        seen = "test -e .git/refs && ! test -e .git/feature && ! test -e .git/one || exit 125"
        said = self.tried("--", "sh", "-c", seen + "; ./test.sh", code=0)
        self.assertEqual(said["unjudged"], {})

    def test_the_repository_of_a_hook_is_not_that_of_the_copies(self):
        before = self.state()
        place = str(self.tree / ".git")
        said = self.tried("--apply", "echo fixed > code; git add code", "--keep", "--trials", "8",
                          "--", "sh", "-c", "git commit -q --allow-empty -m x || exit 125; exit 1",
                          code=1, GIT_DIR=place, GIT_INDEX_FILE=place + "/index")
        self.assertEqual((said["verdict"], said["unjudged"]), ("undecided", {}))
        self.assertEqual(self.git("log", "--format=%s"), "first\n")
        self.culprit("--restore", code=0)
        self.assertEqual(self.state(), before)

    def test_a_line_break_in_the_path_of_the_tree_or_of_its_copies(self):
        self.tree = self.tree.rename(self.folder / "a\nb\t\"c")
        self.temporary = self.folder / "t\nmp"
        self.temporary.mkdir()
        self.put("code", "fixed\n")
        for stand_in in ("", "none"):
            said = self.tried("--", "sh", "-c", "git cat-file -e HEAD:code || exit 125; ./test.sh",
                              code=0, CULPRIT_STAND_IN=stand_in)
            self.assertEqual(said["unjudged"], {})
        self.culprit("--restore", code=0)
        self.assertEqual(self.git("status", "--porcelain"), "")

    def test_repositories_of_every_kind(self):
        kinds = {
            "sha256": (["--object-format=sha256"], []),
            "split index": ([], [["config", "core.splitIndex", "true"],
                                 ["update-index", "--split-index"]]),
            "sparse": ([], [["sparse-checkout", "set", "--cone", "sub"]]),
            "no modes": ([], [["config", "core.fileMode", "false"]]),
        }
        for number, (kind, (flags, settings)) in enumerate(kinds.items()):
            with self.subTest(kind):
                self.tree = self.folder / f"kind{number}"
                self.tree.mkdir()
                self.git("init", "-q", *flags)
                self.put("code", "broken\n")
                self.put("sub/file", "x\n")
                self.put("other/file", "x\n")
                self.git("add", "-A")
                self.git("commit", "-q", "-m", "first")
                for words in settings:
                    self.git(*words)
                before = self.state()
                self.tried("--apply", "echo fixed > code; echo y > sub/file; git add sub", "--",
                           "grep", "-q", "fixed", "code", code=0)
                self.git("fsck", "--no-dangling")
                self.assertEqual(self.git("status", "--porcelain"), " M code\nM  sub/file\n")
                self.culprit("--restore", code=0)
                self.assertEqual(self.state(), before)
                self.put("sub/file", "z\n")
                self.git("add", "sub")
                self.tried("--", "false", code=1)
                self.assertEqual(self.git("status", "--porcelain"), "")
                self.assertEqual(self.state()[0], before[0])

    def test_a_repository_without_a_commit_has_an_index_that_comes_and_goes(self):
        self.tree = self.folder / "unborn"
        self.tree.mkdir()
        self.git("init", "-q")
        self.put("code", "broken\n")
        before = self.state()
        self.refused("H", "--", "true", says="no commit yet")
        self.tried("--apply", "echo fixed > code; git add code", "--", "grep", "-q", "fixed",
                   "code", code=0)
        self.assertEqual(self.git("status", "--porcelain"), "A  code\n")
        self.culprit("--restore", code=0)
        self.assertEqual(self.state(), before)

    def test_files_come_back_by_the_settings_of_the_place_of_the_tree(self):
        settings = self.folder / "settings"
        settings.write_text('[includeIf "gitdir:' + str(self.tree) + '/"]\n path = inside\n')
        (self.folder / "inside").write_text("[core]\n autocrlf = true\n")
        self.put("code", "changed\r\n")
        self.tried("--", "./test.sh", code=1, GIT_CONFIG_GLOBAL=str(settings))
        self.assertEqual((self.tree / "code").read_bytes(), b"broken\r\n")

    def test_filters_find_what_they_need_in_the_folder_of_git(self):
        self.put(".git/turned.inc", '[filter "turned"]\n required = true\n'
                 ' clean = "test -e \\"$(git rev-parse --git-common-dir)/keys/key\\" && rev"\n'
                 ' smudge = "test -e \\"$(git rev-parse --git-common-dir)/keys/key\\" && rev"\n')
        self.put(".git/keys/key", "k")
        self.git("config", "include.path", "turned.inc")
        self.put(".gitattributes", "secret filter=turned\n")
        self.put("secret", "abc\n")
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "secret")
        self.assertEqual(self.git("show", "HEAD:secret"), "cba\n")
        self.put("secret", "edited\n")
        linked = self.folder / "linked"
        self.git("worktree", "add", "-q", str(linked), "-b", "linked")
        for tree in (self.tree, linked):
            self.tree = tree
            self.put("secret", "edited\n")
            seen = "git cat-file --filters HEAD:secret | grep -q abc || exit 125; ./test.sh"
            said = self.tried("--", "sh", "-c", seen, code=1)
            self.assertEqual(said["unjudged"], {})
            self.assertEqual((self.tree / "secret").read_text(), "abc\n")
            self.assertEqual(self.git("status", "--porcelain"), "")

    def test_files_that_others_keep_in_the_folder_of_git_are_in_the_trial(self):
        self.put(".git/annex/small", "data\n")
        with open(self.put(".git/media/large", "data\n"), "ab") as file:
            os.posix_fallocate(file.fileno(), 0, 65 << 20)
        for name in ("annex/small", "media/large"):
            (self.tree / name.split("/")[1]).symlink_to(".git/" + name)
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "linked")
        seen = "cat small large | grep -qm1 data && echo x >> .git/annex/small || exit 125"
        self.put("code", "fixed\n")
        for stand_in in ("", "none"):
            said = self.tried("--workers", "2", "--", "sh", "-c",
                              seen + "; head -c 5 large | grep -q data && ./test.sh", code=0,
                              CULPRIT_STAND_IN=stand_in)
            self.assertEqual(said["unjudged"], {})
            self.assertEqual((self.tree / ".git/annex/small").read_text(), "data\n")

    def test_what_a_trial_does_in_a_large_folder_of_git_is_done_in_the_copy(self):
        large = self.put(".git/media/large", "data\n")
        with open(large, "ab") as file:
            os.posix_fallocate(file.fileno(), 0, 65 << 20)
        self.put("code", "fixed\n")
        spoil = "rm -f \"$(git rev-parse --git-dir)\"/media/large; ./test.sh"
        for stand_in in ("", "none"):
            self.tried("--workers", "2", "--", "sh", "-c", spoil, code=0,
                       CULPRIT_STAND_IN=stand_in)
            self.assertEqual(large.stat().st_size, 65 << 20)
        done = self.culprit("H", "--copy-max", "64", "--", "./test.sh", code=2,
                            CULPRIT_STAND_IN="none")
        self.assertIn("media makes what has to be copied more than 64 MiB", done.stderr)
        self.assertIn("--copy-max 8GiB", done.stderr)
        self.git("commit", "-q", "-a", "-m", "fixed")
        self.tried("--apply", "rm \"$(git rev-parse --git-path media)\"/large; echo x > code",
                   "--predict", "higher", "--", "./test.sh", code=0, CULPRIT_STAND_IN="none")
        self.assertEqual(large.stat().st_size, 65 << 20)


if __name__ == "__main__":
    main()
