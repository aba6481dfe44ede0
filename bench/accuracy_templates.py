#!/usr/bin/env python3
"""Are the templates right? culprit's, on logs whose lines carry the format string that made them.

Usage: bench/accuracy_templates.py --build DIR [--json] [--misses] [--floors] [KIND]...

GA, grouping accuracy: the share of lines whose group is exactly that of their format string, line
for line. FGA: the F1 of groups, found ones against true ones, where only equal sets count. Every
kind is read with the same setting: none. Two baselines run beside it: each distinct message with
its digits masked, and a plain Drain (bench/drain.py); both are given the lines without the time,
host, process and level before the message, by a pattern for each kind; culprit finds that out. The
labels are those of tests/data/templates. Kinds tuned on and kinds held out have their own
means. --misses lists what was not found; --floors fails where a mean is below its floor.
"""
import argparse
import collections
import json
import pathlib
import re
import statistics
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import drain  # pylint: disable=wrong-import-position
import label_templates  # pylint: disable=wrong-import-position

RUN_SECONDS_MAX = 120
MISSES_SHOWN = 12
# Labelled before the miner first read them, and not looked at while it was tuned.
HELD_OUT = ("etcd", "lighttpd", "proftpd", "rabbitmq", "squid", "stunnel")
# Measured less .02: what is lost is to be seen before it is landed.
FLOORS = {"tuned": {"ga": .86, "fga": .82}, "held out": {"ga": .76, "fga": .87}}


def sets_of(labels):
    lines = collections.defaultdict(list)
    for number, label in enumerate(labels):
        lines[label].append(number)
    return {tuple(numbers) for numbers in lines.values()}


def score(found, truth):
    """GA and FGA of one labelling of the lines against another."""
    found_sets, true_sets = sets_of(found), sets_of(truth)
    right = found_sets & true_sets
    return {"ga": sum(map(len, right)) / len(truth),
            "fga": 2 * len(right) / (len(found_sets) + len(true_sets)),
            "groups": len(found_sets)}


def culprit_templates(build, path):
    """The template of each line, as `culprit logs` tells it; the lines of one record share it."""
    done = subprocess.run([build / "culprit", "logs", path, "--json"], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, check=True, timeout=RUN_SECONDS_MAX)
    rows = map(json.loads, done.stdout.splitlines())
    at = {row["offset"]: row["template"] and (row["template"]["id"], row["template"]["text"])
          for row in rows}
    templates, offset, last = [], 0, None
    for line in path.read_bytes().split(b"\n")[:-1]:
        last = at.get(offset, last)
        templates.append(last)
        offset += len(line) + 1
    return templates


def measure(build, name):
    kind = label_templates.Kind(name)
    truth = (label_templates.FOLDER / f"{name}.labels").read_text("utf8").split()
    bare = [kind.content(line) for line in kind.lines()]
    templates = culprit_templates(build, label_templates.FOLDER / f"{name}.log")
    return {"kind": name, "lines": len(truth), "templates": len(set(truth)),
            "culprit": score(templates, truth),
            "drain": score(drain.groups(bare), truth),
            "masked": score([re.sub(r"\d+", "0", message) for message in bare], truth),
            "misses": misses(templates, truth, {one.name: one.text for one in kind.formats})}


def misses(templates, truth, texts):
    """The true groups that are not found: how many lines, the format, what they became."""
    found_sets = sets_of(templates)
    made = []
    for label, count in collections.Counter(truth).most_common():
        numbers = tuple(n for n, one in enumerate(truth) if one == label)
        if numbers in found_sets:
            continue
        became = collections.Counter(templates[n] and templates[n][1] for n in numbers)
        others = {truth[n] for n, one in enumerate(templates) if one in
                  {templates[m] for m in numbers}} - {label}
        made.append({"lines": count, "format": texts[label], "templates": len(became),
                     "with": sorted(texts[other] for other in others),
                     "became": [text for text, _ in became.most_common(4)]})
    return made


def show(results, wanted):
    print(f"{'kind':12} {'lines':>6} {'true':>5} {'found':>5}   {'culprit':^13}   {'Drain':^13}"
          f"   {'masked':^13}")
    print(f"{'':31}" + 3 * "      GA    FGA ")
    for one in results:
        print(f"{one['kind']:12} {one['lines']:6} {one['templates']:5}"
              f" {one['culprit']['groups']:5}  " +
              "  ".join(f"{one[who]['ga']:7.3f}{one[who]['fga']:7.3f}"
                        for who in ("culprit", "drain", "masked")))
    for name, part in parts(results).items():
        print(f"{'mean, ' + name:31}" + "  ".join(f"{mean(part, who, 'ga'):7.3f}"
                                                  f"{mean(part, who, 'fga'):7.3f}"
                                                  for who in ("culprit", "drain", "masked")))
    for one in results if wanted.misses else ():
        for miss in one["misses"][:MISSES_SHOWN]:
            print(f"\n{one['kind']}: {miss['lines']} lines of {miss['format']!r}\n"
                  f"  {miss['templates']} templates, with {miss['with']}")
            print(*(f"    {text}" for text in miss["became"]), sep="\n")


def mean(results, who, what):
    return statistics.mean(one[who][what] for one in results)


def parts(results):
    """The results of the kinds that served for tuning, and of those held out."""
    made = {"tuned": [one for one in results if one["kind"] not in HELD_OUT],
            "held out": [one for one in results if one["kind"] in HELD_OUT]}
    return {name: part for name, part in made.items() if part}


def below_floors(results):
    return [f"{name}: {what} {mean(part, 'culprit', what):.3f}, floor {floor}"
            for name, part in parts(results).items()
            for what, floor in FLOORS[name].items() if mean(part, "culprit", what) < floor]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("kinds", nargs="*")
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--misses", action="store_true")
    parser.add_argument("--floors", action="store_true")
    wanted = parser.parse_args()
    kinds = wanted.kinds or sorted(path.stem for path in label_templates.FOLDER.glob("*.labels"))
    results = [measure(wanted.build, kind) for kind in kinds]
    if wanted.json:
        means = {name: {who: {what: mean(part, who, what) for what in ("ga", "fga")}
                        for who in ("culprit", "drain", "masked")}
                 for name, part in parts(results).items()}
        print(json.dumps({"mean": means, "kinds": results}))
    else:
        show(results, wanted)
    faults = below_floors(results) if wanted.floors else []
    print(*faults, sep="\n", end="\n" if faults else "", file=sys.stderr)
    return sys.exit(bool(faults))


if __name__ == "__main__":
    main()
