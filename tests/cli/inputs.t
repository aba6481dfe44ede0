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

# Records that are not lines: documents, exports, the journal, lines in parts; damage costs one record.
$ cp "$CULPRIT_TESTDATA"/*.json "$CULPRIT_TESTDATA"/journal.export "$CULPRIT_TESTDATA"/*-parts.log .
[exit 0]
$ culprit inputs *.json journal.export *-parts.log --json | jq -c '.sources[] | [.source, .format, .events, .skipped_lines]'
["cloudtrail.json","cloudtrail",3,0]
["cloudwatch-filter.json","cloudwatch(text)",4,0]
["cloudwatch-insights.json","cloudwatch(ndjson)",3,0]
["concatenated.json","json",4,0]
["cut-search.json","elasticsearch",0,0]
["datadog-logs.json","datadog",3,0]
["elasticdump.json","elasticsearch(access)",4,0]
["elasticsearch-fields.json","elasticsearch",3,0]
["elasticsearch-search.json","elasticsearch",4,0]
["garbage-array.json","json",3,2]
["gcloud-read.json","json",6,0]
["github-events.json","json",6,0]
["jaeger-page.json","jaeger",4,0]
["jaeger-trace.json","jaeger",5,0]
["jaeger-traces.json","jaeger",4,0]
["journal.json","journal",3,0]
["loki-query-range.json","loki(logfmt)",6,0]
["otlp-logs.json","otlp",3,0]
["otlp-traces.json","otlp",3,0]
["pino-pretty.json","json",4,0]
["journal.export","journal",3,0]
["cri-parts.log","cri(logfmt)",4,0]
["docker-parts.log","docker(ndjson)",3,0]
[exit 0]
$ culprit inputs garbage-array.json otlp-traces.json
garbage-array.json
format     json
events     3 in 370 bytes
time       2025-11-20T14:03:10.000Z to 2025-11-20T14:03:14.000Z
zone       its times name their zone
fields     level (text 2), msg, ts, order (number 3)
failure    level >= error
skipped    2 lines, the first is line 5: <html><body>502 Bad Gateway</body></html>

otlp-traces.json
format     otlp
events     3 in 3,235 bytes
time       2025-11-20T14:03:12.123456789Z to 2025-11-20T14:03:14.123456789Z
zone       its times name their zone
fields     duration_ms (number 1), exception.message (text 1), exception.type (text 1),
           host.name (text 1), http.response.status_code (number 2), level (text 2), message,
           service.name (text 1), service.version (text 1), span.kind (number 1), span.name (text
           1), span_id (text 3), timestamp, trace_id, GET (text 1)
joined by  trace_id
failure    http.response.status_code >= 500 or has(exception.message) or
           has(exception.type) or level >= error
[exit 0]
$ culprit logs cri-parts.log
cri-parts.log:0    2025-11-20T14:03:12.500000001Z stdout F level=info msg=ready took=2ms
cri-parts.log:70   2025-11-20T14:03:13.500000001Z stdout F level=error msg="payment refused for a very long reason" took=900ms
cri-parts.log:150  2025-11-20T14:03:13.500000002Z stderr F level=warn msg="queue is long" depth=90
cri-parts.log:340  2025-11-20T14:03:14.500000001Z stdout F level=info msg=done took=3ms
[exit 0]
$ culprit logs cut-search.json garbage-array.json
garbage-array.json:4     {"ts":"2025-11-20T14:03:10Z","level":"info","msg":"order 1 paid"}
garbage-array.json:84    <html><body>502 Bad Gateway</body></html>
garbage-array.json:128   {"ts":"2025-11-20T14:03:12Z","level":"error","msg":"order 2 re
cut-search.json:237      {"@timestamp":"2025-11-20T14:03:10.123Z","log":{"level":"info"},"message":"order 0 paid","service":{"name":"shop"},"http":{"response":{"status_code":200}}}
cut-search.json:497      {"@timestamp":"2025-11-20T14:03:11.123Z","log":{"level":"info"},"message":"order 1 paid","service":{"name":"shop"},"http":{"response":{"status_code":200}}}
cut-search.json:757      {"@timestamp":"2025-11-20T14:03:12.123Z","log":{"level":"error"},"message":"order 2 refused","service":{"name":"shop"},"http":{"response":{"status_code":503}}}
cut-search.json:1021     {"@timestamp":"2025-11-20T14:03:13.123Z","log":{"level
garbage-array.json:203   {"ts":"2025-11-20T14:03:13Z","level":"info","msg":"order 3 paid"}
garbage-array.json:285   {"ts":"2025-11-20T14:03:14Z","level":"error","msg":"order 4 refused"}
[exit 0]
$ culprit logs loki-query-range.json --where 'pod = shop-9c2a and level = error' --json | jq -c '[.offset, .level, .fields.took, .line]'
[475,"error","1ms","{\"timestamp\":\"1763647393123000001\",\"app\":\"shop\",\"namespace\":\"prod\",\"pod\":\"shop-9c2a\",\"message\":\"level=error msg=\\\"order 1 refused\\\" took=1ms\"}"]
[exit 0]
