# Two populations, whenever they were: what separates the bad from the good.
$ seq 0 1999 | jq -c '{ts: (1763647200 + .), plan: (if . % 5 == 0 then "pro" else "free" end),'\
'region: (if . % 2 == 0 then "eu" else "us" end),'\
'msg: (if . % 10 == 0 then "pool exhausted" else "request completed" end),'\
'took_ms: (if . % 10 == 0 then 3000 else 20 + . % 7 end)}' > a.ndjson
[exit 0]
$ culprit contrast a.ndjson --bad 'took_ms > 1s'
$ culprit contrast a.ndjson --bad 'took_ms > 1s' --json |\
   jq -c '[.outcome.bad, .rate.after.bad, .who[0].conditions, .templates[0].text]'
# Good may be told too; what is neither is not counted.
$ culprit contrast a.ndjson --bad 'plan = pro and region = eu' --good 'plan = pro' --json |\
   jq -c '[.unit.total, .rate.after.bad, .rate.after.total]'
# Nothing tells them apart: exit 1.
$ culprit contrast a.ndjson --bad 'took_ms > 9s' | head -3
$ culprit contrast a.ndjson
$ culprit contrast a.ndjson --bad 'tok_ms > 1s' | grep NOTE
