#!/usr/bin/env python3
"""`culprit bisect` beside `git bisect run` on real repositories, in one run, in turns.

Each repository is made by a script: commits that change a file, side branches that are merged, and
one commit that breaks the test. git bisect runs each test as often as would have been best, which
no user knows; culprit is told nothing.

Usage: bench/bisect.py [--build DIR] [--rounds N] [--commits N] [--only NAME] [--json]
"""
import argparse
import json
import math
import pathlib
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import typing


class World(typing.NamedTuple):
    name: str
    rate: float  # how often the test fails where the change is
    build_seconds: float = 0.0
    other_files: int = 0  # that no commit after the first one changes


WORLDS = [
    World("certain", 1.0),
    World("certain, 20,000 files", 1.0, other_files=20_000),
    World("certain, slow build", 1.0, build_seconds=1.0),
    World("fails one time in two", 0.5),
    World("fails one time in two, slow build", 0.5, build_seconds=1.0),
    World("fails one time in three", 0.34),
]


def git(folder, *words, stdin=None):
    return subprocess.run(["git", "-C", folder, *words], input=stdin, check=True, text=True,
                          capture_output=True).stdout.strip()


def history(folder, commits, culprit, world):
    """Commits 1 to `commits`; from `culprit` on the program fails at the world's rate."""
    git(folder, "init", "-q", "-b", "main")
    stream = []

    def commit(branch, mark, files, parents):
        stream.append(f"commit refs/heads/{branch}\nmark :{mark}\n"
                      f"committer A <a@example.org> {1_700_000_000 + 60 * mark} +0000\n"
                      f"data {len(str(mark))}\n{mark}\n")
        if parents:
            stream.append(f"from :{parents[0]}\n")
        stream.extend(f"merge :{other}\n" for other in parents[1:])
        for name, text in files.items():
            stream.append(f"M 644 inline {name}\ndata {len(text.encode())}\n{text}\n")

    def changes(mark):
        files = {f"part{mark % 20}.txt": f"{mark}\n"}
        if mark == 1:
            files["rate.txt"] = "0\n"
            files |= {f"d{i % 100}/{i}.txt": f"{i}\n" for i in range(world.other_files)}
        if mark == culprit:  # never a merge: its number is 2 modulo 9
            files["rate.txt"] = f"{world.rate}\n"
        return files

    tip = 1
    commit("main", 1, changes(1), [])
    mark = 2
    while mark <= commits:
        if mark + 3 <= commits and mark % 9 == 0:
            commit("side", mark, changes(mark), [tip])
            commit("main", mark + 1, changes(mark + 1), [tip])
            # fast-import takes the tree of the first parent: what the side brought comes again.
            commit("main", mark + 2, changes(mark), [mark + 1, mark])
            tip, mark = mark + 2, mark + 3
        else:
            commit("main", mark, changes(mark), [tip])
            tip, mark = mark, mark + 1
    subprocess.run(["git", "-C", folder, "fast-import", "--quiet"], input="".join(stream),
                   text=True, check=True)
    git(folder, "reset", "-q", "--hard", "main")
    git(folder, "tag", "start", "main~" + git(folder, "rev-list", "--first-parent", "--count",
                                              "main~1"))


def scripts(folder, build_seconds):
    test = folder / "test.sh"
    test.write_text("#!/bin/sh\n"
                    "[ \"$(cat built 2>&1)\" = \"$(git rev-parse HEAD)\" ] || ./build.sh\n"
                    "exec python3 -c 'import random,sys; "
                    "sys.exit(random.random() < float(open(\"rate.txt\").read()))'\n")
    build = folder / "build.sh"
    build.write_text(f"#!/bin/sh\nsleep {build_seconds}\ngit rev-parse HEAD > built\n")
    for one in (test, build):
        one.chmod(0o755)


def repeats_for(rate, commits):
    """The fewest of git bisect for which all of about log2(n) / 2 bad commits are seen to be bad
    with 0.95."""
    steps = math.ceil(math.log2(commits) / 2)
    return 1 if rate >= 1 else math.ceil(math.log(1 - 0.95 ** (1 / steps)) / math.log(1 - rate))


def by_git(folder, rate, commits):
    """(seconds, runs, the sha that it named)"""
    runs = folder / "runs"
    runs.write_text("")
    word = (f"i=0; while [ $i -lt {repeats_for(rate, commits)} ]; do echo x >> {runs}; "
            "./test.sh || exit 1; i=$((i+1)); done")
    began = time.monotonic()
    git(folder, "bisect", "start", "main", "start")
    said = git(folder, "bisect", "run", "sh", "-c", word)
    seconds = time.monotonic() - began
    git(folder, "bisect", "reset")
    named = next((line.split()[0] for line in said.splitlines() if "is the first bad" in line), "")
    return seconds, runs.read_text().count("x"), named


def by_culprit(program, folder, build_seconds):
    words = [program, "bisect", "start", "main", "--repo", folder, "--no-case", "--json"]
    if build_seconds:
        words += ["--build", "./build.sh"]
    began = time.monotonic()
    done = subprocess.run([*words, "--", "./test.sh"], cwd=folder, text=True, capture_output=True)
    seconds = time.monotonic() - began
    if done.returncode not in (0, 1):
        raise SystemExit(f"culprit bisect: exit {done.returncode}: {done.stderr}")
    said = json.loads(done.stdout)
    return seconds, said["runs"], (said["culprit"] or {}).get("sha", "")


def measured(program, world, commits, rounds):
    rows = []
    for number in range(rounds):
        culprit = random.Random(number).randrange(2, commits + 1)
        culprit -= 1 if culprit % 9 == 2 and culprit > 2 else 0
        with tempfile.TemporaryDirectory(prefix="culprit-bench-") as folder:
            folder = pathlib.Path(folder)
            history(folder, commits, culprit, world)
            scripts(folder, world.build_seconds)
            before = git(folder, "log", "--format=%H", "--reverse", "--", "rate.txt").split()
            truth = before[1]
            pair = {}
            for side in ("git", "culprit") if number % 2 == 0 else ("culprit", "git"):
                pair[side] = (by_git(folder, world.rate, commits) if side == "git"
                              else by_culprit(program, folder, world.build_seconds))
            rows.append({"ratio": pair["culprit"][0] / pair["git"][0],
                         **{f"{side}_{what}": pair[side][i] for side in pair
                            for i, what in enumerate(("seconds", "runs"))},
                         **{f"{side}_right": pair[side][2] == truth for side in pair}})
        print(f"\r{world.name}: {number + 1} of {rounds}", end="", file=sys.stderr)
    print(file=sys.stderr)
    mean = {key: statistics.fmean(row[key] for row in rows) for key in rows[0]}
    mean["ratio"] = statistics.median(row["ratio"] for row in rows)
    repeats = repeats_for(world.rate, commits)
    return {"world": world.name, "repeats": repeats, "rounds": rounds, **mean}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default="build")
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--commits", type=int, default=256)
    parser.add_argument("--only")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    program = shutil.which(pathlib.Path(options.build).resolve() / "culprit")
    if not program:
        raise SystemExit(f"{options.build}/culprit is missing: ./dev build")
    worlds = [world for world in WORLDS if options.only in (None, world.name)]
    results = [measured(program, world, options.commits, options.rounds) for world in worlds]
    if options.json:
        print(json.dumps({"commits": options.commits, "bisect": results}))
        return
    print(f"{options.commits} commits, with merges; means of {options.rounds} rounds\n"
          f"{'':36} {'seconds':>17} {'ratio':>7} {'runs':>13} {'right':>13}\n"
          f"{'':36} {'culprit':>8} {'git':>8} {'':>7} {'culprit':>8} {'git':>4} "
          f"{'culprit':>8} {'git':>4}")
    for one in results:
        print(f"{one['world']:36} {one['culprit_seconds']:8.2f} {one['git_seconds']:8.2f} "
              f"{one['ratio']:7.2f} {one['culprit_runs']:8.1f} {one['git_runs']:4.0f} "
              f"{one['culprit_right']:8.2f} {one['git_right']:4.2f}")


if __name__ == "__main__":
    main()
