#!/usr/bin/env python3
"""How much load does culprit make, beside wrk and hey, and does it tell the truth about it?

Usage: bench/load.py --build DIR [--rounds N] [--seconds S] [--json]

    speed    requests a second of one thread with 50 connections in a closed loop: wrk, hey,
             culprit, and culprit with a status, a text and a value of JSON to check in each reply;
             also those of a second of the client's processor, which says the same where other
             programs take their part of the machine
    stall    a server that stands still for 2 s within 10 s at 1,000 requests/s: 2,000 of 10,000
             are due meanwhile and wait 2 s down to nothing, so p90 is 1.0 s and p99 1.9 s
    lag      how late requests are sent at 1,000/s to a server that keeps up
    memory   of a connection: what 2,000 take more than 100

All clients ask the same server (bench/load_server.cpp), faster than any of them; it has one
processor, they share another. Every round runs each client once, in turning order, so that a slow
minute of the machine meets all of them; a ratio is taken within its round. Reported: medians, and
for each ratio the range of its order statistics that covers the median with at least 95 %.
load.json in the build folder has every run.
"""
import argparse
import contextlib
import dataclasses
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from speed import ROUNDS_LEAST, machine, median_interval  # pylint: disable=wrong-import-position

ROOT = pathlib.Path(__file__).resolve().parent.parent
CONNECTIONS = 50
STALL_SECONDS, STALL_AT, STALL_RATE, STALL_RUN = 2, 4, 1000, 10
MEMORY_FEW, MEMORY_MANY = 100, 2000
SPEC = """
[[request]]
[request.expect]
status = 200
contains = "a1b2"
json = { ok = true }
"""


def processors():
    """One for the server, one for the clients; both the same where there is only one."""
    free = sorted(os.sched_getaffinity(0))
    return free[-1], free[0]


@contextlib.contextmanager
def server(build, *words):
    on, _ = processors()
    command = ["taskset", "-c", str(on), build / "bench" / "load_server", "0", *map(str, words)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}/"
    finally:
        process.kill()
        process.wait()


@dataclasses.dataclass
class Run:
    output: str
    cpu_seconds: float
    memory_bytes: int


def memory_now(process):
    """The most memory that it had since it began; not what rusage tells, which counts what we had
    when it was forked."""
    with contextlib.suppress(OSError):
        status = pathlib.Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")
        if found := re.search(r"VmHWM:\s+(\d+) kB", status):
            return int(found[1]) * 1024
    return 0


def run(command):
    _, on = processors()
    memory, status = 0, None
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(["taskset", "-c", str(on), *map(str, command)], stdout=output,
                                   stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while status is None:
            memory = max(memory, memory_now(process))
            pid, code, usage = os.wait4(process.pid, os.WNOHANG)
            status = code if pid else None
            time.sleep(0.05)
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        text = output.read().decode()
    if process.returncode != 0:
        sys.exit(f"load: exit {process.returncode} from {' '.join(map(str, command))}\n{text}")
    return Run(text, usage.ru_utime + usage.ru_stime, memory)


def culprit(build, url, *more):
    made = run([build / "culprit", "load", url, "--json", *more])
    return json.loads(made.output) | {"memory_bytes": made.memory_bytes,
                                      "cpu_seconds": made.cpu_seconds}


def closed(build, url, seconds, *more):
    made = culprit(build, url, "--threads", "1", "--connections", CONNECTIONS, "--duration",
                   f"{seconds}s", *more)
    rate = made["requests_per_second"]
    return rate, made["requests"] / made["cpu_seconds"]


def printed(command, seconds):
    made = run(command)
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", made.output)[1])
    return rate, rate * seconds / made.cpu_seconds


def clients(build, url, seconds, spec):
    """In the order of the table; each gives requests a second, and a second of its processor."""
    return {
        "wrk": lambda: printed(["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", url], seconds),
        "hey": lambda: printed(["hey", "-cpus", "1", "-c", CONNECTIONS, "-z", f"{seconds}s", url],
                               seconds),
        "culprit": lambda: closed(build, url, seconds),
        "culprit, assertions": lambda: closed(build, url, seconds, "--spec", spec),
    }


def progress(text):
    if sys.stderr.isatty():
        print(f"\r{text:50}\r", end="", file=sys.stderr, flush=True)


def measure_speed(build, rounds, seconds):
    with tempfile.TemporaryDirectory() as folder, server(build) as url:
        spec = pathlib.Path(folder) / "spec.toml"
        spec.write_text(SPEC)
        ways = clients(build, url, seconds, spec)
        rates = {name: [] for name in ways}
        for turn in range(rounds):
            names = list(ways)
            for name in names[turn % len(names):] + names[:turn % len(names)]:
                progress(f"round {turn + 1} of {rounds}: {name}")
                rates[name].append(ways[name]())
    progress("")
    return [speed_row(name, found, rates["wrk"]) for name, found in rates.items()]


def ratio_of(ours, theirs):
    ratios = [one / other for one, other in zip(ours, theirs)]
    low, high, confidence = median_interval(ratios)
    return {"median": statistics.median(ratios), "low": low, "high": high,
            "confidence": confidence}


def speed_row(name, runs, of_wrk):
    rates, per_cpu = zip(*runs)
    wrk_rates, wrk_per_cpu = zip(*of_wrk)
    return {"name": name, "requests_per_second": statistics.median(rates),
            "requests_per_cpu_second": statistics.median(per_cpu),
            "times_wrk": ratio_of(rates, wrk_rates),
            "times_wrk_per_cpu": ratio_of(per_cpu, wrk_per_cpu), "all": runs}


def measure_stall(build):
    with server(build, STALL_SECONDS, STALL_AT) as url:
        made = culprit(build, url, "--rate", STALL_RATE, "--duration", f"{STALL_RUN}s")
    latency = made["latency"]
    return {"requests": made["requests"], "bad": made["bad"],
            "p90_seconds": latency["p90_ms"] / 1e3, "p99_seconds": latency["p99_ms"] / 1e3}


def measure_lag(build):
    with server(build) as url:
        made = culprit(build, url, "--rate", STALL_RATE, "--duration", "5s")
    return {"p50_ms": made["lag"]["p50_ms"], "p99_ms": made["lag"]["p99_ms"]}


def measure_memory(build):
    with server(build) as url:
        few, many = (culprit(build, url, "--threads", "1", "--connections", count, "--duration",
                             "2s") for count in (MEMORY_FEW, MEMORY_MANY))
    return {"bytes_per_connection": (many["memory_bytes"] - few["memory_bytes"]) /
            (MEMORY_MANY - MEMORY_FEW), "bytes_all": many["memory_bytes"],
            "connections": MEMORY_MANY}


def ratio_text(ratio):
    return f"{ratio['median']:.2f}  {ratio['low']:.2f} .. {ratio['high']:.2f}"


def table(report):
    yield (f"{'':20} {'requests/s':>11}  {'times wrk (95 %)':22} {'per CPU second':>14}  "
           "times wrk (95 %)")
    for row in report["speed"]:
        yield (f"{row['name']:20} {row['requests_per_second']:11,.0f}  "
               f"{ratio_text(row['times_wrk']):22} {row['requests_per_cpu_second']:14,.0f}  "
               f"{ratio_text(row['times_wrk_per_cpu'])}")
    if report["rounds"] < ROUNDS_LEAST:
        yield (f"{report['rounds']} rounds are too few for 95 %: these are the smallest and "
               "largest")
    stall = report["stall"]
    yield (f"stall of {STALL_SECONDS} s at {STALL_RATE}/s: p90 {stall['p90_seconds']:.3f} s, p99 "
           f"{stall['p99_seconds']:.3f} s of {stall['requests']:,} requests")
    yield (f"behind the plan at {STALL_RATE}/s: p50 {report['lag']['p50_ms']:.3f} ms, p99 "
           f"{report['lag']['p99_ms']:.3f} ms")
    yield (f"memory of a connection: {report['memory']['bytes_per_connection'] / 1e3:.1f} kB; of "
           f"{MEMORY_MANY:,}: {report['memory']['bytes_all'] / 1e6:.0f} MB in all")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build")
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--seconds", type=int, default=3, help="of each run")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    build = args.build.resolve()
    report = {"schema_version": 1, "machine": machine(), "rounds": args.rounds,
              "speed": measure_speed(build, args.rounds, args.seconds),
              "stall": measure_stall(build), "lag": measure_lag(build),
              "memory": measure_memory(build)}
    (build / "bench" / "load.json").write_text(json.dumps(report, indent=2) + "\n")
    print(json.dumps(report, indent=2) if args.json else
          f"{report['machine']['cores']} cores of {report['machine']['cpu']}\n"
          + "\n".join(table(report)))


if __name__ == "__main__":
    main()
