"""`culprit bisect`: what of the user's own is in a worktree, and what runs leave there."""
import json
import os
import pathlib
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "daemons"))
# pylint: disable=wrong-import-position
from bisect_test import Bisect
from daemons import main

PROGRAM = "int main(void) {{ return {}; }} /* {} */\n"


class Copies(Bisect):
    """What of the user's own is in a worktree."""
    def notes(self, said):
        return " ".join(said["notes"])

    def test_a_command_in_a_linked_folder_is_that_of_the_link(self):
        shas = self.line(12, 6)
        self.write("repo/.git/info/exclude", "node_modules\n")
        (self.repo / "node_modules/.bin").mkdir(parents=True)
        self.write("repo/node_modules/lib.sh", "grep -q good state\n")
        tool = self.write("repo/node_modules/.bin/jest", "#!/bin/sh\n. node_modules/lib.sh\n")
        tool.chmod(0o755)
        for link in ("node_modules", "node_modules/", self.repo / "node_modules"):
            said = self.bisect(shas[0], shas[-1], "--no-case", "--link", link, "--",
                               "node_modules/.bin/jest")
            self.assertEqual(said["culprit"]["sha"], shas[6])
            self.assertEqual(said["notes"], [])
        self.bisect(shas[0], shas[-1], "--link", self.folder, "--", "true", code=2)
        self.assertIn("lies outside of the repository", self.said)

    def test_a_link_that_some_commits_have_is_theirs(self):
        shas = self.line(4, 2, deps__state="bad\n")
        self.git("rm", "-q", "-r", "deps")
        shas += self.line(12, 6)
        (self.repo / "deps").mkdir()
        said = self.bisect(shas[0], shas[2], "--link", "deps", "--", "grep", "-q", "good", "state")
        self.assertEqual(said["culprit"]["sha"], shas[2])
        self.assertIn("deps is tracked at some commits", self.notes(said))

    def test_a_link_that_a_build_cleans_away_is_given_again(self):
        shas = self.line(4, 2)
        self.write("repo/.git/info/exclude", "nm\n")
        (self.repo / "nm").mkdir()
        said = self.bisect(shas[0], shas[-1], "--no-case", "--link", "nm", "--build",
                           "git clean -fdxq", "--", "sh", "-c", "[ -d nm ] && grep -q good state")
        self.assertEqual(said["culprit"]["sha"], shas[2])

    def test_what_the_user_built_does_not_stand_for_what_a_build_makes(self):
        shas = [self.commit(f"c{i}", main_c=PROGRAM.format(int(i >= 7), i),
                            Makefile="prog: main.c\n\tcc -o prog main.c\n") for i in range(12)]
        subprocess.run(["make", "-s"], cwd=self.repo, check=True)
        for build in ("cc -o prog main.c", "make -s", "make -s prog"):
            with self.subTest(build):
                said = self.bisect(shas[0], shas[-1], "--no-case", "--calibrate", "3", "--build",
                                   build, "--", "./prog")
                self.assertEqual(said["culprit"]["sha"], shas[7])
                self.assertEqual(said["notes"], [])

    def test_what_is_copied_is_said_and_is_as_it_was_before_each_run(self):
        shas = self.line(12, 6)
        self.write("repo/build.sh", "cp state out\n")
        script = self.write("repo/test.sh", "#!/bin/sh\ngrep -q good out; code=$?\n"
                            "echo exit 0 > $0; echo true > build.sh; exit $code\n")
        script.chmod(0o755)
        said = self.bisect(shas[0], shas[-1], "--calibrate", "3", "--build", "sh build.sh", "--",
                           "./test.sh")
        self.assertEqual(said["culprit"]["sha"], shas[6])
        self.assertEqual(said["notes"], ["in no commit, and so yours at every commit: build.sh, "
                                         "test.sh"])

    def test_a_name_that_git_would_read_as_a_pattern_is_a_name(self):
        shas = self.line(12, 6)
        for name in (":t.sh", "t[1].sh"):
            script = self.write(f"repo/{name}", "#!/bin/sh\ngrep -q good state\n")
            script.chmod(0o755)
            said = self.bisect(shas[0], shas[-1], "--no-case", "--", f"./{name}")
            self.assertEqual(said["culprit"]["sha"], shas[6])
            self.assertEqual(said["notes"], [])
            said = self.bisect(shas[0], shas[-1], "--no-case", "--", "sh", f"./{name}")
            self.assertEqual(said["notes"], [f"in no commit, and so yours at every commit: {name}"])

    def test_a_checkout_that_is_reached_by_a_link_is_each_commits(self):
        self.commit("run", run_py="import mod\nraise SystemExit(mod.value)\n")
        for i in range(12):
            self.commit(f"c{i}", src__mod_py=f"value = {int(i >= 7)}  # {i}\n")
        link = self.folder / "link"
        link.symlink_to(self.repo)
        self.env["PYTHONPATH"] = f"{link}/src"
        said = self.bisect("HEAD~11", "HEAD", "--", sys.executable, "run.py", cwd=link)
        self.assertEqual(said["culprit"]["subject"], "c7")

    def test_a_path_of_the_checkout_in_the_command_is_said(self):
        shas = self.line(8, 4)
        link = self.folder / "link"
        link.symlink_to(self.repo)
        for place in (self.repo, link):
            self.env["PWD"] = str(place)
            for words in (["sh", "-c", f"cd {place} && grep -q good state"],
                          ["grep", "-q", "good", f"{place}/state"],
                          ["env", f"DIR={place}", "true"]):
                said = self.bisect(shas[0], shas[-1], "--no-case", "--", *words, cwd=place, code=1)
                self.assertIn("yours, at every commit: name it by a relative path",
                              self.notes(said))
            said = self.bisect(shas[0], shas[-1], "--no-case", "--build", f"test -d {place}", "--",
                               "grep", "-q", "good", "state", cwd=place)
            self.assertIn("yours, at every commit", self.notes(said))
        said = self.bisect(shas[0], shas[-1], "--no-case", "--", "grep", "-q",
                           f"good\\|{self.repo}s", "state")
        self.assertEqual(said["notes"], [])


class Leftovers(Bisect):
    """What a run before leaves in a worktree, or in the repository that all of them share."""
    def library(self):
        library = self.folder / "library"
        library.mkdir()
        self.git("init", "-q", cwd=library)
        return library

    def with_submodule(self, path):
        """Six commits; from the third on the submodule's file f is bad."""
        library = self.library()
        shas = []
        for i in range(6):
            (library / "f").write_text("bad\n" if i >= 3 else "good\n")
            self.git("add", "f", cwd=library)
            self.git("commit", "-q", "--allow-empty", "-m", f"l{i}", cwd=library)
        versions = self.git("rev-list", "--reverse", "HEAD", cwd=library).split()
        self.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(library),
                 path)
        for i, version in enumerate(versions):
            self.git("checkout", "-q", version, cwd=self.repo / path)
            shas.append(self.commit(f"c{i}", n=f"{i}\n"))
        return shas

    def test_a_submodule_with_a_space_in_its_name(self):
        shas = self.with_submodule("my lib.path")
        said = self.bisect(shas[0], shas[-1], "--", "grep", "-q", "good", "my lib.path/f")
        self.assertEqual(said["culprit"]["sha"], shas[3])

    def test_a_submodule_is_its_commits_again_before_each_run(self):
        shas = self.with_submodule("lib")
        for build in ([], ["--build", "cp lib/f out; echo x > lib/built"]):
            said = self.bisect(shas[0], shas[-1], "--no-case", "--calibrate", "3", *build, "--",
                               "sh", "-c", "[ -e lib/left ] && exit 0; grep -q good lib/f; c=$?; "
                               f"echo good > lib/f; {'echo > lib/left;' if build else ''} exit $c")
            self.assertEqual(said["culprit"]["sha"], shas[3])
            self.assertEqual(said["notes"], [])

    def test_what_git_keeps_of_a_submodule_is_each_runs_own(self):
        shas = self.with_submodule("lib")
        first = self.git("rev-parse", f"{shas[0]}:lib").strip()
        for test, leaves in (("[ ! -e .git/rebase-merge ]", f"git rebase -q {first} -x false"),
                             ("[ -e f ]", "git sparse-checkout set --no-cone /nothing"),
                             ("[ -z \"$(git stash list)\" ]", "echo x >> f; git stash -q"),
                             ("! git config my.own", "git config my.own x")):
            for build in ([], ["--build", "cp lib/f lib/out"]) if "stash" in leaves else ([],):
                with self.subTest(leaves=leaves, build=build):
                    said = self.bisect(shas[0], shas[-1], "--no-case", *build, "--", "sh", "-c",
                                       f"cd lib; {test} || exit 5; grep -q good f; c=$?; {leaves} "
                                       f">&2; {'[ -e out ] || exit 6; ' if build else ''}exit $c")
                    self.assertEqual(said["culprit"]["sha"], shas[3])
                    self.assertEqual(said["notes"], [])

    def test_what_a_test_does_to_what_was_built_is_undone(self):
        shas = self.line(12, 6)
        built = self.folder / "builds"
        build = f"echo >> {built}; mkdir -p some/place; cp state out; echo x > some/place/x"
        for test, note in (
                ("mkdir work || exit 1; grep -q good state", False),
                ("mkdir -p a/b || exit 1; chmod 0 a; grep -q good state", False),
                ("[ -r out ] || exit 3; grep -q good out; c=$?; chmod 0 out some; exit $c", False),
                ("grep -q good out; c=$?; rm -f out; exit $c", True),
                ("[ -e some/place/x ] || exit 3; grep -q good out; c=$?; rm -r some; exit $c",
                 True),
                ("grep -q good out; c=$?; echo >> out; echo good > out; exit $c", True)):
            with self.subTest(test):
                built.write_text("")
                said = self.bisect(shas[0], shas[-1], "--no-case", "--calibrate", "6", "--build",
                                   build, "--", "sh", "-c", test)
                self.assertEqual(said["culprit"]["sha"], shas[6])
                noted = [one for one in said["notes"] if "what was built" in one]
                self.assertEqual(len(noted), int(note), said["notes"])
                # Kept aside once it is known, beside both ends, so that not each run costs a build.
                commits = len({one["sha"] for one in said["trials"]})
                self.assertLessEqual(len(built.read_text()), commits + 2)

    def test_what_a_build_makes_of_tracked_files_is_there_for_each_run(self):
        shas = self.line(8, 4, conf="@placeholder@\n", gone="gone\n")
        build = "echo ready > conf; chmod +x conf; rm gone"
        said = self.bisect(shas[0], shas[-1], "--no-case", "--calibrate", "3", "--build", build,
                           "--", "sh", "-c", "grep -q ready conf && [ -x conf ] && [ ! -e gone ] "
                           "|| exit 3; echo x > conf; echo > gone; grep -q good state")
        self.assertEqual(said["culprit"]["sha"], shas[4])
        self.assertEqual(said["notes"], [])

    def test_what_git_keeps_of_a_worktree_is_each_runs_own(self):
        shas = self.line(16, 9)
        test = ('[ -e state ] || exit 3; for one in rebase-merge BISECT_START MERGE_HEAD; do '
                '[ ! -e "$(git rev-parse --git-path $one)" ] || exit 9; done; '
                "! git rev-parse -q --verify refs/worktree/mine || exit 9; "
                "grep -q good state; code=$?; {}; exit $code")
        for leaves in ("git sparse-checkout set --no-cone /nothing",
                       "git update-index --skip-worktree state; echo good > state",
                       "git update-index --assume-unchanged state; echo good > state",
                       f"git rebase -q {shas[4]} -x false", "git bisect start",
                       "git update-ref refs/worktree/mine HEAD",
                       "git rev-parse HEAD > $(git rev-parse --git-path MERGE_HEAD)"):
            for build in ([], ["--build", "true"]):
                with self.subTest(leaves=leaves, build=build):
                    said = self.bisect(shas[0], shas[-1], "--no-case", "--calibrate", "2", *build,
                                       "--", "sh", "-c", test.format(leaves + " >&2"))
                    self.assertEqual(said["culprit"]["sha"], shas[9])
            self.git("config", "--unset-all", "extensions.worktreeConfig") \
                if "sparse" in leaves else None

    def stashes(self):
        return self.git("stash", "list", "--format=%H %gs").splitlines()

    def test_a_stash_of_the_users_that_a_test_pops_is_put_back(self):
        shas = self.line(12, 6)
        for text in ("old", "precious"):
            (self.repo / "state").write_text(f"{text}\n")
            self.git("stash", "push", "-q", "-m", text)
        before = self.stashes()
        for test in ("git stash -q; grep -q good state; c=$?; git stash pop -q; exit $c",
                     "grep -q good state; c=$?; git stash clear; exit $c",
                     "git pack-refs --all; grep -q good state; c=$?; git stash drop -q; exit $c"):
            with self.subTest(test):
                said = self.bisect(shas[0], shas[-1], "--no-case", "--", "sh", "-c", test)
                self.assertEqual(said["culprit"]["sha"], shas[6])
                self.assertEqual(self.stashes(), before)
                noted = [one for one in said["notes"] if "stash" in one]
                self.assertEqual(len(noted), 1, said["notes"])
                self.assertIn(before[0][:12], noted[0])
        said = self.bisect(shas[0], shas[-1], "--no-case", "--", "sh", "-c",
                           "echo x > state; git stash -q; git stash drop -q; grep -q good state")
        self.assertEqual(said["notes"], [])

    def test_a_stash_that_is_put_back_lies_where_it_lay(self):
        shas = self.line(4, 2)
        for text in ("old", "middle", "new"):
            (self.repo / "state").write_text(f"{text}\n")
            self.git("stash", "push", "-q", "-m", text)
        before = self.stashes()
        log = (self.repo / ".git/logs/refs/stash").read_text()
        for test in ("git stash drop -q 'stash@{1}'; git stash pop -q",
                     "git stash clear"):
            said = self.bisect(shas[0], shas[-1], "--no-case", "--", "sh", "-c",
                               f"{test}; git checkout -qf; grep -q good state")
            self.assertEqual(said["culprit"]["sha"], shas[2])
            self.assertEqual(self.stashes(), before)
            self.assertEqual((self.repo / ".git/logs/refs/stash").read_text(), log)
        self.assertEqual(self.git("stash", "show", "-p", "stash@{0}")[-4:], "+new")

    def test_a_stash_that_the_user_makes_meanwhile_is_put_back(self):
        shas = self.line(4, 2)
        made = self.folder / "made"
        for before in ([], ["older"]):
            made.unlink(missing_ok=True)
            for text in before:
                (self.repo / "state").write_text(f"{text}\n")
                self.git("stash", "push", "-q", "-m", text)
            # What the user does in the own checkout while the test runs, which then pops.
            mine = (f"[ -e {made} ] || {{ touch {made}; cd {self.repo}; echo mine{before} > state; "
                    "git stash push -q -m mine; sleep 0.3; }")
            said = self.bisect(shas[0], shas[-1], "--no-case", "--", "sh", "-c",
                               f"({mine}); git stash -q; grep -q good state; c=$?; "
                               "git stash pop -q; exit $c")
            self.assertEqual(said["culprit"]["sha"], shas[2])
            self.assertIn("mine", self.stashes()[0])
            self.assertIn("the command, or you, took some", " ".join(said["notes"]))
        self.assertEqual(len(self.stashes()), 3)


if __name__ == "__main__":
    main()
