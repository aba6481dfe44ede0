# Times that name no zone are taken as UTC, and that is said; --tz names another.
$ for minute in $(seq 10 59); do for second in $(seq 10 59); do \
  [ $minute -ge 40 ] && level=ERROR || level=INFO; \
  echo "2025-11-20 14:$minute:$second $level order $second placed"; done; done > shop.log
[exit 0]
$ culprit investigate shop.log --no-case --json | jq -c '[.input.from, .when.onset, .warnings[].code]'
["2025-11-20T14:10:10.000Z","2025-11-20T14:40:00.000Z","zone_assumed"]
[exit 0]
$ culprit investigate shop.log --no-case --tz Europe/Berlin --json | \
  jq -c '[.input.from, .when.onset, .warnings[].code]'
["2025-11-20T13:10:10.000Z","2025-11-20T13:40:00.000Z"]
[exit 0]
$ culprit investigate shop.log --no-case --tz +05:30 --json | jq -c '[.input.from, .when.onset]'
["2025-11-20T08:40:10.000Z","2025-11-20T09:10:00.000Z"]
[exit 0]

# --since and --until leave out events; a clock time is one of the zone given.
$ culprit investigate shop.log --no-case --json --since 2025-11-20T14:20:00Z --until 2025-11-20T14:50:00Z | \
  jq -c '.input | [.events, .from, .to]'
[1500,"2025-11-20T14:20:10.000Z","2025-11-20T14:49:59.000Z"]
[exit 0]
$ culprit investigate shop.log --no-case --json --until 2025-11-20T14:39:00Z | jq -c '[.input.to, .when.found]'
["2025-11-20T14:38:59.000Z",false]
[exit 0]

# A clock time is of the day of the newest event, -20m before it, whatever today is; of a log that
# runs over midnight the begin is the one that the newest event has reached.
$ culprit investigate shop.log --no-case --json --since 14:20 --until 14:50 | jq -c '.input | [.events, .from, .to]'
[1500,"2025-11-20T14:20:10.000Z","2025-11-20T14:49:59.000Z"]
[exit 0]
$ culprit investigate shop.log --no-case --json --since -20m | jq -c '.input | [.events, .from, .to]'
[1001,"2025-11-20T14:39:59.000Z","2025-11-20T14:59:59.000Z"]
[exit 0]
$ culprit investigate shop.log --no-case --json --since 14:20 --until 14:50 --tz Europe/Berlin | jq -c '.input | [.events, .from, .to]'
[1500,"2025-11-20T13:20:10.000Z","2025-11-20T13:49:59.000Z"]
[exit 0]
$ culprit investigate - --no-case --json --since -20m < shop.log | jq -c '.input | [.events, .from, .to]'
[1001,"2025-11-20T14:39:59.000Z","2025-11-20T14:59:59.000Z"]
[exit 0]
$ gzip -k shop.log; culprit investigate shop.log.gz --no-case --json --since 14:20 | jq -c '.input | [.events, .from, .to]'
[2000,"2025-11-20T14:20:10.000Z","2025-11-20T14:59:59.000Z"]
[exit 0]
$ seq 0 10799 | jq -r '"\(1763676000 + . | todate) \(if . > 6000 then "ERROR" else "INFO" end) order placed"' > night.log
[exit 0]
$ culprit investigate night.log --no-case --json --since 23:30 | jq -c '.input | [.events, .from, .to]'
[5400,"2025-11-20T23:30:00.000Z","2025-11-21T00:59:59.000Z"]
[exit 0]
$ culprit investigate shop.log --no-case --since yesterday
culprit: --since yesterday is no time
  try: --since 2025-11-20T14:03:00Z   or 14:03, 14:03:12, -2h
[exit 2]
