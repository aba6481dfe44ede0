# --where shows the events that satisfy a condition; with --units, everything that happened to the
# requests one of whose events does.
$ printf '%s\n' '{"ts":"2025-11-20T14:03:10Z","msg":"began","request_id":"r-1","route":"/cart"}' \
    '{"ts":"2025-11-20T14:03:11Z","msg":"began","request_id":"r-2","route":"/pay"}' \
    '{"ts":"2025-11-20T14:03:12Z","msg":"ended","request_id":"r-1","status":200}' \
    '{"ts":"2025-11-20T14:03:13Z","msg":"pool is empty, waited 3000 ms","request_id":"r-2"}' \
    '{"ts":"2025-11-20T14:03:14Z","msg":"ended","request_id":"r-2","status":504}' > app.ndjson
[exit 0]
$ culprit logs app.ndjson --where 'status >= 500'
app.ndjson:320  {"ts":"2025-11-20T14:03:14Z","msg":"ended","request_id":"r-2","status":504}
[exit 0]
$ culprit logs app.ndjson --where 'status >= 500 and route = /pay' --units
app.ndjson:79   {"ts":"2025-11-20T14:03:11Z","msg":"began","request_id":"r-2","route":"/pay"}
app.ndjson:233  {"ts":"2025-11-20T14:03:13Z","msg":"pool is empty, waited 3000 ms","request_id":"r-2"}
app.ndjson:320  {"ts":"2025-11-20T14:03:14Z","msg":"ended","request_id":"r-2","status":504}
[exit 0]
# What a message tells counts as a field.
$ culprit logs app.ndjson --where 'waited > 1000'
app.ndjson:233  {"ts":"2025-11-20T14:03:13Z","msg":"pool is empty, waited 3000 ms","request_id":"r-2"}
[exit 0]
$ culprit logs app.ndjson --units
culprit: --units shows the whole units that --where selects
  try: --units --where 'status >= 500'
[exit 2]
$ culprit logs app.ndjson --where 'status >='
culprit: a value is missing here
    status >=
             ^
  while reading --where
  try: values with spaces or symbols take quotes
[exit 2]
