"""Faults of a real history, the one that this file is part of, for bench/commits.py.

own.tsv names commits that mended something. Who broke it is found as Sliwerski, Zimmermann and
Zeller did ("When do changes induce fixes?", 2005): the commit that wrote most of the lines which
the mending removed. The symptoms were written by hand from the mending's message.
"""
import collections
import dataclasses
import pathlib
import re
import subprocess

TABLE = pathlib.Path(__file__).with_name("own.tsv")
HUNK = re.compile(r"^@@ -(\d+)(?:,(\d+))? ", re.M)
COMMITS_MIN = 20  # of a range worth ranking


@dataclasses.dataclass
class Fault:
    name: str
    good: str
    bad: str
    guilty: str
    symptom: str


def git(folder, *words):
    return subprocess.run(["git", "-C", str(folder), *words], check=True, capture_output=True,
                          timeout=60).stdout.decode(errors="replace")


def blamed(folder, fix, path):
    """The commit that wrote most of what the fix removed; its comments and blanks count not."""
    counts = collections.Counter()
    patch = git(folder, "diff", "-w", "-U0", f"{fix}^", fix, "--", path)
    for start, count in HUNK.findall(patch):
        if count == "0":
            continue
        lines = git(folder, "blame", "-w", "--line-porcelain", "-L", f"{start},+{count or 1}",
                    f"{fix}^", "--", path)
        for sha, text in re.findall(r"^([0-9a-f]{40}) \d+ \d+.*?^\t(.*?)$", lines, re.M | re.S):
            if re.search(r"\w", text) and not text.strip().startswith(("//", "#")):
                counts[sha] += 1
    return counts.most_common(1)[0][0] if counts else None


def faults(folder):
    """Those that this clone has: a shallow one or an archive has none."""
    found = []
    try:
        first = git(folder, "rev-list", "--max-parents=0", "HEAD").split()[-1]
    except (subprocess.CalledProcessError, IndexError):
        return found
    for line in TABLE.read_text().splitlines():
        if line.startswith("#"):
            continue
        fix, path, symptom = line.split("\t")
        try:
            bad = git(folder, "rev-parse", f"{fix}^").strip()
            guilty = blamed(folder, fix, path)
            count = int(git(folder, "rev-list", "--count", f"{first}..{bad}"))
        except subprocess.CalledProcessError:
            continue
        if guilty and guilty != first and count >= COMMITS_MIN:
            found.append(Fault(f"{fix} {path}", first, bad, guilty, symptom))
    return found
