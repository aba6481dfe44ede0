#!/usr/bin/env python3
"""Whatever CULPRIT_SIMD says, the reports are the same bytes: what each level of this machine says
of the logs in tests/data, one after the other and all at once."""
import argparse
import os
import pathlib
import subprocess
import sys

LEVELS = ("scalar", "sse2", "avx2")
ROOT = pathlib.Path(__file__).resolve().parent.parent


def run(culprit, level, *words):
    environment = {**os.environ, "CULPRIT_SIMD": level, "TZ": "UTC"}
    done = subprocess.run([culprit, *words], env=environment, capture_output=True, check=False,
                          cwd=ROOT / "tests" / "data", timeout=60)
    return done.returncode, done.stdout, done.stderr


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--build", default="build")
    culprit = pathlib.Path(options.parse_args().build, "culprit").resolve()
    logs = sorted(path.name for path in (ROOT / "tests" / "data").iterdir() if path.is_file())
    calls = [("logs", "--json", log) for log in logs]
    calls += [("inputs", "--json", *logs), ("investigate", "--json", "--no-case", *logs)]
    levels = [level for level in LEVELS if run(culprit, level, "inputs", logs[0])[0] != 2]
    if levels[0] != "scalar" or run(culprit, "sse5", "inputs", logs[0])[0] != 2:
        sys.exit("CULPRIT_SIMD is not heard")
    failed = 0
    for call in calls:
        said = [run(culprit, level, *call) for level in levels]
        if any(one != said[0] for one in said):
            failed += 1
            print(f"differs between {', '.join(levels)}: culprit {' '.join(call)[:200]}")
    print(f"{len(calls)} reports by {', '.join(levels)}: {failed} differ")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
