"""Random working trees, random changes, `culprit try`, kill -9: the tree comes back byte for byte.

Usage: try_fuzz.py [--build DIR] [--trees N] [--seed N]

Of each tree one story is told: a change of a command that is refuted; one that is supported and
then taken back; a change in the tree that is refuted, beside `git reset --hard` as the oracle; and
the last two with a kill -9 at a random moment, half of them just when the tree is being changed.
"""
import argparse
import os
import pathlib
import random
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
NAMES = [b"a", b"b c", b"new\nline", "caf\u00e9".encode(), b"\xff\xfe", b"-x", b"a-b", b"a.b", b"d",
         b"\\20", b"tab\t", b".x", b"*", b"q\"uote", b"ignored", b"stage"]
MODES = [0o644, 0o755, 0o600, 0o444, 0o700]
FOLDER_MODES = [0o755, 0o700, 0o555, 0o1777]
SECONDS_MAX = 60
FLAG = b"the-change-is-in"
KILLED = {"before its end": 0, "amid a change of the tree": 0}


def git(tree, *words):
    settings = ["user.name=Ada", "user.email=ada@example.com", "core.hooksPath=/dev/null"]
    flags = [word for setting in settings for word in ("-c", setting)]
    return subprocess.run(["git", "-C", tree, *flags, *words], capture_output=True, check=False,
                          env={**os.environ, "GIT_OPTIONAL_LOCKS": "0"}, timeout=SECONDS_MAX)


def walk(tree):
    """Every path below the tree, without git's folder and culprit's."""
    for folder, folders, files in os.walk(tree):
        folders[:] = [name for name in folders
                      if name != b".culprit" and not (folder == tree and name == b".git")]
        for name in folders + files:
            yield os.path.join(folder, name)


def listing(tree):
    """What stands where: kind, mode, bytes."""
    found = {}
    for path in walk(tree):
        info = os.lstat(path)
        if stat.S_ISLNK(info.st_mode):
            node = ("link", os.readlink(path))
        elif stat.S_ISDIR(info.st_mode):
            node = ("folder", stat.S_IMODE(info.st_mode))
        else:
            with open(path, "rb") as file:
                node = ("file", stat.S_IMODE(info.st_mode), file.read())
        found[os.path.relpath(path, tree)] = node
    return found


def index_of(tree):
    try:
        return pathlib.Path(os.fsdecode(tree), ".git/index").read_bytes()
    except FileNotFoundError:
        return None


class Disturbance:
    """Random changes of a tree, as users and their commands make them."""

    def __init__(self, tree, seed):
        self.tree = tree
        self.dice = random.Random(seed)

    def bytes(self):
        return self.dice.randbytes(self.dice.choice([0, 1, 20, 3000]))

    def put(self, path):
        what = self.dice.randrange(6)
        if what == 0:
            os.symlink(self.dice.choice([b"a", b"../no where", b"d"]), path)
        elif what == 1:
            os.mkdir(path)
            os.chmod(path, self.dice.choice(FOLDER_MODES))
        else:
            with open(path, "wb") as file:
                file.write(self.bytes())
            os.chmod(path, self.dice.choice(MODES))

    def grow(self):
        folder = self.tree
        for _ in range(self.dice.randrange(4)):
            folder = os.path.join(folder, self.dice.choice(NAMES))
            if os.path.lexists(folder) and (os.path.islink(folder) or not os.path.isdir(folder)):
                return
            os.makedirs(folder, exist_ok=True)
        path = os.path.join(folder, self.dice.choice(NAMES))
        if not os.path.lexists(path):
            self.put(path)

    def remove(self, path):
        if os.path.islink(path) or not os.path.isdir(path):
            os.unlink(path)
        else:
            shutil.rmtree(path)

    def change(self):
        paths = sorted(path for path in walk(self.tree) if os.path.lexists(path))
        if not paths or self.dice.randrange(4) == 0:
            return self.grow()
        path = self.dice.choice(paths)
        what = self.dice.randrange(4)
        if what == 0:
            self.remove(path)
        elif what == 1 and not os.path.islink(path):
            os.chmod(path, self.dice.choice(FOLDER_MODES if os.path.isdir(path) else MODES))
        elif what == 2:
            self.remove(path)
            self.put(path)
        elif os.path.isfile(path) and not os.path.islink(path):
            with open(path, "ab") as file:
                file.write(b"more")
        return None

    def stage(self):
        """What git is told of it."""
        paths = sorted(os.path.relpath(path, self.tree) for path in walk(self.tree))
        some = os.fsdecode(self.dice.choice(paths)) if paths else "."
        self.dice.choice([
            lambda: git(self.tree, "add", "-A"),
            lambda: git(self.tree, "--literal-pathspecs", "add", "--", some),
            lambda: git(self.tree, "--literal-pathspecs", "add", "-N", "--", some),
            lambda: git(self.tree, "--literal-pathspecs", "rm", "-rq", "--cached", "--", some),
            lambda: git(self.tree, "--literal-pathspecs", "mv", "-k", "--", some, "moved"),
            lambda: git(self.tree, "--literal-pathspecs", "add", "-f", "--", some),
            lambda: git(self.tree, "--literal-pathspecs", "update-index", "--chmod=+x", "--", some),
        ])()

    def run(self, changes, stagings):
        for _ in range(changes):
            self.change()
        for _ in range(stagings):
            self.stage()
            self.change()


def make_tree(tree, seed):
    """A repository with a commit, staged and unstaged changes, untracked and ignored files."""
    dice = random.Random(seed)
    os.makedirs(tree)
    git(tree, "init", "-q", "-b", "main")
    made = Disturbance(tree, seed)
    for _ in range(dice.randrange(1, 12)):
        made.grow()
    with open(os.path.join(tree, b".gitignore"), "wb") as file:
        file.write(b"ignored\n*.o\n")
    with open(os.path.join(tree, b"kept"), "wb") as file:
        file.write(b"kept\n")
    git(tree, "add", "-A")
    git(tree, "commit", "-q", "--allow-empty", "-m", "first")
    made.run(dice.randrange(6), dice.randrange(4))
    if dice.randrange(30) == 0:
        git(tree, "rm", "-rq", "--cached", ".")
    elif dice.randrange(30) == 0:
        os.unlink(os.path.join(tree, b".git/index"))


class Story:
    def __init__(self, build, seed):
        self.seed = seed
        self.dice = random.Random(seed)
        self.folder = tempfile.mkdtemp(prefix="culprit-fuzz-").encode()
        self.tree = os.path.join(self.folder, self.dice.choice([b"tree", b"a tree", b"t\xff"]))
        self.temporary = os.path.join(self.folder, b"tmp")
        os.mkdir(self.temporary)
        self.program = os.fsencode(build / "culprit")
        make_tree(self.tree, seed)
        self.before = listing(self.tree)
        self.index = index_of(self.tree)

    def words(self, *words):
        return [self.program, b"try", *(os.fsencode(word) for word in words)]

    def environment(self):
        return {**os.environ, "TMPDIR": os.fsdecode(self.temporary)}

    def culprit(self, *words):
        return subprocess.run(self.words(*words), cwd=self.tree, env=self.environment(),
                              capture_output=True, check=False, timeout=SECONDS_MAX)

    def owing(self):
        """The tree is being changed at this moment."""
        for record in pathlib.Path(os.fsdecode(self.tree), ".culprit/tries").glob("*/record"):
            try:
                if "phase owing" in record.read_text():
                    return True
            except OSError:
                pass
        return False

    def killed(self, *words):
        with subprocess.Popen(self.words(*words), cwd=self.tree, env=self.environment(),
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            if self.dice.randrange(2):
                while process.poll() is None and not self.owing():
                    pass
                time.sleep(self.dice.choice([0, 0, 0.0002, 0.001]))
            else:
                time.sleep(self.dice.uniform(0, 0.5))
            process.send_signal(signal.SIGKILL)
            if process.wait() == -signal.SIGKILL:
                KILLED["before its end"] += 1
                KILLED["amid a change of the tree"] += self.owing()

    def unlike(self, expected):
        """The first difference; None: there is none."""
        now = listing(self.tree)
        for path in sorted(set(now) | set(expected)):
            if now.get(path) != expected.get(path):
                return f"{path!r}: {expected.get(path)!r:.80} became {now.get(path)!r:.80}"
        left = os.listdir(self.temporary)
        if left:
            return f"left in TMPDIR: {left}"
        left = [name for name in os.listdir(os.path.join(self.tree, b".git"))
                if b"culprit" in name or name == b"index.lock"]
        return f"left in .git: {left}" if left else None

    def unlike_before(self):
        if index_of(self.tree) != self.index:
            return "the index has other bytes"
        return self.unlike(self.before)

    def apply(self):
        return (f"python3 {ROOT}/tests/try_fuzz.py --disturb {self.seed}", "--confidence", "0.5",
                "--workers", str(self.dice.choice([1, 1, 2])))

    def refuted_command(self):
        command, *flags = self.apply()
        done = self.culprit("H", "--apply", command, *flags, "--", "false")
        if done.returncode != 1:
            return f"exit {done.returncode}: {done.stderr}"
        return self.unlike_before()

    def supported_command(self):
        command, *flags = self.apply()
        done = self.culprit("H", "--apply", command, *flags, "--", "test", "-e", FLAG)
        if done.returncode != 0 or b"the change is in the tree now" not in done.stdout:
            return f"exit {done.returncode}: {done.stderr}{done.stdout}"
        if self.unlike(self.before) is None:
            return "the change did not come"
        if git(self.tree, "fsck", "--no-dangling").returncode or \
                git(self.tree, "status").returncode or git(self.tree, "stash", "list").returncode:
            return "git cannot read it"
        done = self.culprit("--restore")
        if done.returncode != 0:
            return f"--restore: exit {done.returncode}: {done.stderr}"
        return self.unlike_before()

    def killed_command(self):
        command, *flags = self.apply()
        self.killed("H", "--apply", command, *flags, "--", "test", "-e", FLAG)
        done = self.culprit("--restore")
        if done.returncode not in (0, 1):
            return f"--restore: exit {done.returncode}: {done.stderr}"
        return self.unlike_before()

    def oracle(self):
        """What `git reset --hard` makes of the tree; None: there is no change to take back."""
        if not git(self.tree, "status", "--porcelain", "-uno", "-z").stdout:
            return None
        copy = os.path.join(self.folder, b"oracle")
        subprocess.run([b"cp", b"-a", self.tree, copy], check=True, timeout=SECONDS_MAX)
        git(copy, "update-index", "-q", "--refresh")  # the copy has other inodes
        git(copy, "reset", "-q", "--hard")
        return copy

    def unlike_oracle(self, copy):
        staged = [git(one, "ls-files", "-s", "-z").stdout for one in (self.tree, copy)]
        if staged[0] != staged[1]:
            return f"the index says {staged[0]!r:.300} and not {staged[1]!r:.300}"
        return self.unlike(listing(copy))

    def refuted_tree(self):
        copy = self.oracle()
        done = self.culprit("H", "--confidence", "0.5", "--", "false")
        if copy is None:
            return None if done.returncode == 2 else f"exit {done.returncode} of no change"
        if done.returncode == 2 and b"is in the way of HEAD's files" in done.stderr:
            return self.unlike_before()  # an untracked file, where HEAD has a folder
        if done.returncode == 2 and b"only the index differs from HEAD" in done.stderr:
            return self.unlike_before()
        if done.returncode != 1:
            return f"exit {done.returncode}: {done.stderr}"
        return self.unlike_oracle(copy)

    def killed_tree(self):
        copy = self.oracle()
        if copy is None:
            return self.refuted_command()
        self.killed("H", "--confidence", "0.5", "--", "false")
        done = self.culprit("--restore")
        if done.returncode not in (0, 1):
            return f"--restore: exit {done.returncode}: {done.stderr}"
        # Killed before it knew what the change is: then the tree is as it was.
        return None if self.unlike_before() is None else self.unlike_oracle(copy)

    def close(self):
        for path in walk(self.folder):
            if not os.path.islink(path) and os.path.isdir(path):
                os.chmod(path, 0o700)
        shutil.rmtree(self.folder, ignore_errors=True)


STORIES = [Story.refuted_command, Story.supported_command, Story.killed_command,
           Story.refuted_tree, Story.killed_tree]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build")
    parser.add_argument("--trees", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--disturb", type=int, help="the working directory, by that seed")
    options = parser.parse_args()
    if options.disturb is not None:
        Disturbance(os.getcwdb(), -options.disturb).run(options.disturb % 7 + 1,
                                                        options.disturb % 3)
        with open(FLAG, "wb"):
            pass
        return
    failed = 0
    for seed in range(options.seed, options.seed + options.trees):
        story = Story(options.build.resolve(), seed)
        told = STORIES[seed % len(STORIES)]
        why = told(story)
        if why is not None:
            failed += 1
            print(f"seed {seed}, {told.__name__}: {why}", flush=True)
        story.close()
    killed = ", ".join(f"{count} {when}" for when, count in KILLED.items())
    print(f"{options.trees} trees, {failed} not restored; killed: {killed}")
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
