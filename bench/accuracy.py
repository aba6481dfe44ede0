#!/usr/bin/env python3
"""How often is an investigation right, for each kind of incident?

Usage: bench/accuracy.py --build DIR [--seeds N] [--first-seed N] [--kind K]... [--check]

For each kind and seed the shop plants an incident and writes down the truth; culprit investigates
the logs and is scored against it, beside a baseline that counts error lines (bench/baseline.py).
--check fails unless every answer is right: one seed of each kind is a test.
"""
import argparse
import concurrent.futures
import dataclasses
import datetime
import json
import math
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import baseline  # pylint: disable=wrong-import-position

ROOT = pathlib.Path(__file__).resolve().parent.parent
KINDS = ["step", "ramp", "spike", "intermittent", "combination", "threshold", "canary", "wrong",
         "slow", "silent", "inside", "errors_only", "everyone", "clean"]
MAKE_REPO = ROOT / "examples" / "make-repo"
SEEDS_DEFAULT = 100
RUN_SECONDS_MAX = 120
SUSPECTS_SHOWN = 3  # an engineer reads the first three
TERM = re.compile(r'\s*([\w.\-]+)\s*(<=|>=|!=|=|<|>)\s*("(?:\\.|[^"\\])*"|\S+)\s*$')


# ---- scoring: each answer is True, False, or None where the question does not arise

def parsed(text):
    found = TERM.match(text)
    if not found:
        return text, "", ""
    field, operator, value = found.groups()
    return field, operator, json.loads(value) if value.startswith('"') else value


def term(field, operator, value):
    """The meaning of a condition: among whole numbers `>= 10` is `> 9`."""
    if operator in (">", ">=", "<", "<="):
        number = float(value)
        value = {">": math.floor(number), ">=": math.ceil(number) - 1,
                 "<": math.ceil(number), "<=": math.floor(number) + 1}[operator]
        return field, operator[0], value
    return field, operator, str(value)


def meanings(conditions):
    return {term(condition["field"], condition["op"], condition["value"])
            if isinstance(condition, dict) else term(*parsed(condition))
            for condition in conditions}


def who_right(answer, truth):
    if truth["who_verdict"] == "everyone":
        return answer.get("who_verdict") == "everyone"
    if not truth["cause"]:
        return None
    cause = {term(*condition) for condition in truth["cause"]}
    aliases = {term(*condition) for condition in truth["aliases"]}
    if not answer.get("who"):
        return False
    found = meanings(answer["who"][0]["conditions"])
    return found <= cause | aliases and len(found) == len(cause)


def instant(text):
    return datetime.datetime.fromisoformat(text)


def onset_right(answer, truth):
    if truth["clean"]:
        return None
    when = answer["when"]
    if truth["shape"] == "throughout":
        return bool(when["found"]) and when["shape"] == "throughout"
    interval = when.get("interval")
    if not when["found"] or not interval:
        return False
    return instant(interval["from"]) <= instant(truth["onset"]) <= instant(interval["to"])


def change_right(answer, truth):
    """The guilty release first; where none is guilty, the decoy not first."""
    if truth["clean"] or truth["shape"] == "throughout":
        return None
    changes = sorted(answer.get("changes", []), key=lambda change: -change["probability"])
    first = str(changes[0].get("id")) if changes else ""
    if truth["culprit_version"]:
        return first.endswith(truth["culprit_version"])
    return not first.endswith(truth["decoy_version"])


def commit_right(answer, truth):
    """The guilty commit among the first few of the guilty release."""
    if not truth.get("culprit_sha") or truth["shape"] == "throughout":
        return None
    commits = [(change["probability"] * commit["probability"], commit["sha"])
               for change in answer.get("changes", []) for commit in change.get("commits") or []]
    shown = [sha for _, sha in sorted(commits, reverse=True)[:SUSPECTS_SHOWN]]
    return any(sha.startswith(truth["culprit_sha"]) or truth["culprit_sha"].startswith(sha)
               for sha in shown)


def logs_right(answer, truth):
    wanted = truth.get("new_message") or truth.get("stopped_message")
    if not wanted or truth["shape"] == "throughout" or "templates" not in answer:
        return None
    status = {"stopped"} if truth.get("stopped_message") else {"new", "surged"}
    return any(wanted in template["text"] or wanted in template["example"]["line"]
               for template in answer["templates"] if template["status"] in status)


QUESTIONS = {
    "found": lambda answer, truth: bool(answer["when"]["found"]) != truth["clean"],
    "onset": onset_right,
    "who": who_right,
    "change": change_right,
    "commit": commit_right,
    "logs": logs_right,
}


def score(answer, truth):
    return {question: right(answer, truth) for question, right in QUESTIONS.items()}


def interval_seconds(answer):
    interval = answer["when"].get("interval")
    if not answer["when"]["found"] or not interval:
        return None
    return (instant(interval["to"]) - instant(interval["from"])).total_seconds()


# ---- running

@dataclasses.dataclass(frozen=True)
class Trial:
    build: pathlib.Path
    kind: str
    seed: int


def plant(trial, directory):
    """Makes logs/, deploys.ndjson and a repository; returns the truth."""
    seed = ["--kind", trial.kind, "--seed", str(trial.seed)]
    made = subprocess.run([sys.executable, MAKE_REPO, directory / "repo", *seed], check=True,
                          capture_output=True, text=True)
    info = directory / "repo.json"
    info.write_text(made.stdout)
    subprocess.run([trial.build / "shop", *seed, "--out", directory, "--repo-info", info],
                   check=True, stdout=subprocess.DEVNULL)
    return json.loads((directory / "truth.json").read_text())


def investigate(trial, directory, truth):
    command = [trial.build / "culprit", "investigate", directory / "logs", "--deploys",
               directory / "deploys.ndjson", "--repo", directory / "repo", "--no-case", "--json"]
    command += ["--bad", truth["bad"]] if truth["bad"] else []
    done = subprocess.run(command, capture_output=True, text=True, timeout=RUN_SECONDS_MAX,
                          stdin=subprocess.DEVNULL, check=False)
    if done.returncode not in (0, 1):
        raise RuntimeError(f"exit {done.returncode}: {done.stderr.strip()[-500:]}")
    return json.loads(done.stdout)


def run(trial):
    """What both say about one incident, scored."""
    with tempfile.TemporaryDirectory(prefix="incident-") as place:
        directory = pathlib.Path(place)
        truth = plant(trial, directory)
        started = time.monotonic()
        try:
            answer, error = investigate(trial, directory, truth), None
        except (RuntimeError, ValueError, subprocess.TimeoutExpired) as failure:
            answer, error = {"when": {"found": truth["clean"]}}, str(failure)
        seconds = time.monotonic() - started
        simple = baseline.investigate(directory, truth["bad"])
    return {"kind": trial.kind, "seed": trial.seed, "seconds": seconds, "error": error,
            "interval_seconds": interval_seconds(answer), "culprit": score(answer, truth),
            "baseline": score(simple, truth), "truth": truth, "said": excerpt(answer)}


def excerpt(answer):
    """Enough of an answer to see why it was wrong."""
    return {"when": answer["when"], "who_verdict": answer.get("who_verdict"),
            "who": [who["where"] for who in answer.get("who", [])],
            "changes": [[change.get("id"), change["probability"]]
                        for change in answer.get("changes", [])],
            "templates": [[template["status"], template["text"]]
                          for template in answer.get("templates", [])][:5]}


# ---- reporting

def rate(results, program, question):
    answers = [result[program][question] for result in results]
    judged = [answer for answer in answers if answer is not None]
    return {"right": sum(judged), "of": len(judged)} if judged else None


def summarise(results):
    """Per kind and program: how many right of how many, for each question."""
    kinds = list(dict.fromkeys(result["kind"] for result in results))
    rows = []
    for kind in kinds:
        own = [result for result in results if result["kind"] == kind]
        widths = [r["interval_seconds"] for r in own if r["interval_seconds"] is not None]
        rows.append({"kind": kind, "seeds": len(own),
                     "interval_seconds": statistics.median(widths) if widths else None,
                     "seconds": statistics.median(r["seconds"] for r in own)}
                    | {program: {question: rate(own, program, question) for question in QUESTIONS}
                       for program in ("culprit", "baseline")})
    return rows


def cell(row, question):
    ours, simple = row["culprit"][question], row["baseline"][question]
    if not ours:
        return ""
    beside = f" ({100 * simple['right'] / simple['of']:.0f})" if simple else ""
    return f"{100 * ours['right'] / ours['of']:.0f}{beside}"


def table(rows):
    yield "percent right; in brackets: the baseline that counts error lines"
    yield f"{'kind':14}{'seeds':>6} " + "".join(f"{q:>11}" for q in QUESTIONS) + \
        f"{'interval':>11}{'seconds':>9}"
    for row in rows:
        width = "" if row["interval_seconds"] is None else f"{row['interval_seconds']:.0f} s"
        yield f"{row['kind']:14}{row['seeds']:6} " + \
            "".join(f"{cell(row, q):>11}" for q in QUESTIONS) + f"{width:>11}{row['seconds']:9.2f}"


def failures(results):
    for result in results:
        wrong = [question for question, right in result["culprit"].items() if right is False]
        if wrong:
            truth = result["truth"]
            yield (f"{result['kind']} seed {result['seed']}: wrong on {', '.join(wrong)}"
                   f"\n  planted: {truth['onset']} {truth['cause_where']}"
                   f"\n  said:    {json.dumps(result['error'] or result['said'])}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build")
    parser.add_argument("--seeds", type=int, default=SEEDS_DEFAULT)
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--kind", action="append", choices=KINDS)
    parser.add_argument("--check", action="store_true", help="fail unless every answer is right")
    args = parser.parse_args()
    build = args.build.resolve()
    trials = [Trial(build, kind, seed) for kind in args.kind or KINDS
              for seed in range(args.first_seed, args.first_seed + args.seeds)]
    with concurrent.futures.ProcessPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(run, trials))
    rows = summarise(results)
    print("\n".join(table(rows)))
    wrong = list(failures(results))
    if args.check:
        print("\n".join(wrong))
        sys.exit(bool(wrong))
    report = {"schema_version": 1, "kinds": rows, "trials": results}
    (build / "bench").mkdir(exist_ok=True)
    (build / "bench" / "accuracy.json").write_text(json.dumps(report, indent=2) + "\n")
    print(f"every trial: {build / 'bench' / 'accuracy.json'}; {len(wrong)} of {len(trials)} wrong")


if __name__ == "__main__":
    main()
