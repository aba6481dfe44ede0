# A job that fails every night at two is no incident; what fails on the third afternoon is one.
$ echo '{ s = $1 * 30; h = int(s / 3600) % 24; often = h == 2 ? 6 : n && s >= 228600 ? 20 : 500;'\
'printf "{\"ts\":\"2025-11-%02dT%02d:%02d:%02dZ\",\"status\":%d}\n", 17 + int(s / 86400), h,'\
'int(s / 60) % 60, s % 60, $1 % often == 0 ? 500 : 200 }' > make.awk
[exit 0]
$ seq 0 11519 | awk -f make.awk > quiet.ndjson
[exit 0]
$ culprit investigate quiet.ndjson | sed -n '/WHEN/,$p'
WHEN     nothing moved: 0.89% of events failed (0.74%..1.1%, 95%), with no change in their rate, in
         latency or in volume
[exit 0]
$ seq 0 11519 | awk -v n=1 -f make.awk > afternoon.ndjson
[exit 0]
$ culprit investigate afternoon.ndjson | sed -n '/WHEN/,/since,/p'
WHEN     since 2025-11-19T15:24:00.000Z (2025-11-19T03:24:00.000Z..2025-11-19T17:12:01.000Z, 95%), a
         step: 1.2% -> 5.3% of events (4.6x), still going on
         each hour is compared with the same hour of other days
         ▁▇▅▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▇▅▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▇▅▁▁▁▁▁▁▁▁▁▂▄▄▄▄▄▄▄▄██▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄
                                                             ^ (^ onset)
         209 failed since, the last at 2025-11-20T23:50:00.000Z
[exit 0]
$ culprit investigate afternoon.ndjson --json | jq -c '.when | [.found, .shape, .season_seconds]'
[true,"step",86400]
[exit 0]
