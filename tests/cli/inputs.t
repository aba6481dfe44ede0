# What was recognised in each source, one by one, with what could not be read.
$ printf '%s\n' '{"ts":"2025-11-20T14:03:12Z","level":"info","msg":"ready","trace_id":"a1b2c3d4","status":200}' '{"ts":"2025-11-20T14:03:13Z","level":"error","msg":"refused","trace_id":"a1b2c3d5","status":503}' '{"ts": cut' > app.ndjson
[exit 0]
$ printf '%s\n' '2025-11-20 14:03:12.123 UTC [12] shop@orders ERROR:  duplicate key' '2025-11-20 14:03:12.123 UTC [12] shop@orders DETAIL:  Key (id)=(7) already exists.' > pg.log
[exit 0]
$ printf '%s\n' 'web-1  | level=info msg=ready took=2ms' 'web-1  | level=warn msg=slow took=900ms' > compose.log
[exit 0]
$ printf '%s\n' '2025-11-20 14:03:12 INFO ready' > text.log
[exit 0]
$ culprit inputs app.ndjson pg.log compose.log text.log gone.log
app.ndjson
format     ndjson
events     2 in 202 bytes
time       2025-11-20T14:03:12.000Z to 2025-11-20T14:03:13.000Z
zone       its times name their zone
fields     level (text 2), msg, status (number 2), trace_id, ts
joined by  trace_id
failure    status >= 500 or level >= error
skipped    1 line, the first is line 3: {"ts": cut

pg.log
format     postgresql
events     1 in 150 bytes
time       2025-11-20T14:03:12.123Z to 2025-11-20T14:03:12.123Z
zone       its times name their zone
fields     database (text 1), level (text 1), pid (number 1), user (text 1)
failure    level >= error

compose.log
format     compose(logfmt)
events     2 in 79 bytes
fields     container (text 1), level (text 2), msg, took (text 2)
failure    level >= error

text.log
format     text
events     1 in 31 bytes
time       2025-11-20T14:03:12.000Z to 2025-11-20T14:03:12.000Z
zone       UTC (taken, none is written; see --tz)
fields     level (text 1)
failure    level >= error

gone.log
unread     no such file or directory: gone.log
[exit 0]
$ culprit inputs text.log --tz Europe/Berlin --json | jq -c '.sources[] | [.format, .zone, .zone_assumed, .from]'
["text","Europe/Berlin",false,"2025-11-20T13:03:12.000Z"]
[exit 0]
$ culprit inputs app.ndjson --json | jq -c '.sources[0] | [.correlation, .could_fail, .skipped_lines, .first_skipped]'
[["trace_id"],["status >= 500 or level >= error"],1,{"line":3,"text":"{\"ts\": cut"}]
[exit 0]
$ culprit inputs gone.log
culprit: no such file or directory: gone.log
  try: name a file, a folder with logs in it, a glob, or - for standard input
[exit 3]
