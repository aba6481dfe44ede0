# Formats are recognised without a flag. Each line below is: events, lines that could not be read,
# the first event's time, what counts as failure, and how many failed.
$ echo '[.input.events, .input.skipped_lines, .input.from, .outcome.bad, .rate.after.bad]' > seen.jq
[exit 0]

# pino: NDJSON with numbers for levels and milliseconds for times.
$ printf '%s\n' \
  '{"level":30,"time":1763647200123,"pid":7,"hostname":"a","msg":"request completed","res":{"statusCode":200}}' \
  '{"level":50,"time":1763647201123,"pid":7,"hostname":"a","msg":"request failed","res":{"statusCode":502}}' > pino.log
[exit 0]
$ culprit investigate pino.log --no-case --json | jq -cf seen.jq
[2,0,"2025-11-20T14:00:00.123Z","res.statusCode >= 500",1]
[exit 0]

# zap: seconds with a fraction.
$ printf '%s\n' \
  '{"level":"info","ts":1763647200.123,"caller":"shop/main.go:12","msg":"order placed"}' \
  '{"level":"error","ts":1763647201.5,"caller":"shop/main.go:31","msg":"order refused"}' > zap.log
[exit 0]
$ culprit investigate zap.log --no-case --json | jq -cf seen.jq
[2,0,"2025-11-20T14:00:00.123Z","level >= error",1]
[exit 0]

# logrus.
$ printf '%s\n' \
  '{"level":"info","msg":"order placed","time":"2025-11-20T14:00:00Z","order":17}' \
  '{"level":"fatal","msg":"order refused","time":"2025-11-20T14:00:01Z","order":18}' > logrus.log
[exit 0]
$ culprit investigate logrus.log --no-case --json | jq -cf seen.jq
[2,0,"2025-11-20T14:00:00.000Z","level >= error",1]
[exit 0]

# bunyan.
$ printf '%s\n' \
  '{"name":"shop","hostname":"a","pid":7,"level":30,"msg":"order placed","time":"2025-11-20T14:00:00.123Z","v":0}' \
  '{"name":"shop","hostname":"a","pid":7,"level":60,"msg":"order refused","time":"2025-11-20T14:00:01.000Z","v":0}' > bunyan.log
[exit 0]
$ culprit investigate bunyan.log --no-case --json | jq -cf seen.jq
[2,0,"2025-11-20T14:00:00.123Z","level >= error",1]
[exit 0]

# structlog.
$ printf '%s\n' \
  '{"event": "order placed", "level": "info", "timestamp": "2025-11-20T14:00:00.123456Z", "order": 17}' \
  '{"event": "order refused", "level": "error", "timestamp": "2025-11-20T14:00:01.000001Z", "order": 18}' > structlog.log
[exit 0]
$ culprit investigate structlog.log --no-case --json | jq -cf seen.jq
[2,0,"2025-11-20T14:00:00.123456Z","level >= error",1]
[exit 0]

# ECS, with nested objects and with dotted names.
$ printf '%s\n' \
  '{"@timestamp":"2025-11-20T14:00:00.123Z","log.level":"info","message":"done","http":{"response":{"status_code":200}}}' \
  '{"@timestamp":"2025-11-20T14:00:01.123Z","log.level":"error","message":"failed","http":{"response":{"status_code":503}}}' > ecs.log
[exit 0]
$ culprit investigate ecs.log --no-case --json | jq -cf seen.jq
[2,0,"2025-11-20T14:00:00.123Z","http.response.status_code >= 500",1]
[exit 0]

# GELF, with the levels of syslog.
$ printf '%s\n' \
  '{"version":"1.1","host":"a","short_message":"order placed","timestamp":1763647200.123,"level":6,"_order":17}' \
  '{"version":"1.1","host":"a","short_message":"order refused","timestamp":1763647201.123,"level":3,"_order":18}' > gelf.log
[exit 0]
$ culprit investigate gelf.log --no-case --json | jq -cf seen.jq
[2,0,"2025-11-20T14:00:00.123Z","level >= error",1]
[exit 0]

# logfmt.
$ printf '%s\n' \
  'time=2025-11-20T14:00:00Z level=info msg="order placed" order=17' \
  'time=2025-11-20T14:00:01Z level=error msg="order refused" order=18 err="no stock"' > order.log
[exit 0]
$ culprit investigate order.log --no-case --json | jq -cf seen.jq
[2,0,"2025-11-20T14:00:00.000Z","level >= error",1]
[exit 0]

# Apache and nginx: common, and combined with the duration behind it.
$ printf '%s\n' \
  '203.0.113.7 - - [20/Nov/2025:15:00:00 +0100] "GET /cart HTTP/1.1" 200 512' \
  '203.0.113.8 - anna [20/Nov/2025:15:00:01 +0100] "POST /pay HTTP/1.1" 504 0' > common.log
[exit 0]
$ culprit investigate common.log --no-case --json | jq -cf seen.jq
[2,0,"2025-11-20T14:00:00.000Z","status >= 500",1]
[exit 0]
$ printf '%s\n' \
  '203.0.113.7 - - [20/Nov/2025:15:00:00 +0100] "GET /cart HTTP/1.1" 200 512 "-" "curl/8.0"' \
  '203.0.113.8 - - [20/Nov/2025:15:00:01 +0100] "POST /pay HTTP/1.1" 504 0 "-" "curl/8.0"' > combined.log
[exit 0]
$ culprit investigate combined.log --no-case --json | jq -cf seen.jq
[2,0,"2025-11-20T14:00:00.000Z","status >= 500",1]
[exit 0]

# CSV with a header; the separator may be a semicolon.
$ printf '%s\n' 'time;status;route' '2025-11-20T14:00:00Z;200;"/cart"' '2025-11-20T14:00:01Z;500;/pay' > requests.csv
[exit 0]
$ culprit investigate requests.csv --no-case --json | jq -cf seen.jq
[2,0,"2025-11-20T14:00:00.000Z","status >= 500",1]
[exit 0]

# Plain text; the lines of a stack trace belong to the event before them.
$ printf '%s\n' \
  '2025-11-20 14:00:00,123 INFO  [main] shop.Orders - order 17 placed' \
  '2025-11-20 14:00:01,123 ERROR [main] shop.Orders - order 18 refused' \
  'java.lang.IllegalStateException: no stock' \
  '    at shop.Orders.place(Orders.java:31)' > orders.log
[exit 0]
$ culprit investigate orders.log --no-case --json | jq -cf seen.jq
[2,0,"2025-11-20T14:00:00.123Z","level >= error",1]
[exit 0]

# A real site's access log.
$ culprit investigate "$CULPRIT_TESTDATA/apache-combined.log" --no-case --json | jq -cf seen.jq
[200,0,"2015-05-17T10:05:03.000Z","status >= 500",0]
[exit 0]

# --format overrules what is recognised.
$ culprit investigate order.log --format ndjson --no-case --json | jq -cf seen.jq
[0,2,null,null,0]
[exit 0]
$ culprit investigate order.log --format xml --no-case
culprit: there is no format xml; there are docker, cri, kubectl, compose, journal, ndjson, json, elasticsearch, cloudtrail, cloudwatch, datadog, loki, otlp, jaeger, iis, haproxy, access, klog, postgresql, mysql, redis, syslog, logfmt, csv, text
  try: leave out --format: it is recognised
[exit 2]
