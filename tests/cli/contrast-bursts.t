# Three bursts of requests, a minute apart: within each of them it is /pay that fails.
$ seq 0 59 | jq -c '{ts: (1763647200 + 60 * (. / 20 | floor) + (. % 20) / 100),'\
'path: (if . % 2 == 0 then "/pay" else "/list" end), status: (if . % 2 == 0 then 500 else 200 end)}'\
 > bursts.ndjson
[exit 0]
$ culprit contrast bursts.ndjson --bad 'status >= 500' | grep -A1 WHO
WHO      path = /pay: 100% of the failures, 61x the risk (q < 1e-9); 100% of 30 fail there, 0%
         elsewhere
[exit 0]
$ culprit investigate bursts.ndjson --json | jq -c '[.who[0].conditions, .who[0].bad]'
[["path = /pay"],30]
[exit 0]
# Where a whole burst fails, its host names the burst and nothing else.
$ seq 0 59 | jq -c '{ts: (1763647200 + 60 * (. / 20 | floor) + (. % 20) / 100),'\
'path: (if . % 2 == 0 then "/pay" else "/list" end), host: "h\(. / 20 | floor)",'\
'status: (if . >= 20 and . < 40 then 500 else 200 end)}' > whole.ndjson
[exit 0]
$ culprit contrast whole.ndjson --bad 'status >= 500' | grep -A1 WHO
WHO      everyone alike: no field separates what failed from what did not
         looks like status = 500 (100%)
[exit 0]
