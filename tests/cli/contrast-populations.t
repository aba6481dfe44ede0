# Two populations, whenever they were: what separates the bad from the good.
$ seq 0 1999 | jq -c '{ts: (1763647200 + .), plan: (if . % 5 == 0 then "pro" else "free" end),'\
'region: (if . % 2 == 0 then "eu" else "us" end),'\
'msg: (if . % 10 == 0 then "pool exhausted" else "request completed" end),'\
'took_ms: (if . % 10 == 0 then 3000 else 20 + . % 7 end)}' > a.ndjson
[exit 0]
$ culprit contrast a.ndjson --bad 'took_ms > 1s'
READ     1 source, 2,000 events, 2025-11-20T14:00:00.000Z to 14:33:19Z; all counts exact
         2,000 events; failed means took_ms > 1s
SPLIT    200 bad, 1,800 good: 10% of events are bad (8.8%..11%, 95%)
WHO      plan = pro and region = eu: 100% of the failures, 3,601x the risk (q < 1e-9); 100% of 200
         fail there, 0% elsewhere
         differs from its nearest success in region: eu not us
         fails  a.ndjson:27104  14:05:20.000 pool exhausted plan=pro region=eu took_ms=3000
         works  a.ndjson:135096  14:26:35.000 request completed plan=pro region=us took_ms=26
LOGS     bad:     pool exhausted                                               0 -> 200  a.ndjson:0
         good:    request completed                                         1,800 -> 0  a.ndjson:83
NEXT     culprit logs a.ndjson --units --where 'plan = pro and region = eu'
           reads the units in which it fails
         culprit investigate a.ndjson --bad 'took_ms > 1s'
           says when it began, and what changed
[exit 0]
$ culprit contrast a.ndjson --bad 'took_ms > 1s' --json |\
   jq -c '[.outcome.bad, .rate.after.bad, .who[0].conditions, .templates[0].text]'
["took_ms > 1s",200,["plan = pro","region = eu"],"pool exhausted"]
[exit 0]
# Good may be told too; what is neither is not counted.
$ culprit contrast a.ndjson --bad 'plan = pro and region = eu' --good 'plan = pro' --json |\
   jq -c '[.unit.total, .rate.after.bad, .rate.after.total]'
[400,200,400]
[exit 0]
# Nothing tells them apart: exit 1.
$ culprit contrast a.ndjson --bad 'took_ms > 9s' | head -3
READ     1 source, 2,000 events, 2025-11-20T14:00:00.000Z to 14:33:19Z; all counts exact
         2,000 events; failed means took_ms > 9s
SPLIT    0 bad, 2,000 good: 0% of events are bad (0%..0.19%, 95%)
[exit 0]
$ culprit contrast a.ndjson
culprit: contrast needs to be told what is bad
  try: culprit contrast logs/ --bad 'status >= 500'   or --pair GOOD BAD
[exit 2]
$ culprit contrast a.ndjson --bad 'tok_ms > 1s' | grep NOTE
NOTE     --bad names tok_ms, which no event has
[exit 0]
