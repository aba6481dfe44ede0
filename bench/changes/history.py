"""A git history written commit by commit in the order of time, through `git fast-import`."""
import os
import pathlib
import subprocess

PEOPLE = ["Mira Sand", "Tomas Reed", "Ines Marsh", "Jun Hill", "Noor Field", "Ada Brook",
          "Kofi Stone", "Lena Wood"]
BOT = "renovate[bot]"
NOTHING = "0" * 40
SECONDS_MAX = 120
# A history must not depend on whose machine it is made on.
ENVIRONMENT = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}


class History:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.stream = []
        self.marks = 0
        self.tip = None    # the mark of main's latest commit
        self.topics = 0
        self.shas = {}     # by mark, of what was flushed
        self.commits = 0
        git("init", "-q", "-b", "main", str(folder))

    def commit(self, at, author, message, files, branch="main", parents=None):
        """Returns the commit's mark. `parents`: marks; none: the tip of main."""
        self.marks += 1
        self.commits += 1
        parents = parents or ([self.tip] if self.tip else [])
        who = f"{author} <{author.lower().replace(' ', '.')}@example.com> {int(at)} +0000"
        text = message.encode()
        self.stream.append(f"commit refs/heads/{branch}\nmark :{self.marks}\nauthor {who}\n"
                           f"committer {who}\ndata {len(text)}\n".encode() + text + b"\n")
        for word, mark in zip(("from", "merge"), parents):
            self.stream.append(f"{word} :{mark}\n".encode())
        for path, content in files.items():
            data = content.encode()
            self.stream.append(b"M 100644 inline %s\ndata %d\n%s\n" % (
                path.encode(), len(data), data))
        if branch == "main":
            self.tip = self.marks
        return self.marks

    def topic(self, works, merged_at, merger):
        """A branch of (at, author, message, files), merged into main; the marks of its commits."""
        self.topics += 1
        branch = f"topic-{self.topics}"
        base, marks, together = self.tip, [], {}
        for at, author, message, files in works:
            parent = marks[-1] if marks else base
            marks.append(self.commit(at, author, message, files, branch, [parent]))
            together.update(files)
        self.commit(merged_at, merger, f"Merge branch '{branch}'", together,
                    parents=[self.tip, marks[-1]])
        self.stream.append(f"reset refs/heads/{branch}\nfrom {NOTHING}\n\n".encode())
        return marks

    def tag(self, name, at):
        data = name.encode()
        self.stream.append(f"tag {name}\nfrom :{self.tip}\ntagger {PEOPLE[0]} <ci@example.com> "
                           f"{int(at)} +0000\ndata {len(data)}\n".encode() + data + b"\n")

    def flush(self):
        """Gives what was written to git, so that its shas are known."""
        marks = self.folder / ".git" / "bench-marks"
        words = ["fast-import", "--quiet", "--force", f"--export-marks={marks}"]
        if marks.exists():
            words.append(f"--import-marks={marks}")
        git(*words, folder=self.folder, text=b"".join(self.stream))
        self.stream = []
        for line in marks.read_text().splitlines():
            mark, sha = line.split()
            self.shas[int(mark[1:])] = sha


def git(*words, folder=None, text=None):
    place = ["-C", str(folder)] if folder else []
    subprocess.run(["git", *place, *words], input=text, check=True, env=ENVIRONMENT,
                   stdout=subprocess.DEVNULL, timeout=SECONDS_MAX)
