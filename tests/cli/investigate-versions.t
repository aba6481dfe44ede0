# Nobody lists deploys, but the logs name a version: its first appearance is a change.
$ seq 0 3599 | jq -c '{ts: (1763647200 + .),'\
'version: (if . > 1700 and . % 2 == 0 then "v1.9.0" else "v1.8.2" end),'\
'status: (if . > 1800 and . % 4 == 0 then 500 else 200 end)}' > a.ndjson
[exit 0]
$ culprit investigate a.ndjson --no-case
READ     1 source, 3,600 events, 2025-11-20T14:00:00.000Z to 14:59:59Z; all counts exact
         3,600 events; failed means status >= 500 (inferred)
WHEN     since 14:30:04Z (14:29:40Z..14:30:11Z, 95%), a step: 0% -> 25% of events (890x), still
         going on
         ▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▇██▇███▇███▇███▇███▇███▇███▇███▇███▇███▇
                                              d  ^ (^ onset, d change)
         449 failed since, the last at 14:59:56Z
WHO      version = v1.9.0: 100% of the failures, 899x the risk (q < 1e-9); 50% of 899 fail there, 0%
         elsewhere
         differs from its nearest success in version: v1.9.0 not v1.8.2
         fails  a.ndjson:159600  14:53:12.000 version=v1.9.0 status=500
         works  a.ndjson:110250  14:36:45.000 version=v1.8.2 status=200
         looks like status = 500 (100%)
AROUND     a.ndjson:90050  14:30:01.000 version=v1.8.2 status=200
           a.ndjson:90100  14:30:02.000 version=v1.9.0 status=200
           a.ndjson:90150  14:30:03.000 version=v1.8.2 status=200
           a.ndjson:90200  14:30:04.000 version=v1.9.0 status=500
           a.ndjson:90250  14:30:05.000 version=v1.8.2 status=200
           a.ndjson:90300  14:30:06.000 version=v1.9.0 status=200
CHANGED  version v1.9.0 at 14:28:22Z, 100%
         + only v1.9.0 fails: 50% against 0% on v1.8.2
         + 1m 42s before the onset
         - it began at a full or half hour, when jobs start and certificates end
         none of these, 0.40%
NEXT     culprit logs a.ndjson --at 2025-11-20T14:30:04.000Z --around 30s --units --where 'version = v1.9.0'
           reads the lines around the onset, of the affected units
[exit 0]
$ culprit investigate a.ndjson --no-case --json | jq -c '.changes[] | [.kind, .id, .at, .probability]'
["version","v1.9.0","2025-11-20T14:28:22.000Z",0.996041]
["none",null,null,0.00395933]
[exit 0]
