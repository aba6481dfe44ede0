"""`culprit bisect` in its worktrees: what is there, what stays of a run, what is never touched."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "daemons"))
# pylint: disable=wrong-import-position
from bisect_test import Bisect
from daemons import main


class Worktrees(Bisect):
    def test_an_untracked_command_is_copied_and_runs_where_the_user_stands(self):
        shas = self.line(12, 5)
        (self.repo / "here").mkdir()
        script = self.repo / "here/test.sh"
        script.write_text("#!/bin/sh\n. ./lib.sh\n[ -e made ] && exit 3\ntouch made\ncheck\n")
        script.chmod(0o755)
        self.commit("c12", here__lib_sh="check() { grep -q good ../state; }\n", state="bad\n")
        # The folder is not there before c12.
        self.bisect(shas[0], "HEAD", "--", "./test.sh", cwd=self.repo / "here", code=125)
        self.git("rm", "-q", "--cached", "here/test.sh")
        self.git("commit", "-q", "-m", "c13")
        for i in range(14, 20):
            self.commit(f"c{i}", state="worse\n" if i >= 17 else "good\n")
        self.git("rm", "-q", "--cached", "here/test.sh")
        self.git("commit", "-q", "-m", "last")
        said = self.bisect("HEAD~6", "HEAD", "--", "sh", "./test.sh", cwd=self.repo / "here")
        self.assertEqual(said["culprit"]["subject"], "c17")

    def test_what_the_user_built_is_not_taken_for_what_a_commit_builds(self):
        self.commit("ignore", _gitignore="out\n")
        shas = self.line(12, 5)
        (self.repo / "out").write_text("good\n")
        said = self.bisect(shas[0], shas[-1], "--build", "[ -e out ] || cp state out", "--",
                           "grep", "-q", "good", "out")
        self.assertEqual(said["culprit"]["sha"], shas[5])

    def test_shared_folders_and_kept_ones(self):
        shas = self.line(10, 5)
        (self.repo / ".gitignore").write_text("deps\nout\n")
        (self.repo / "deps").mkdir()
        (self.repo / "deps/tool").write_text("grep -q good state")
        said = self.bisect("--link", "deps", "--keep", "out", shas[0], shas[9], "--", "sh", "-c",
                           f"mkdir -p out; echo >> out/n; cp out/n {self.folder}/n; sh deps/tool")
        self.assertEqual(said["culprit"]["sha"], shas[5])
        self.assertEqual((self.folder / "n").read_text().count("\n"), said["runs"])
        self.assertEqual((self.repo / "deps/tool").read_text(), "grep -q good state")

    def test_a_submodule_is_at_each_commits_own(self):
        library = self.folder / "library"
        library.mkdir()
        self.git("init", "-q", cwd=library)
        for i in range(8):
            (library / "f").write_text("bad\n" if i >= 5 else "good\n")
            self.git("add", "f", cwd=library)
            self.git("commit", "-q", "--allow-empty", "-m", f"l{i}", cwd=library)
        versions = self.git("rev-list", "--reverse", "HEAD", cwd=library).split()
        self.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add",
                 str(library), "lib")
        shas = []
        for i, version in enumerate(versions):
            self.git("checkout", "-q", version, cwd=self.repo / "lib")
            shas.append(self.commit(f"c{i}", n=f"{i}\n"))
        shutil.rmtree(library)
        self.known_ignored()
        before = self.state()
        said = self.bisect(shas[0], shas[-1], "--", "grep", "-q", "good", "lib/f")
        self.assertEqual(said["culprit"]["sha"], shas[5])
        self.assert_clean(before)

    def test_large_files_are_whole_where_git_lfs_is_there(self):
        if subprocess.run(["git", "lfs", "version"], capture_output=True, check=False).returncode:
            self.skipTest("git-lfs is not installed (./dev test installs it)")
        self.git("lfs", "install", "--local")
        self.git("lfs", "track", "*.bin")
        shas = [self.commit(f"c{i}", data_bin=("bad" if i >= 5 else "good") * 1000 + str(i))
                for i in range(8)]
        said = self.bisect(shas[0], shas[-1], "--", "grep", "-q", "good", "data.bin")
        self.assertEqual(said["culprit"]["sha"], shas[5])

    def test_pointers_in_place_of_large_files_are_said(self):
        pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:{:064}\nsize 1\n"
        for i in range(4):
            self.commit(f"c{i}", _gitattributes="*.bin filter=lfs diff=lfs\n",
                        data_bin=pointer.format(i), state="bad\n" if i >= 2 else "good\n")
        said = self.bisect("HEAD~3", "HEAD", "--", "grep", "-q", "good", "state")
        self.assertIn("pointers only", " ".join(said["notes"]))

    def test_commits_that_cannot_be_checked_out_or_have_no_test_are_no_evidence(self):
        test = "#!/bin/sh\ngrep -q good state\n"
        shas = [self.commit(f"c{i}", state=f"{'bad' if i >= 9 else 'good'} {i}\n",
                            _gitattributes="state filter=odd\n" if i == 8 else "*.x text\n",
                            test_sh=test)
                for i in range(12)]
        self.git("config", "filter.odd.smudge", "false")
        self.git("config", "filter.odd.required", "true")
        self.git("checkout", "-q", "--orphan", "root")
        self.git("rm", "-q", "-rf", ".")
        for i in range(8):
            self.commit(f"r{i}", other=f"{i}\n")
        self.git("checkout", "-q", "main")
        self.git("merge", "-q", "--allow-unrelated-histories", "-m", "merge", "root")
        said = self.bisect(shas[6], "HEAD", "--", "./test.sh", code=1)
        first = {one["sha"] for one in said["credible_set"][:2]}
        self.assertEqual(first, {shas[8], shas[9]})
        self.assertFalse([one for one in said["trials"] if one["outcome"] == "bad"
                          and "127" in one["reason"]])
        self.assertIn("cannot be checked out", json.dumps(said["trials"]))

    def test_an_end_whose_build_fails_once_is_built_again(self):
        shas = self.line(8, 5)
        once = self.folder / "once"
        said = self.bisect("--build", f"[ -e {once} ] || {{ touch {once}; false; }}", shas[0],
                           shas[-1], "--", "grep", "-q", "good", "state")
        self.assertEqual(said["culprit"]["sha"], shas[5])

    def test_changes_of_a_tracked_command_are_said(self):
        shas = self.line(8, 5, test_sh="#!/bin/sh\ngrep -q good state\n")
        said = self.bisect(shas[0], shas[-1], "--", "./test.sh")
        self.assertNotIn("not committed", json.dumps(said["notes"]))
        self.write("repo/test.sh", "#!/bin/sh\nexit 1\n")
        said = self.bisect(shas[0], shas[-1], "--", "./test.sh")
        self.assertEqual(said["culprit"]["sha"], shas[5])
        self.assertIn("test.sh has changes that are not committed", json.dumps(said["notes"]))

    def test_a_test_that_reads_documents(self):
        shas = [self.commit(f"c{i}", README_md=f"{'bad' if i >= 5 else 'good'} {i}\n", n="1\n")
                for i in range(8)]
        said = self.bisect(shas[0], shas[-1], "--", "grep", "-q", "good", "README.md")
        self.assertEqual(said["culprit"]["sha"], shas[5])

    def test_a_test_that_removes_its_git_folder_touches_nobodys_checkout(self):
        self.commit("ignore", _gitignore="tmp/\n")
        shas = self.line(12, 5)
        self.trees = self.repo / "tmp"
        self.trees.mkdir()
        self.env["TMPDIR"] = str(self.trees)
        (self.repo / "state").write_text("precious\n")
        self.known_ignored()
        for ends in ("rm -rf .git", "rm -rf -- * .[!.]*", 'rm -rf "$PWD"; mkdir "$PWD"',
                     "rm -rf .git; git init -q; git add -A; git commit -qm x",
                     "git worktree remove --force ."):
            with self.subTest(ends):
                before = self.state()
                said = self.bisect(shas[0], "HEAD", "--", "sh", "-c",
                                   f"grep -q good state; code=$?; {ends}; exit $code")
                self.assertEqual(said["culprit"]["sha"], shas[5])
                self.assert_clean(before)
                self.assertEqual((self.repo / "state").read_text(), "precious\n")
        # What git does there is not done above it.
        self.bisect(shas[0], "HEAD", "--", "sh", "-c",
                    "rm .git; git status >/dev/null 2>&1 && exit 1; grep -q good state")
        self.assertEqual(self.state(), before)

    def test_a_work_tree_that_holds_for_all_is_left_alone(self):
        shas = self.line(12, 5)
        home = self.folder / "home"
        home.mkdir()
        (home / "thesis").write_text("precious\n")
        self.git("config", "core.worktree", str(home))
        self.bisect(shas[0], shas[-1], "--repo", ".git", "--", "grep", "-q", "good", "state")
        self.git("config", "extensions.worktreeConfig", "true")
        for repository in (".git", "."):
            self.bisect(shas[0], shas[-1], "--repo", repository, "--", "grep", "-q", "good",
                        "state", code=2)
            self.assertIn("core.worktree", self.said)
        self.assertEqual(list(home.iterdir()), [home / "thesis"])
        self.assertEqual(len(self.git("worktree", "list").splitlines()), 1)
        self.assertEqual(list(self.trees.iterdir()), [])

    def test_what_a_test_mounted_is_not_deleted(self):
        shas = self.line(8, 5)
        precious = self.folder / "precious"
        precious.mkdir()
        (precious / "file").write_text("precious\n")
        if os.getuid() != 0 or subprocess.run(["mount", "--bind", precious, precious], check=False,
                                              capture_output=True).returncode:
            self.skipTest("nothing can be mounted here")
        subprocess.run(["umount", precious], check=True)
        self.known_ignored()
        before = self.state()
        said = self.bisect(shas[0], shas[-1], "--", "sh", "-c",
                           f"mkdir -p 'a b'; mount --bind {precious} 'a b'; grep -q good state")
        self.assertEqual(said["culprit"]["sha"], shas[5])
        self.assert_clean(before)
        self.assertEqual((precious / "file").read_text(), "precious\n")
        self.assertNotIn(str(self.trees), pathlib.Path("/proc/self/mountinfo").read_text())

    def test_what_a_test_leaves_in_a_build_speaks_of_no_later_run(self):
        self.commit("ignore", _gitignore="out\nseen*\n")
        shas = self.line(16, 9)
        for leaves in ("echo good > state",                      # what git tracks
                       "echo x > 'seen é'; echo x > out/seen",   # what it ignores
                       "echo x > untracked; mkdir -p a/b; echo x > a/b/c"):
            with self.subTest(leaves):
                said = self.bisect(shas[0], shas[-1], "--build", "mkdir out; cp state out/state",
                                   "--", "sh", "-c", "[ -e 'seen é' -o -e out/seen -o -e untracked "
                                   "-o -e a/b/c ] && exit 0; cat out/state >/dev/null || exit 125; "
                                   f"grep -q good state; code=$?; {leaves}; exit $code")
                self.assertEqual(said["culprit"]["sha"], shas[9])
                self.assertLessEqual(said["runs"], 12)

    def test_a_test_that_answers_otherwise_the_second_time_is_named(self):
        self.commit("ignore", _gitignore="seen\n")
        shas = self.line(16, 9)
        within = "[ -e seen ] && exit 0; touch seen; grep -q good state"
        said = self.bisect(shas[0], shas[-1], "--no-case", "--build", "true", "--", "sh", "-c",
                           within)
        self.assertEqual((said["culprit"]["sha"], said["notes"]), (shas[9], []))
        outside = within.replace("seen", f"{self.folder}/seen$CULPRIT_COMMIT")
        said = self.bisect(shas[0], shas[-1], "--no-case", "--build", "true", "--runs", "200",
                           "--", "sh", "-c", outside, code=1)
        self.assertTrue(any("It leaves something behind" in note for note in said["notes"]),
                        said["notes"])

    def test_compiled_python_is_that_of_the_commit(self):
        self.commit("run", run_py="import src.mod\nraise SystemExit(src.mod.value)\n",
                    src__mod_py="value = 0\n")
        for i in range(16):
            self.commit(f"c{i}", src__mod_py=f"value = {int(i >= 9)}\n", other=f"{i}\n")
        good, bad, there = "HEAD~15", "HEAD", self.git("rev-parse", "HEAD~6")
        for flags, more in (((), {}), (("--paths", "src"), {}), (("--keep", "src/__pycache__"), {}),
                            ((), {"PYTHONPYCACHEPREFIX": str(self.folder / "cache")}),
                            (("--build", "true", "--paths", "src"), {})):
            with self.subTest(flags=flags, more=more):
                self.env |= more
                said = self.bisect(good, bad, *flags, "--", sys.executable, "run.py")
                self.assertEqual(said["culprit"]["sha"], there)
                for name in more:
                    del self.env[name]

    def test_code_that_is_found_by_a_path_of_the_checkout_is_each_commits(self):
        self.commit("run", run_py="import mod\nraise SystemExit(mod.value)\n",
                    src__mod_py="value = 0\n")
        for i in range(16):
            self.commit(f"c{i}", src__mod_py=f"value = {int(i >= 9)}  # {i}\n")
        (self.repo / "built").mkdir()
        self.env["PYTHONPATH"] = f"/nowhere:{self.repo}/src:{self.repo}/built"
        said = self.bisect("HEAD~15", "HEAD", "--", sys.executable, "run.py")
        self.assertEqual(said["culprit"]["sha"], self.git("rev-parse", "HEAD~6"))
        self.assertEqual([note for note in said["notes"] if "PYTHONPATH" in note],
                         [f"PYTHONPATH names {self.repo}/src: each commit's own is taken",
                          f"PYTHONPATH names {self.repo}/built, which no commit holds: "
                          "every test sees yours"])

    def test_a_kept_build_folder_is_built_on(self):
        self.commit("make", Makefile="all: $(patsubst %.c,out/%.o,$(wildcard *.c))\n"
                    "out/%.o: %.c\n\t@mkdir -p out; echo $< >> ../../built; cp $< $@\n",
                    **{f"f{i}_c": "x\n" for i in range(10)})
        for i in range(12):
            self.commit(f"c{i}", f0_c=f"{'bad' if i >= 7 else 'good'} {i}\n")
        built = self.trees / "built"
        said = self.bisect("HEAD~11", "HEAD", "--build", "make -s", "--keep", "out", "--",
                           "grep", "-q", "good", "out/f0.o")
        self.assertEqual(said["culprit"]["subject"], "c7")
        compiled = built.read_text().splitlines()
        self.assertEqual(compiled.count("f9.c"), 1)
        self.assertGreater(compiled.count("f0.c"), 4)
        built.unlink()

    def test_repositories_of_every_kind(self):
        far = self.folder / "far"
        kinds = {
            "sha256": ["init", "-q", "-b", "main", "--object-format=sha256", "."],
            "bare sha256": ["clone", "-q", "--bare", "sha256", "."],
            "shallow": ["clone", "-q", "--depth", "20", far.as_uri(), "."],
            "partial": ["clone", "-q", "--filter=blob:none", far.as_uri(), "."],
            "sparse": ["clone", "-q", "--sparse", str(far), "."],
            "borrowed": ["clone", "-q", "--shared", str(far), "."],
        }
        self.line(30, 17, code__c="int a;\n")
        self.git("config", "uploadpack.allowFilter", "true")
        self.git("tag", "v1.2.0", "HEAD~15")
        self.repo.rename(far)
        for kind, words in kinds.items():
            with self.subTest(kind):
                self.repo = self.folder / kind.replace(" ", "-")
                self.repo.mkdir()
                if words[0] == "init" or "bare" in kind:
                    words = [str(self.folder / one) if one == "sha256" else one for one in words]
                self.git("-c", "protocol.file.allow=always", *words)
                if kind == "sha256":
                    self.line(30, 17, code__c="int a;\n")
                    self.git("tag", "v1.2.0", "HEAD~15")
                if "bare" not in kind:
                    self.known_ignored()
                before = self.git("for-each-ref"), self.git("worktree", "list")
                said = self.bisect("1.2.0", "HEAD", "--log", self.folder / "log", "--build",
                                   "cat state > built", "--paths", "state", "--",
                                   "grep", "-q", "good", "built")
                self.assertEqual(said["culprit"]["subject"], "c17")
                self.assertEqual(said["culprit"]["sha"], self.git("rev-parse", ":/^c17"))
                self.assertEqual(said["culprit"]["insertions"], 2)
                self.assertEqual((self.git("for-each-ref"), self.git("worktree", "list")), before)
                again = self.bisect("--replay", self.folder / "log", "--no-case", "--",
                                    "grep", "-q", "good", "state")
                self.assertEqual(again["culprit"]["sha"], said["culprit"]["sha"])

    def test_a_shared_build_is_tested_at_the_commit_that_is_asked_for(self):
        shas = self.line(16, 9, Makefile="all:\n")
        said = self.bisect("--paths", "Makefile", "--build", "cp state built", shas[0], shas[-1],
                           "--", "sh", "-c", '[ "$(git rev-parse HEAD)" = "$CULPRIT_COMMIT" ] &&'
                           "[ -e built ] || exit 200; grep -q good state")
        self.assertEqual(said["culprit"]["sha"], shas[9])
        self.bisect("--paths", "Makefile", "--paths", "nothing", shas[0], shas[-1], "--", "true",
                    code=2)
        self.assertIn("--paths nothing matches no file", self.said)

    def test_commits_that_build_alike_share_a_build(self):
        shas = []
        for i in range(24):
            state = f"{'bad' if i >= 12 else 'good'}{i}"
            files = {"README_md": f"{i}\n"} if i % 3 else {"state": state}
            shas.append(self.commit(f"c{i}", **files))
        log = self.folder / "builds"
        said = self.bisect("--build", f"echo $CULPRIT_COMMIT >> {log}", "--paths", "state",
                           shas[0], shas[-1], "--", "grep", "-q", "good", "state")
        self.assertEqual(said["culprit"]["sha"], shas[12])
        builds = log.read_text().split()
        self.assertEqual(len(builds), len(set(builds)))
        self.assertLess(len(builds), said["runs"])

    def test_a_runner_that_fails_is_no_evidence(self):
        shas = self.line(16, 9)
        once = self.folder / "once"
        runner = self.write("runner", "#!/bin/sh\n"
                            f"[ -e {once} ] || {{ touch {once}; exit 1; }}\n"
                            'echo x >> "$0.ran"; "$@"; exit 1\n')
        runner.chmod(0o755)
        said = self.bisect("--runner", runner, shas[0], shas[-1], "--", "sh", "-c",
                           "grep -q good state || kill -SEGV $$")
        self.assertEqual(said["culprit"]["sha"], shas[9])
        self.assertIn("SIGSEGV", json.dumps(said["trials"]))
        self.assertTrue((self.folder / "runner.ran").exists())


if __name__ == "__main__":
    main()
