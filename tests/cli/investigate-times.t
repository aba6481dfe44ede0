# Times that name no zone are taken as UTC, and that is said; --tz names another.
$ for minute in $(seq 10 59); do for second in $(seq 10 59); do \
  [ $minute -ge 40 ] && level=ERROR || level=INFO; \
  echo "2025-11-20 14:$minute:$second $level order $second placed"; done; done > shop.log
[exit 0]
$ culprit investigate shop.log --no-case --json | jq -c '[.input.from, .when.onset, .warnings[].code]'
["2025-11-20T14:10:10.000Z","2025-11-20T14:39:59.041041860Z","zone_assumed"]
[exit 0]
$ culprit investigate shop.log --no-case --tz Europe/Berlin --json | \
  jq -c '[.input.from, .when.onset, .warnings[].code]'
["2025-11-20T13:10:10.000Z","2025-11-20T13:39:59.041041860Z"]
[exit 0]
$ culprit investigate shop.log --no-case --tz +05:30 --json | jq -c '[.input.from, .when.onset]'
["2025-11-20T08:40:10.000Z","2025-11-20T09:09:59.041041860Z"]
[exit 0]

# --since and --until leave out events; a clock time is one of the zone given.
$ culprit investigate shop.log --no-case --json --since 2025-11-20T14:20:00Z --until 2025-11-20T14:50:00Z | \
  jq -c '.input | [.events, .from, .to]'
[1500,"2025-11-20T14:20:10.000Z","2025-11-20T14:49:59.000Z"]
[exit 0]
$ culprit investigate shop.log --no-case --json --until 2025-11-20T14:39:00Z | jq -c '[.input.to, .when.found]'
["2025-11-20T14:38:59.000Z",false]
[exit 0]
