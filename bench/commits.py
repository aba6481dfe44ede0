#!/usr/bin/env python3
"""How well are the commits of a range ranked for a written symptom?

Usage: bench/commits.py --build DIR [--scenarios N] [--jobs N] [--check] [--verbose] [--speed N]

Builds N scripted histories (bench/histories/) of 50 to 500 commits with one planted regression
each, ten kinds in five languages, and asks culprit about each three times: as a user, a log and a
stack trace would put it. Prints how often the guilty commit comes first, among the first five, and
its mean reciprocal rank, beside three simple orders: newest first, largest diff first, and plain
word overlap. --speed N measures a range of N commits instead, cold and warm.
--check fails below floors that lie well under what was measured.
"""
import argparse
import collections
import concurrent.futures
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from histories.scenarios import KINDS, scenario  # pylint: disable=wrong-import-position

SCENARIOS_DEFAULT = 60
RUN_SECONDS_MAX = 120
SIZES = [50, 80, 120, 200, 320, 500]
FIRST_COMMIT = 1_750_000_000  # 2025-06-15
# Ten scenarios gave 0.30, 0.57 and 0.43 on 2026-11-23.
FLOORS = {"top1": 0.18, "top5": 0.42, "mrr": 0.30}
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
    file = pathlib.Path(folder) / ".git" / "symptom.txt"
    file.write_text(symptom)
    done = subprocess.run([culprit, "investigate", "--repo", folder, "--range",
                           f"{shas[0]}..{shas[-1]}", "--symptom", str(file), "--json", "--no-case"],
                          capture_output=True, timeout=RUN_SECONDS_MAX, check=False)
    if done.returncode not in (0, 1):
        raise RuntimeError(done.stderr.decode())
    made = json.loads(done.stdout)
    return [commit["sha"] for change in made["changes"] for commit in change["commits"]]


def place_of(guilty, order):
    return order.index(guilty) + 1 if guilty in order else None


def score(job):
    culprit, seed = job
    made = scenario(seed, KINDS[seed % len(KINDS)], SIZES[seed % len(SIZES)])
    places = []
    with tempfile.TemporaryDirectory(prefix="culprit-commits-") as folder:
        shas, guilty = make_repository(folder, made.commits)
        for style, symptom in made.symptoms.items():
            orders = baselines(folder, shas, symptom)
            orders["culprit"] = ranked(culprit, folder, shas, symptom)
            places += [(made.name, made.kind, made.language, style, name, place_of(guilty, order))
                       for name, order in orders.items()]
    return places


# ---- telling

def figures(places):
    count = max(1, len(places))
    return {"top1": sum(p == 1 for p in places) / count,
            "top5": sum(p is not None and p <= 5 for p in places) / count,
            "mrr": sum(1 / p for p in places if p) / count}


def table(rows, title, part):
    groups = collections.defaultdict(list)
    for row in rows:
        groups[part(row)].append(row[-1])
    print(f"\n{title:<34}{'top-1':>8}{'top-5':>8}{'MRR':>8}{'asked':>8}")
    for name, places in groups.items():
        made = figures(places)
        print(f"{name:<34}{made['top1']:>8.0%}{made['top5']:>8.0%}{made['mrr']:>8.2f}"
              f"{len(places):>8}")


def report(rows, arguments):
    own = [row for row in rows if row[4] == "culprit"]
    table(rows, "order", lambda row: row[4])
    table(own, "culprit, by kind", lambda row: row[1])
    table(own, "culprit, by symptom", lambda row: row[3])
    table(own, "culprit, by language", lambda row: row[2])
    if arguments.verbose:
        for row in own:
            print(*row)
    made = figures([row[-1] for row in own])
    low = [name for name, floor in FLOORS.items() if made[name] < floor]
    if arguments.check and low:
        print("below the floor:", ", ".join(f"{name} {made[name]:.2f}" for name in low))
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
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("--speed", type=int, default=0)
    arguments = parser.parse_args()
    culprit = str(pathlib.Path(arguments.build).resolve() / "culprit")
    if arguments.speed:
        return speed(culprit, arguments.speed)
    jobs = [(culprit, seed) for seed in range(arguments.scenarios)]
    with concurrent.futures.ProcessPoolExecutor(arguments.jobs) as pool:
        rows = [row for places in pool.map(score, jobs) for row in places]
    return report(rows, arguments)


if __name__ == "__main__":
    sys.exit(main())
