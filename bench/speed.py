#!/usr/bin/env python3
"""How fast is an investigation, beside programs that answer less?

Usage: bench/speed.py --build DIR [--bytes N] [--rounds N] [--only flat,shapes,index]

    flat     the whole report from the raw bytes of a log of 24 fields, beside counting its error
             lines (rg), errors per minute (DuckDB) and the checklist (DuckDB: load, errors by every
             value of every field, and by all pairs of ten fields)
    shapes   the same report of logs of seven shapes, and rg and DuckDB where they read them
    index    a second run on the same log: the same question, others, a window, a jump to a moment

The logs are made by bench/logs.cpp and kept. Every round runs each program once, in turning order,
so that a slow minute of the machine meets all of them; a ratio is taken within its round. Reported:
medians, and for each ratio the range of its order statistics that covers the median with at least
95 % whatever the distribution. speed.json in the build folder has every run.
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
ROUNDS_DEFAULT = 20
ROUNDS_LEAST = 6  # the fewest whose range covers a median with 95 %
BYTES_DEFAULT = 1_310_000_000  # of the log of 24 fields: 4 million lines
SHAPES_PART = 4                # the other shapes are that much smaller
SHAPES = ["shuffled", "shapes", "nested", "logfmt", "access", "text"]
NDJSON = {"flat", "shuffled", "shapes"}  # what DuckDB's checklist can read as a table
ERROR_TEXTS = {"logfmt": "level=error", "access": "\" 504 ", "text": " ERROR "}


@dataclasses.dataclass
class Program:
    name: str
    question: str
    command: list
    error_lines: object = None  # reads the number of error lines out of its output, or None


@dataclasses.dataclass
class Run:
    seconds: float
    cpu_seconds: float
    memory_bytes: int
    output: str


def run(program, folder=None):
    started = time.monotonic()
    process = subprocess.Popen(program.command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL,
                               cwd=folder)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):  # 1: nothing moved
        sys.exit(f"speed: exit {process.returncode} from {' '.join(map(str, program.command))}")
    return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024,
               output.decode(errors="replace"))


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


def make_log(build, shape, size):
    """The log, made once for a size."""
    log = build / "bench" / f"{shape}-{size}.log"
    if not log.exists():
        progress(f"generating {size / 1e9:g} GB of {shape}")
        part = log.with_suffix(".part")
        with part.open("wb") as out:
            subprocess.run([build / "bench" / "logs", shape, str(size)], check=True, stdout=out)
        part.rename(log)
    return log


def count_lines(log):
    """Counts, and brings the file into the page cache: the disk is not what is measured."""
    with log.open("rb") as file:
        return sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 22), b""))


def duckdb(question, log):
    node = ROOT / "node_modules" / ".bin" / "node"
    return [node, ROOT / "bench" / "duckdb.mjs", question, log]


def culprit(build, log, *more):
    return [build / "culprit", "investigate", log, "--json", *more]


def counting(log, shape):
    return Program("rg -c", "how many error lines",
                   ["rg", "-c", ERROR_TEXTS.get(shape, '"level":"error"'), log], error_lines=int)


def flat_programs(build, log):
    return [
        Program("culprit", "the whole investigation", culprit(build, log, "--no-case")),
        counting(log, "flat"),
        Program("duckdb", "lines and errors per minute", duckdb("minutes", log), error_lines=int),
        Program("duckdb load", "load, errors by every value of each field, by pairs of ten",
                duckdb("checklist", log), error_lines=int),
    ]


def shape_programs(build, log, shape):
    found = [Program("culprit", f"{shape}: the whole investigation",
                     culprit(build, log, "--no-case")), counting(log, shape)]
    if shape in NDJSON:
        found.append(Program("duckdb", "lines and errors per minute", duckdb("minutes", log),
                             error_lines=int))
    return found


def logs_where(build, log, condition, *more):
    return [build / "culprit", "logs", log, "--where", condition, *more]


def index_programs(build, log):
    """Run in a folder of their own, whose case has the log's index."""
    return [
        Program("culprit", "without an index", culprit(build, log, "--no-case")),
        Program("again", "the same question", culprit(build, log)),
        Program("other --bad", "status >= 504 and plan = pro",
                culprit(build, log, "--bad", "status >= 504 and plan = pro")),
        Program("window", "twenty minutes", culprit(build, log, "--since", "13:15", "--until",
                                                    "13:35")),
        Program("left out", "--bad of a field that the index does not hold",
                culprit(build, log, "--bad", "size > 20000 and status >= 504")),
        Program("where", "logs --where 'status >= 504 and plan = pro'",
                logs_where(build, log, "status >= 504 and plan = pro")),
        Program("where, read", "the same with --fresh",
                logs_where(build, log, "status >= 504 and plan = pro", "--fresh")),
        Program("jump", "logs --at 13:25 --around 2s",
                [build / "culprit", "logs", log, "--at", "13:25", "--around", "2s"]),
    ]


def progress(text):
    if sys.stderr.isatty():
        print(f"\r{text:50}\r", end="", file=sys.stderr, flush=True)


def measure(contenders, rounds, folder=None):
    runs = {program.name: [] for program in contenders}
    for turn in range(rounds):
        for at in range(len(contenders)):
            program = contenders[(at + turn) % len(contenders)]
            progress(f"round {turn + 1} of {rounds}: {program.name}")
            runs[program.name].append(run(program, folder))
            if turn > 0:  # a child is charged with the most memory that we had when it began
                runs[program.name][-1].output = ""
    progress("")
    return runs


def check_answers(contenders, runs):
    """Programs that count the same thing must agree, or a fast one has merely not done the work."""
    counted = {program.name: program.error_lines(runs[program.name][0].output)
               for program in contenders if program.error_lines}
    if len(set(counted.values())) > 1:
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


def measured(name, contenders, log, rounds, folder=None):
    events = count_lines(log)
    runs = measure(contenders, rounds, folder)
    check_answers(contenders, runs)
    size = log.stat().st_size
    return {"name": name, "bytes": size, "events": events, "rounds": rounds,
            "programs": [summary(program, runs[program.name], runs["culprit"], size, events)
                         for program in contenders]}


def measure_index(build, log, rounds):
    """The index is made by one run more; how long that took and how large it is, too."""
    folder = build / "bench" / "indexed"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    first = run(Program("culprit", "", culprit(build, log)), folder)
    made = measured("index", index_programs(build, log), log, rounds, folder)
    made["first_seconds"] = first.seconds
    made["index_bytes"] = sum(path.stat().st_size for path in folder.glob(".culprit/index/*"))
    return made


def table(part):
    yield (f"{part['name']}: {part['events']:,} lines, {part['bytes'] / 1e9:.2f} GB, "
           f"{part['rounds']} rounds")
    yield (f"{'':12} {'seconds':>8} {'lines/s':>11} {'GB/s':>6} {'memory':>8}  "
           f"{'times culprit (95 %)':24} question")
    for row in part["programs"]:
        ratio = row["times_culprit"]
        yield (f"{row['name']:12} {row['seconds']:8.3f} {row['events_per_second']:11,.0f} "
               f"{row['gigabytes_per_second']:6.2f} {row['memory_bytes'] / 1e6:5,.0f} MB  "
               f"{ratio['median']:6.2f}  {ratio['low']:6.2f} .. {ratio['high']:6.2f}  "
               f"{row['question']}")
    if "index_bytes" in part:
        yield (f"the index took {part['index_bytes'] / 1e6:.1f} MB, "
               f"{100 * part['index_bytes'] / part['bytes']:.2f} % of the log; the run that made "
               f"it {part['first_seconds']:.2f} s")
    if part["rounds"] < ROUNDS_LEAST:
        yield f"{part['rounds']} rounds are too few for 95 %: these are the smallest and largest"


def parts(build, args):
    flat = make_log(build, "flat", args.bytes)
    if "flat" in args.only:
        yield measured("flat", flat_programs(build, flat), flat, args.rounds)
    for shape in SHAPES if "shapes" in args.only else []:
        log = make_log(build, shape, args.bytes // SHAPES_PART)
        yield measured(shape, shape_programs(build, log, shape), log, args.rounds)
    if "index" in args.only:
        yield measure_index(build, flat, args.rounds)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build")
    parser.add_argument("--bytes", type=int, default=BYTES_DEFAULT)
    parser.add_argument("--rounds", type=int, default=ROUNDS_DEFAULT)
    parser.add_argument("--only", type=lambda text: text.split(","),
                        default=["flat", "shapes", "index"])
    args = parser.parse_args()
    build = args.build.resolve()
    report = {"schema_version": 2, "machine": machine(), "parts": []}
    print(f"{report['machine']['cores']} cores of {report['machine']['cpu']}")
    for part in parts(build, args):
        report["parts"].append(part)
        (build / "bench" / "speed.json").write_text(json.dumps(report, indent=2) + "\n")
        print("\n".join(table(part)), flush=True)


if __name__ == "__main__":
    main()
