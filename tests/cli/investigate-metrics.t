# Which metric moved first? Five series around a planted incident: one before the errors, two with
# or after them, two that do not move.
$ shop --kind combination --seed 1 --minutes 20 --rate 20 --format ndjson --out . \
  && python3 "$CULPRIT_TESTDATA/metrics/make.py" truth.json > metrics.txt && gzip -k metrics.txt
[exit 0]
$ culprit investigate logs --no-case --metrics metrics.txt | grep -A 8 '^METRICS'
METRICS  pool_wait_ms{service="pay"} moved first, 100%: 12 -> 482 (+901 sd), 8.95s before the
         errors, though not surely
         ▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▇███████████████████          
         payment_timeouts_total{service="pay"}, first with under 1%: 2 -> 30.1 per second (+190 sd),
         615ms after the errors, though not surely
         ▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▃███████████████████          
         db_connections{service="pay"}, first with under 1%: 20 -> 60.3 (+52 sd), 22s after the
         errors
         3 of 5 series moved
[exit 0]
$ culprit investigate logs --no-case --metrics metrics.txt.gz --json > found.json
[exit 0]
$ jq -c '.metrics[0] | keys_unsorted' found.json
["name","labels","moved_at","p_first","effect","at","after_errors_seconds","probability","shape","of","before","after"]
[exit 0]
$ jq -c '[.metrics[].name], (.metrics[0] | .labels, .of, .shape, .p_first > 0.9)' found.json
["pool_wait_ms","payment_timeouts_total","db_connections"]
{"service":"pay"}
"value"
"step"
true
[exit 0]

# It lies in the interval that is told: eight seconds before the errors.
$ jq -r --slurpfile truth truth.json '.metrics[0].moved_at | [.from, .to, $truth[0].onset] | join(" ")' found.json
2025-11-20T13:38:31.049Z 2025-11-20T13:38:35.950Z 2025-11-20T13:38:40.160Z
[exit 0]

# What cannot be read of it is told; where nothing can be, that is an error.
$ { cat metrics.txt; echo 'pool_wait_ms{service="pay} 1 1763645920'; } > broken.txt \
  && culprit investigate logs --no-case --metrics broken.txt | grep -A 1 NOTE
NOTE     broken.txt: 1 of its samples could not be read; the first, line 1607: a label's quotes are
         not closed
[exit 0]
$ echo 'up 1' > untimed.txt; culprit investigate logs --no-case --metrics untimed.txt
culprit: untimed.txt holds no metrics with timestamps
  while reading --metrics
  try: --metrics takes OpenMetrics or Prometheus text with timestamps, query_range JSON, CSV, or prometheus+http://HOST:PORT
[exit 3]
$ culprit investigate logs --no-case --metrics nothing/
culprit: no such file or directory: nothing/
  while reading --metrics
  try: --metrics takes OpenMetrics or Prometheus text with timestamps, query_range JSON, CSV, or prometheus+http://HOST:PORT
[exit 3]

# A server that does not answer: the rest of the report stands, and the exit says it.
$ culprit investigate logs --no-case --metrics prometheus+http://127.0.0.1:1 > report.txt; \
  echo "exit $?"; grep -c WHO report.txt
exit 5
1
[exit 0]
$ culprit investigate logs --no-case --metrics prometheus+http:// 2>&1 | tail -3
culprit: prometheus+http:// names no server
  try: prometheus+http://127.0.0.1:9090
[exit 0]

# Where the logs tell no onset, the metrics alone do.
$ echo '{"ts":"2025-11-20T13:30:00Z","status":200}' > quiet.ndjson \
  && culprit investigate quiet.ndjson --no-case --metrics metrics.txt | grep -A 9 '^METRICS'
METRICS  the logs tell no onset; the metrics alone:
         pool_wait_ms{service="pay"} moved first, 100%: 12 -> 482 (+901 sd), at
         2025-11-20T13:38:33.500Z (13:38:31.049Z..13:38:35.950Z)
         ▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁█████████████████████         
         payment_timeouts_total{service="pay"}, first with under 1%: 2 -> 30.1 per second (+190 sd),
         at 2025-11-20T13:38:43.062Z (13:38:42.756Z..13:38:43.369Z)
         ▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▃███████████████████          
         db_connections{service="pay"}, first with under 1%: 20 -> 60.3 (+52 sd), at
         2025-11-20T13:39:04.500Z (13:39:02.049Z..13:39:06.950Z)
         3 of 5 series moved
[exit 0]
