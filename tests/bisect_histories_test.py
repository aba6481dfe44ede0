"""`culprit bisect` on histories of real C and Python programs, made by script from a seed: planted
regressions, merges, commits that do not build, a test that fails one time in three."""
import dataclasses
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "daemons"))
# pylint: disable=wrong-import-position
import daemons
from daemons import Daemons, main

ENV = os.environ | {f"GIT_{who}_{key}": value for who in ("AUTHOR", "COMMITTER")
                    for key, value in (("NAME", "Ada"), ("EMAIL", "ada@example.com"))} | {
    "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1"}
PARTS = 12  # functions, each in a file of its own


@dataclasses.dataclass
class Language:
    """How a program of parts is written: each returns the sum of numbers below its argument."""
    ending: str
    part: str      # with its number, a remark, and the bound of its loop
    broken: str
    main: str
    build: str
    test: list

    def path(self, part):
        return f"src/part{part}{self.ending}"


C = Language(
    ".c",
    "/* {remark} */\nint part{number}(int n) {{\n  int sum = 0;\n"
    "  for (int i = 0; {bound}; ++i) sum += i;\n  return sum;\n}}\n",
    "int part{number}(int n) {{ return n + ; }}\n",
    "#include <stdio.h>\n#include <stdlib.h>\n" +
    "".join(f"int part{i}(int);\n" for i in range(PARTS)) +
    "int main(void) {\n  int all = 0;\n" +
    "".join(f"  all |= part{i}(10) != 45;\n" for i in range(PARTS)) +
    '  const char *shows = getenv("SHOWS");\n  if (!all || (shows && *shows == \'0\')) return 0;\n'
    '  puts("wrong sum");\n  return 1;\n}\n',
    "cc -O0 -o program src/*.c", ["./program"])

PYTHON = Language(
    ".py",
    "# {remark}\ndef part{number}(n):\n    return sum(i for i in range(n + 1) if {bound})\n",
    "def part{number}(n)\n    return 0\n",
    "import os\nimport sys\n" +
    "".join(f"from part{i} import part{i}\n" for i in range(PARTS)) +
    "parts = [" + ", ".join(f"part{i}" for i in range(PARTS)) + "]\n"
    "wrong = any(part(10) != 45 for part in parts)\n"
    "if wrong and os.environ.get('SHOWS') != '0':\n    sys.exit('wrong sum')\n",
    "python3 -m compileall -q src", ["python3", "src/main.py"])


class History:
    """A history whose commits change parts, one of them wrongly; all from a seed."""

    def __init__(self, folder, language, seed, commits=60):
        self.folder, self.language = folder, language
        self.dice = random.Random(seed)
        self.remarks = [0] * PARTS
        self.bounds = ["i < n"] * PARTS
        self.culprit = None
        folder.mkdir()
        self.git("init", "-q", "-b", "main")
        (folder / "src").mkdir()
        (folder / f"src/main{language.ending}").write_text(language.main)
        for part in range(PARTS):
            self.write(part)
        self.good = self.commit("begin")
        self.grow(commits)
        self.bad = self.git("rev-parse", "HEAD")

    def git(self, *words):
        return subprocess.run(["git", *words], cwd=self.folder, env=ENV, check=True,
                              capture_output=True, text=True).stdout.strip()

    def write(self, part, broken=False):
        text = self.language.broken if broken else self.language.part
        (self.folder / self.language.path(part)).write_text(text.format(
            number=part, remark=f"remark {self.remarks[part]}", bound=self.bounds[part]))

    def commit(self, message):
        self.git("add", "-A")
        self.git("commit", "-q", "-m", message)
        return self.git("rev-parse", "HEAD")

    def edit(self, part, wrongly=False):
        self.remarks[part] += 1
        # Right in another way, or the same with another remark.
        right = ["i < n", "n > i", "i + 1 <= n"]
        self.bounds[part] = "i <= n" if wrongly else self.dice.choice(right)
        self.write(part)
        return self.commit(f"part {part}: {'faster' if wrongly else 'clearer'}")

    def grow(self, commits):
        wrong_at = self.dice.randrange(commits // 5, commits * 4 // 5)
        wrong_part = PARTS - 1  # nobody else edits it
        at = 0
        while at < commits:
            if self.dice.random() < 0.15:
                at = self.branch(at, wrong_at, wrong_part)
            elif self.dice.random() < 0.08:
                at = self.breakage(at, wrong_at, wrong_part)
            else:
                at = self.step(at, wrong_at, wrong_part, range(PARTS - 2))
            if self.culprit is None and at > wrong_at:  # a merge stood in its place
                self.step(wrong_at, wrong_at, wrong_part, [])

    def step(self, at, wrong_at, wrong_part, parts):
        if at == wrong_at:
            self.culprit = self.edit(wrong_part, wrongly=True)
        elif self.dice.random() < 0.2:
            (self.folder / "README.md").write_text(f"{at}, {self.dice.random()}\n")
            self.commit("readme")
        else:
            self.edit(self.dice.choice(parts))
        return at + 1

    def branch(self, at, wrong_at, wrong_part):
        """A few commits on a branch and on main, then the merge. Each side has parts of its own."""
        self.git("checkout", "-q", "-b", f"side{at}")
        merged = at
        for _ in range(self.dice.randrange(2, 5)):
            merged = self.step(merged, wrong_at, wrong_part, [PARTS - 2])
        self.git("checkout", "-q", "main")
        (self.folder / "NEWS").write_text(f"{at}\n")
        self.commit("news")
        self.git("merge", "-q", "--no-ff", "-m", f"merge side{at}", f"side{at}")
        return merged + 2

    def breakage(self, at, wrong_at, wrong_part):
        """Some commits that do not build, mended by the last. The culprit is not among them."""
        length = self.dice.randrange(2, 5)
        if at <= wrong_at <= at + length:
            return self.step(at, wrong_at, wrong_part, range(PARTS - 2))
        part = self.dice.randrange(PARTS - 2)
        self.write(part, broken=True)
        self.commit(f"part {part}: broken")
        for _ in range(length - 1):
            self.edit((part + 1) % (PARTS - 2))
        self.write(part)
        self.commit(f"part {part}: mended")
        return at + length + 1


class Histories(Daemons):
    def bisected(self, language, seed, test, *flags):
        history = History(self.folder / f"history{seed}", language, seed)
        done = subprocess.run(
            [daemons.BUILD / "culprit", "bisect", "--json", *flags, history.good, history.bad,
             "--build", language.build, "--", *test],
            cwd=history.folder, env=ENV | {"TMPDIR": str(self.folder)}, capture_output=True,
            text=True, check=False, timeout=300)
        self.assertIn(done.returncode, (0, 1), done.stderr)
        said = json.loads(done.stdout)
        shutil.rmtree(history.folder)
        return history, said

    def found(self, language, seeds, test, *flags):
        """How many were right; that none is wrong and sure is the caller's to ask."""
        right = wrong = 0
        for seed in seeds:
            history, said = self.bisected(language, seed, test, *flags)
            named = said["culprit"] and said["culprit"]["sha"]
            right += named == history.culprit
            wrong += named not in (None, history.culprit)
            if named != history.culprit:
                print(f"seed {seed}: {said['verdict']} {named}, not {history.culprit}; "
                      f"{said['ended']}", file=sys.stderr)
        return right, wrong

    def test_a_c_program(self):
        self.program("cc")
        self.assertEqual(self.found(C, range(1, 9), C.test), (8, 0))

    def test_a_python_program(self):
        self.assertEqual(self.found(PYTHON, range(11, 19), PYTHON.test), (8, 0))

    def test_one_failure_in_three(self):
        shows = "SHOWS=$(($(echo $CULPRIT_COMMIT$CULPRIT_RUN | cksum | cut -c2-6) % 3 == 0)) "
        test = ["sh", "-c", shows + "python3 src/main.py"]
        right, wrong = self.found(PYTHON, range(21, 31), test)
        self.assertGreaterEqual(right, 9)
        self.assertLessEqual(wrong, 1)

    def test_workers_and_first_parents(self):
        self.assertEqual(self.found(C, range(41, 45), C.test, "--workers", "2"), (4, 0))


if __name__ == "__main__":
    main()
