#!/usr/bin/env python3
"""How fast is an investigation, beside programs that answer less?

Usage: bench/speed.py --build DIR [--bytes N] [--rounds N | --full]

A shop's gateway log (NDJSON, one incident) is generated once. Every round runs each program once,
in turning order, so that a slow minute of the machine meets all of them; a ratio is taken within
its round. Reported: medians, and for each ratio the range of its order statistics that covers the
median with at least 95 % whatever the distribution (six rounds are the fewest that can).
"""
import argparse
import dataclasses
import json
import math
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
ROUNDS_DEFAULT = 6
ROUNDS_FULL = 20
BYTES_DEFAULT = 1_000_000_000
# jq reads about 50 MB/s; on the whole file it would take longer than all others together.
JQ_PART = 20
JQ_MINUTES = ('reduce inputs as $e ({}; .[$e.ts[0:16]] |= [(.[0] // 0) + 1, '
              '(.[1] // 0) + (if $e.level == "error" then 1 else 0 end)]) | map(.[1]) | add')


@dataclasses.dataclass
class Program:
    name: str
    question: str
    command: list
    part: int = 1            # runs on the first 1/part of the file; seconds are multiplied
    error_lines: object = None  # reads the number of error lines out of its output, or None


@dataclasses.dataclass
class Run:
    seconds: float
    cpu_seconds: float
    memory_bytes: int
    output: str


def run(program):
    started = time.monotonic()
    process = subprocess.Popen(program.command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"speed: exit {process.returncode} from {' '.join(map(str, program.command))}")
    return Run(seconds * program.part, (usage.ru_utime + usage.ru_stime) * program.part,
               usage.ru_maxrss * 1024, output.decode())


def coverage(count, left_out):
    """How surely the median lies between the values left when so many are left out at each end."""
    return 1 - 2 * sum(math.comb(count, k) for k in range(left_out + 1)) / 2 ** count


def median_interval(values, confidence=0.95):
    """The narrowest such range that is sure enough, and how sure it is. Fewer than six values
    cannot be: then all of them."""
    ordered, left_out = sorted(values), 0
    while coverage(len(values), left_out + 1) >= confidence:
        left_out += 1
    return ordered[left_out], ordered[-1 - left_out], coverage(len(values), left_out)


def make_log(build, size):
    """The log, made once for a size; and its first 1/JQ_PART, cut at a line."""
    directory = build / "bench" / f"shop-{size}"
    log, part = directory / "logs" / "gateway.ndjson", directory / "part.ndjson"
    if not (directory / "truth.json").exists():
        shutil.rmtree(directory, ignore_errors=True)
        print(f"generating {size / 1e9:g} GB ...", file=sys.stderr)
        subprocess.run([build / "shop", "--kind", "combination", "--seed", "1", "--format",
                        "ndjson", "--bytes", str(size), "--out", directory], check=True,
                       stdout=subprocess.DEVNULL)
    with log.open("rb") as whole, part.open("wb") as begin:
        begin.write(whole.read(size // JQ_PART))
        begin.write(whole.readline())
    return log, part


def count_lines(log):
    """Counts, and brings the file into the page cache: the disk is not what is measured."""
    with log.open("rb") as file:
        return sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 22), b""))


def programs(build, log, part):
    node = ROOT / "node_modules" / ".bin" / "node"
    duckdb = [node, ROOT / "bench" / "duckdb.mjs"]
    return [
        Program("culprit", "the whole investigation",
                [build / "culprit", "investigate", log, "--no-case", "--json"]),
        Program("rg -c", "how many error lines", ["rg", "-c", '"level":"error"', log],
                error_lines=int),
        Program("jq", f"lines and errors per minute, on 1/{JQ_PART}, times {JQ_PART}",
                ["jq", "-n", JQ_MINUTES, part], part=JQ_PART),
        Program("duckdb", "lines and errors per minute", duckdb + ["minutes", log],
                error_lines=int),
        Program("duckdb load", "load, then errors by every value of every field",
                duckdb + ["checklist", log], error_lines=int),
    ]


def progress(text):
    if sys.stderr.isatty():
        print(f"\r{text:50}\r", end="", file=sys.stderr, flush=True)


def measure(contenders, rounds):
    runs = {program.name: [] for program in contenders}
    for turn in range(rounds):
        for at in range(len(contenders)):
            program = contenders[(at + turn) % len(contenders)]
            progress(f"round {turn + 1} of {rounds}: {program.name}")
            runs[program.name].append(run(program))
    progress("")
    return runs


def check_answers(contenders, runs):
    """Programs that count the same thing must agree, or a fast one has merely not done the work."""
    counted = {program.name: program.error_lines(runs[program.name][0].output)
               for program in contenders if program.error_lines}
    if len(set(counted.values())) != 1:
        sys.exit(f"speed: the programs do not agree on the error lines: {counted}")


def summary(program, runs, ours, log_bytes, events):
    seconds = statistics.median(run.seconds for run in runs)
    ratios = [theirs.seconds / our.seconds for theirs, our in zip(runs, ours)]
    low, high, confidence = median_interval(ratios)
    return {"name": program.name, "question": program.question, "seconds": seconds,
            "cpu_seconds": statistics.median(run.cpu_seconds for run in runs),
            "events_per_second": events / seconds,
            "gigabytes_per_second": log_bytes / 1e9 / seconds,
            "memory_bytes": max(run.memory_bytes for run in runs),
            "times_culprit": {"median": statistics.median(ratios), "low": low, "high": high,
                              "confidence": confidence},
            "all_seconds": [run.seconds for run in runs]}


def machine():
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo", encoding="utf-8")
                  if line.startswith("model name")), "unknown")
    return {"cpu": model, "cores": len(os.sched_getaffinity(0)),
            "memory_bytes": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")}


def table(report):
    yield (f"{report['events']:,} events, {report['bytes'] / 1e9:.2f} GB, {report['rounds']} "
           f"rounds, {report['machine']['cores']} cores of {report['machine']['cpu']}")
    yield (f"{'':12} {'seconds':>8} {'events/s':>11} {'GB/s':>6} {'memory':>8}  "
           f"{'times culprit (95 %)':24} question")
    for row in report["programs"]:
        ratio = row["times_culprit"]
        yield (f"{row['name']:12} {row['seconds']:8.2f} {row['events_per_second']:11,.0f} "
               f"{row['gigabytes_per_second']:6.2f} {row['memory_bytes'] / 1e6:5,.0f} MB  "
               f"{ratio['median']:6.2f}  {ratio['low']:6.2f} .. {ratio['high']:6.2f}  "
               f"{row['question']}")
    if report["rounds"] < ROUNDS_DEFAULT:
        yield f"{report['rounds']} rounds are too few for 95 %: these are the smallest and largest"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build")
    parser.add_argument("--bytes", type=int, default=BYTES_DEFAULT)
    parser.add_argument("--rounds", type=int, default=ROUNDS_DEFAULT)
    parser.add_argument("--full", action="store_true", help=f"{ROUNDS_FULL} rounds")
    args = parser.parse_args()
    build = args.build.resolve()
    rounds = ROUNDS_FULL if args.full else args.rounds
    log, part = make_log(build, args.bytes)
    events = count_lines(log)
    contenders = programs(build, log, part)
    runs = measure(contenders, rounds)
    check_answers(contenders, runs)
    report = {"schema_version": 1, "machine": machine(), "bytes": log.stat().st_size,
              "events": events, "rounds": rounds,
              "programs": [summary(program, runs[program.name], runs["culprit"],
                                   log.stat().st_size, events) for program in contenders]}
    (build / "bench" / "speed.json").write_text(json.dumps(report, indent=2) + "\n")
    print("\n".join(table(report)))


if __name__ == "__main__":
    main()
