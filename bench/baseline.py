"""What an engineer gets from counting lines: the answers every investigation has to beat.

The error lines of each minute are counted; the incident began in the minute that rises most above
what went before; whom it concerns is the value whose share among error lines exceeds its share
among all lines most; the last deploy before that is to blame. The answers have the form of
`culprit investigate --json`, as far as they go.
"""
import collections
import datetime
import json
import math
import re

VALUES_MAX = 200  # a field with more values is an id
RESTATES = {"ts", "level", "msg", "status", "trace_id", "request_id", "duration_ms"}
SAMPLE = 10       # every so many lines stand for all lines
TIME = re.compile(r'"ts":"(.{16})')
ALARM_DEVIATIONS = 4  # of a Poisson count; about one minute in 30,000 by chance


def flat(record, prefix=""):
    for name, value in record.items():
        if isinstance(value, dict):
            yield from flat(value, f"{prefix}{name}.")
        else:
            yield prefix + name, str(value).lower() if isinstance(value, bool) else str(value)


def bad_line(bad):
    """A pattern of the lines that failed; `bad` is of the form `field = value`."""
    field, value = re.fullmatch(r'([\w.]+) = "?([^"]*)"?', bad or "level = error").groups()
    return re.compile(rf'"{field}":"?{value}"?[,}}]')


class Counts:
    def __init__(self):
        self.minutes = collections.Counter()
        self.all = collections.Counter()
        self.bad = collections.Counter()
        self.values = collections.defaultdict(set)
        self.lines = self.bad_lines = 0

    def add(self, fields, failed, sampled):
        self.lines += sampled
        self.bad_lines += failed
        for pair in fields.items():
            if pair[0] not in RESTATES and len(self.values[pair[0]]) <= VALUES_MAX:
                self.values[pair[0]].add(pair[1])
                self.all[pair] += sampled
                self.bad[pair] += failed


def count(log, bad):
    counts, failure = Counts(), bad_line(bad)
    with log.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            failed = bool(failure.search(line))
            counts.minutes[TIME.search(line)[1]] += failed
            if failed or number % SAMPLE == 0:
                counts.add(dict(flat(json.loads(line))), failed, number % SAMPLE == 0)
    return counts


def risen_minute(minutes):
    """The minute that rises most above the mean before it, and by how many deviations."""
    best, most, before = None, 0.0, []
    for minute, errors in sorted(minutes.items()):
        if before:
            mean = sum(before) / len(before)
            rise = (errors - mean) / math.sqrt(mean + 1)
            if rise > most:
                best, most = minute, rise
        before.append(errors)
    return best, most


def who(counts):
    def lead(pair):
        return counts.bad[pair] / counts.bad_lines - counts.all[pair] / counts.lines
    known = [pair for pair in counts.all if len(counts.values[pair[0]]) <= VALUES_MAX]
    if not counts.bad_lines or not known:
        return []
    field, value = max(known, key=lead)
    return [{"where": f"{field} = {value}", "conditions": [f"{field} = {value}"]}]


def last_deploy(deploys, minute):
    before = [deploy for deploy in map(json.loads, deploys.read_text().splitlines())
              if deploy["time"][:16] <= minute]
    return [{"kind": "deploy", "id": before[-1]["version"], "probability": 1}] if before else []


def investigate(directory, bad):
    counts = count(directory / "logs" / "gateway.ndjson", bad)
    minute, deviations = risen_minute(counts.minutes)
    if deviations < ALARM_DEVIATIONS:
        return {"when": {"found": False}}
    begin = datetime.datetime.fromisoformat(minute + ":00+00:00")
    one = datetime.timedelta(minutes=1)
    return {"when": {"found": True, "shape": "step", "onset": begin.isoformat(),
                     "interval": {"from": (begin - one).isoformat(),
                                  "to": (begin + 2 * one).isoformat()}},
            "who_verdict": "segment", "who": who(counts),
            "changes": last_deploy(directory / "deploys.ndjson", minute)}
