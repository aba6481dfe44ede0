"""Metrics around the incident of a shop's truth.json, as OpenMetrics: for investigate-metrics.t."""
import datetime
import json
import random
import sys

onset = datetime.datetime.fromisoformat(
    json.load(open(sys.argv[1], encoding="utf-8"))["onset"]).timestamp()
random.seed(1)
start = int(onset) - 1800


def series(name, kind, step, phase, moved, before, after):
    """Levels before and from `moved` seconds after the onset; of counters, per second."""
    print(f"# TYPE {name} {kind}")
    count, last = 0, start
    at = start + phase
    while at < onset + 600:
        share = min(1, max(0, (at - onset - moved) / (at - last)))
        noise = random.uniform(0.95, 1.05)
        if kind == "counter":
            count += (before + share * (after - before)) * (at - last) * noise
            print(f'{name}_total{{service="pay"}} {count:.0f} {at:.3f}')
        else:
            print(f'{name}{{service="pay"}} {(after if share > 0 else before) * noise:.3f} {at:.3f}')
        last, at = at, at + step


series("pool_wait_ms", "gauge", 5, 1, -8, 12, 480)
series("db_connections", "gauge", 5, 2, 24, 20, 60)
series("http_requests", "counter", 10, 3, 1e9, 40, 0)
series("payment_timeouts", "counter", 10, 4, 3, 2, 30)
series("heap_bytes", "gauge", 15, 4, 1e9, 5e8, 0)
print("# EOF")
