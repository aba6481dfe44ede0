#!/usr/bin/env python3
"""What does an investigation of ten gigabytes cost?

Usage: bench/scale.py --build DIR [--bytes N,N,N] [--memory SIZE,SIZE] [--folder DIR]

For each size a shop's gateway log (NDJSON, one incident) is generated, investigated once for each
limit of --memory, and deleted. Then logs that are hard to keep small, at the smallest size but one:
ids in every field, nothing but failures, prose of which no two lines are alike. Reported: seconds,
gigabytes per second and peak memory of the whole process. Exit 1: a peak beyond its limit, or a
gigabyte of the largest log that costs more than COST_GROWTH_MAX times one of the next smaller.
"""
import argparse
import dataclasses
import datetime
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time

import speed

SIZES_DEFAULT = "1e8,1e9,1e10"
MEMORY_DEFAULT = "512MB,128MB"  # 512MB is what culprit itself takes for --memory
# Processor time varies by a tenth between runs; what is sampled is read twice.
COST_GROWTH_MAX = 1.5
WORDS = 20_000
MEBIBYTE = 1 << 20


@dataclasses.dataclass
class Measured:
    log: str
    bytes: int
    memory: str
    seconds: float
    cpu_seconds: float
    memory_bytes: int
    events: int
    exact: bool


def shop(build, folder, size):
    subprocess.run([build / "shop", "--kind", "combination", "--seed", "1", "--format", "ndjson",
                    "--bytes", str(size), "--out", folder], check=True,
                   stdout=subprocess.DEVNULL)
    return folder / "logs" / "gateway.ndjson"


def write_lines(path, size, line_of):
    """Lines of an hour and a half, one in a hundred of them a failure but for the middle third."""
    dice = random.Random(1)
    written = number = 0
    start = datetime.datetime(2025, 11, 20, 13, 0)
    with path.open("w", encoding="utf-8", buffering=1 << 20) as file:
        while written < size:
            part = written / size
            rate = 0.06 if 1 / 3 < part < 2 / 3 else 0.01
            at = start + datetime.timedelta(seconds=5400 * part)
            line = line_of(dice, number, at.isoformat(timespec="milliseconds") + "Z",
                           dice.random() < rate)
            file.write(line)
            written += len(line)
            number += 1
    return path


def ids(build, folder, size):
    del build

    def line(dice, number, at, bad):
        del number
        text = f"{dice.getrandbits(30 * 64):0480x}"
        fields = ",".join(f'"id{i}":"x{text[i * 16:i * 16 + 16]}"' for i in range(30))
        return (f'{{"ts":"{at}","level":"{"error" if bad else "info"}",'
                f'"trace_id":"{text[:32]}",{fields},"status":{500 if bad else 200}}}\n')
    return write_lines(folder / "ids.ndjson", size, line)


def failures(build, folder, size):
    del build

    def line(dice, number, at, bad):
        return (f'{{"ts":"{at}","level":"error","trace_id":"{dice.getrandbits(128):032x}",'
                f'"msg":"{"payment" if bad else "order"} {number} refused",'
                f'"region":"eu-{number % 7}","user":"u{dice.getrandbits(20):x}","status":500}}\n')
    return write_lines(folder / "failures.ndjson", size, line)


def prose(build, folder, size):
    del build
    letters = "abcdefghijklmnopqrstuvwxyz"
    dice = random.Random(2)
    words = ["".join(dice.choices(letters, k=dice.randint(3, 9))) for _ in range(WORDS)]

    def line(dice, number, at, bad):
        del number
        return (f'{{"ts":"{at}","level":"{"error" if bad else "info"}",'
                f'"trace_id":"{dice.getrandbits(128):032x}",'
                f'"msg":"{" ".join(dice.choices(words, k=8))}","status":{500 if bad else 200}}}\n')
    return write_lines(folder / "prose.ndjson", size, line)


def investigate(build, log, memory):
    done = speed.run(speed.Program("culprit", "", [build / "culprit", "investigate", log,
                                                   "--no-case", "--json", "--memory", memory]))
    told = json.loads(done.output)["input"]
    return Measured(log.name, log.stat().st_size, memory, done.seconds, done.cpu_seconds,
                    done.memory_bytes, told["events"], told["exact"])


def measure(build, parent, make, size, memories):
    folder = pathlib.Path(tempfile.mkdtemp(prefix="culprit-scale-", dir=parent))
    try:
        speed.progress(f"generating {size / 1e9:g} GB")
        log = make(build, folder, size)
        for memory in memories:
            speed.progress(f"{size / 1e9:g} GB of {log.name} within {memory}")
            yield investigate(build, log, memory)
    finally:
        shutil.rmtree(folder)


def limit_of(memory):
    return int(memory.removesuffix("MB")) * MEBIBYTE


def row_of(one):
    return {**dataclasses.asdict(one), "gigabytes_per_second": one.bytes / 1e9 / one.seconds,
            "within": one.memory_bytes <= limit_of(one.memory)}


def growth(rows):
    """The processor time of a gigabyte of the largest log over that of the next smaller."""
    rows = sorted((row for row in rows if row["log"] == "gateway.ndjson"),
                  key=lambda row: row["bytes"])
    cost = [row["cpu_seconds"] / row["bytes"] for row in rows]
    return cost[-1] / cost[-2] if len(cost) > 1 else 1


def table(report):
    yield f"{report['machine']['cores']} cores of {report['machine']['cpu']}"
    yield (f"{'log':16} {'GB':>6} {'events':>12} {'--memory':>8} {'seconds':>8} {'GB/s':>6} "
           f"{'cpu s/GB':>8} {'peak MB':>8}")
    for row in report["rows"]:
        yield (f"{row['log']:16} {row['bytes'] / 1e9:6.2f} {row['events']:12,} "
               f"{row['memory']:>8} {row['seconds']:8.1f} {row['gigabytes_per_second']:6.2f} "
               f"{row['cpu_seconds'] / row['bytes'] * 1e9:8.2f} "
               f"{row['memory_bytes'] / MEBIBYTE:8,.0f}"
               f"{'' if row['exact'] else '  sampled'}"
               f"{'' if row['within'] else '  BEYOND THE LIMIT'}")
    for memory, times in report["cost_growth"].items():
        yield f"within {memory}, a gigabyte of the largest log costs {times:.2f} times the last"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--build", type=pathlib.Path, default=speed.ROOT / "build")
    parser.add_argument("--bytes", default=SIZES_DEFAULT)
    parser.add_argument("--memory", default=MEMORY_DEFAULT)
    parser.add_argument("--folder", default=os.environ.get("TMPDIR", "/tmp"),
                        help="where logs are generated; takes the largest of --bytes")
    args = parser.parse_args()
    build = args.build.resolve()
    sizes = sorted(int(float(size)) for size in args.bytes.split(","))
    memories = args.memory.split(",")
    logs = [(shop, size) for size in sizes]
    logs += [(make, sizes[-2] if len(sizes) > 1 else sizes[0]) for make in (ids, failures, prose)]
    started = time.monotonic()
    rows = [row_of(one) for make, size in logs
            for one in measure(build, args.folder, make, size, memories)]
    speed.progress("")
    report = {"schema_version": 1, "machine": speed.machine(), "rows": rows,
              "seconds": time.monotonic() - started,
              "cost_growth": {memory: growth([row for row in rows if row["memory"] == memory])
                              for memory in memories}}
    (build / "bench").mkdir(exist_ok=True)
    (build / "bench" / "scale.json").write_text(json.dumps(report, indent=2) + "\n")
    print("\n".join(table(report)))
    linear = all(times <= COST_GROWTH_MAX for times in report["cost_growth"].values())
    sys.exit(not (linear and all(row["within"] for row in rows)))


if __name__ == "__main__":
    main()
