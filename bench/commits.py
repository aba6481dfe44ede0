#!/usr/bin/env python3
"""How well are the commits of a range ranked for a written symptom?

Usage: bench/commits.py --build DIR [--scenarios N] [--first SEED] [--jobs N] [--check] [--json]
                        [--verbose] [--speed N]

Builds N scripted histories (bench/histories/) of 50 to 500 commits with one planted regression
each, ten kinds in five languages, and asks culprit about each three times: as a user, a log and a
stack trace would put it. Prints how often the guilty commit comes first, among the first five, and
its mean reciprocal rank, beside three simple orders: newest first, largest diff first, and plain
word overlap, and beside what chance would give to one who knew the file that fails, or that and
that code which was there was changed in it.

The second figure is of a real history, this repository's own (bench/histories/own.tsv): faults that
were mended later, from its beginning on. Where the clone lacks them the figure is left out.

--first SEED takes other scenarios: those below 120 were looked at while the ranking was made.
--speed N measures a range of N commits instead, cold and warm.
--check fails below floors that lie well under what was measured.
"""
import argparse
import collections
import concurrent.futures
import dataclasses
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from histories.own import faults  # pylint: disable=wrong-import-position
from histories.scenarios import KINDS, scenario  # pylint: disable=wrong-import-position

ROOT = str(pathlib.Path(__file__).resolve().parent.parent)
SCENARIOS_DEFAULT = 60
RUN_SECONDS_MAX = 120
SIZES = [50, 80, 120, 200, 320, 500]
FIRST_COMMIT = 1_750_000_000  # 2025-06-15
# Ten scenarios gave 0.67, 0.90 and 0.78 on 2026-11-23, sixty 0.57, 0.84 and 0.70, of the script.
FLOORS = {"top1": 0.54, "top5": 0.80, "mrr": 0.66}
WORD = re.compile(r"[A-Za-z]{3,}")


# ---- making and reading histories

def fast_import(commits):
    """The stream for `git fast-import`, which makes hundreds of commits in a moment."""
    parts = []
    for i, commit in enumerate(commits):
        message = commit.message.encode()
        at = FIRST_COMMIT + i * 3600
        parts.append(b"commit refs/heads/main\nmark :%d\ncommitter A <a@example.com> %d +0000\n"
                     b"data %d\n%s\n" % (i + 1, at, len(message), message))
        for path, text in commit.files.items():
            data = text.encode()
            parts.append(b"M 100644 inline %s\ndata %d\n%s\n" % (path.encode(), len(data), data))
    return b"".join(parts)


def git(folder, *words, **options):
    return subprocess.run(["git", "-C", folder, *words], check=True, capture_output=True,
                          timeout=RUN_SECONDS_MAX, **options).stdout


def make_repository(folder, commits):
    subprocess.run(["git", "init", "-q", "-b", "main", folder], check=True)
    git(folder, "fast-import", "--quiet", input=fast_import(commits))
    shas = git(folder, "rev-list", "--reverse", "main").decode().split()
    guilty = next((sha for sha, commit in zip(shas, commits) if commit.guilty), "")
    return shas, guilty


# ---- what can be known at all

CODE_LINE = re.compile(r"^(?!\s*$|\s*(#|//)|.*\blog[._]|.*platform\.(Info|Warning|Error)f"
                       r"|module\.exports)")


def changes_code(patch, path):
    """Whether a patch takes lines of code out of a file; log lines and comments are none."""
    part = re.search(rf"^--- a/{re.escape(path)}\n(.*?)(?=^diff --git|\Z)", patch, re.M | re.S)
    gone = re.findall(r"^-(.*)$", part.group(1), re.M) if part else []
    return any(CODE_LINE.match(line) for line in gone)


def candidates(folder, shas, guilty, trace):
    """How many commits are left to one who knows the failing file, and what was done in it."""
    patch = patches(folder, shas)
    paths = {sha: set(re.findall(r"^diff --git a/(\S+) ", patch[sha], re.M)) for sha in shas[1:]}
    named = [path for path in paths[guilty] if path.rsplit("/", 1)[-1] in trace]
    path = sorted(named or paths[guilty])[0]
    touching = [sha for sha in shas[1:] if path in paths[sha]]
    changing = [sha for sha in touching if changes_code(patch[sha], path)]
    return {"file known": len(touching),
            "file known, code changed": len(changing if guilty in changing else touching)}


# ---- orders to compare with

def patches(folder, shas):
    text = git(folder, "log", "--format=%x01%H%n%B", "-p", "-U0", f"{shas[0]}..{shas[-1]}")
    found = {}
    for part in text.decode(errors="replace").split("\x01")[1:]:
        sha, _, rest = part.partition("\n")
        found[sha] = rest
    return found


def words(text):
    return {word.lower() for word in WORD.findall(re.sub(r"([a-z])([A-Z])", r"\1 \2", text))}


def baselines(folder, shas, symptom):
    newest = list(reversed(shas[1:]))
    patch = patches(folder, shas)
    asked = words(symptom)
    size = {sha: sum(line[:1] in "+-" for line in patch[sha].splitlines()) for sha in newest}
    overlap = {sha: len(asked & words(patch[sha])) for sha in newest}
    return {"newest first": newest,
            "largest diff": sorted(newest, key=lambda sha: -size[sha]),
            "word overlap": sorted(newest, key=lambda sha: -overlap[sha])}


def ranked(culprit, folder, shas, symptom):
    done = subprocess.run([culprit, "investigate", "--repo", folder, "--range",
                           f"{shas[0]}..{shas[-1]}", "--symptom", "-", "--json", "--no-case"],
                          input=symptom.encode(), capture_output=True, timeout=RUN_SECONDS_MAX,
                          check=False)
    if done.returncode not in (0, 1):
        raise RuntimeError(done.stderr.decode())
    made = json.loads(done.stdout)
    return [commit["sha"] for change in made["changes"] for commit in change["commits"]]


def place_of(guilty, order):
    return order.index(guilty) + 1 if guilty in order else None


@dataclasses.dataclass
class Chance:
    """One of so many, in any order."""
    count: int

    def within(self, places):
        return min(1.0, places / self.count)

    def reciprocal(self):
        return sum(1 / i for i in range(1, self.count + 1)) / self.count


def score_fault(job):
    culprit, fault = job
    shas = [fault.good, *git(ROOT, "rev-list", "--reverse", f"{fault.good}..{fault.bad}")
            .decode().split()]
    orders = baselines(ROOT, shas, fault.symptom)
    orders["culprit"] = ranked(culprit, ROOT, shas, fault.symptom)
    return [(fault.name, "", "", "", name, place_of(fault.guilty, order))
            for name, order in orders.items()]


def score(job):
    culprit, seed = job
    made = scenario(seed, KINDS[seed % len(KINDS)], SIZES[seed % len(SIZES)])
    places = []
    with tempfile.TemporaryDirectory(prefix="culprit-commits-") as folder:
        shas, guilty = make_repository(folder, made.commits)
        for style, symptom in made.symptoms.items():
            orders = baselines(folder, shas, symptom)
            orders["culprit"] = ranked(culprit, folder, shas, symptom)
            known = candidates(folder, shas, guilty, made.symptoms["trace"])
            places += [(made.name, made.kind, made.language, style, name, Chance(count))
                       for name, count in known.items()]
            places += [(made.name, made.kind, made.language, style, name, place_of(guilty, order))
                       for name, order in orders.items()]
    return places


# ---- telling

def figures(places):
    count = max(1, len(places))

    def within(most):
        return sum(p.within(most) if isinstance(p, Chance) else p is not None and p <= most
                   for p in places) / count
    mrr = sum(p.reciprocal() if isinstance(p, Chance) else 1 / p if p else 0 for p in places)
    return {"top1": within(1), "top5": within(5), "mrr": mrr / count, "asked": len(places)}


def grouped(rows, part):
    groups = collections.defaultdict(list)
    for row in rows:
        groups[part(row)].append(row[-1])
    return {name: figures(places) for name, places in groups.items()}


def table(title, groups):
    print(f"\n{title:<34}{'top-1':>8}{'top-5':>8}{'MRR':>8}{'asked':>8}")
    for name, made in groups.items():
        print(f"{name:<34}{made['top1']:>8.0%}{made['top5']:>8.0%}{made['mrr']:>8.2f}"
              f"{made['asked']:>8}")


def too_low(measured):
    return [f"{name} {measured[name]:.2f}" for name, floor in FLOORS.items()
            if measured[name] < floor]


def report(rows, own_rows, arguments):
    mine = [row for row in rows if row[4] == "culprit"]
    tables = {"order": grouped(rows, lambda row: row[4]),
              "culprit, by kind": grouped(mine, lambda row: row[1]),
              "culprit, by symptom": grouped(mine, lambda row: row[3]),
              "culprit, by language": grouped(mine, lambda row: row[2]),
              "order, own history": grouped(own_rows, lambda row: row[4])}
    if arguments.json:
        print(json.dumps(tables, indent=1))
    else:
        for title, groups in tables.items():
            if groups:
                table(title, groups)
    if arguments.verbose:
        for row in mine + [row for row in own_rows if row[4] == "culprit"]:
            print(*row, file=sys.stderr if arguments.json else sys.stdout)
    low = too_low(tables["order"]["culprit"])
    if arguments.check and low:
        print("below the floor:", ", ".join(low), file=sys.stderr)
        return 1
    return 0


def speed(culprit, count):
    made = scenario(1, KINDS[1], count)
    with tempfile.TemporaryDirectory(prefix="culprit-commits-") as folder:
        shas, guilty = make_repository(folder, made.commits)
        git(folder, "gc", "-q")
        for name in ("cold", "warm", "warm"):
            for style, symptom in made.symptoms.items():
                file = pathlib.Path(folder) / ".git" / "symptom.txt"
                file.write_text(symptom)
                start = time.monotonic()
                done = subprocess.run([culprit, "investigate", "--repo", ".", "--range",
                                       f"{shas[0]}..{shas[-1]}", "--symptom", str(file), "--json"],
                                      cwd=folder, capture_output=True, check=True)
                seconds = time.monotonic() - start
                order = [c["sha"] for c in json.loads(done.stdout)["changes"][0]["commits"]]
                print(f"{name} {style}: {count} commits in {seconds:.2f} s, guilty commit is "
                      f"number {place_of(guilty, order)}")
                if name == "cold":
                    break
    return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", required=True)
    parser.add_argument("--scenarios", type=int, default=SCENARIOS_DEFAULT)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("--speed", type=int, default=0)
    arguments = parser.parse_args()
    culprit = str(pathlib.Path(arguments.build).resolve() / "culprit")
    if arguments.speed:
        return speed(culprit, arguments.speed)
    seeds = range(arguments.first, arguments.first + arguments.scenarios)
    with concurrent.futures.ProcessPoolExecutor(arguments.jobs) as pool:
        rows = [row for places in pool.map(score, [(culprit, seed) for seed in seeds])
                for row in places]
        own_rows = [row for places in pool.map(score_fault, [(culprit, f) for f in faults(ROOT)])
                    for row in places]
    return report(rows, own_rows, arguments)


if __name__ == "__main__":
    sys.exit(main())
