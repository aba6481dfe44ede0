# Nothing in these lines says what failure is: culprit does not guess, it says what could be asked.
$ seq 0 599 | jq -c '{ts: (1763647200 + .), msg: "order placed",'\
'total: (if . > 400 and . % 3 == 0 then 0 else 20 + . % 7 end),'\
'currency: (if . % 2 == 0 then "EUR" else "USD" end),'\
'kind: (if . % 3 == 0 then "gift" else "self" end)}' > orders.ndjson
[exit 0]
$ head -2 orders.ndjson
{"ts":1763647200,"msg":"order placed","total":20,"currency":"EUR","kind":"gift"}
{"ts":1763647201,"msg":"order placed","total":21,"currency":"USD","kind":"self"}
[exit 0]
$ culprit investigate orders.ndjson --no-case
READ     1 source, 600 events, 2025-11-20T14:00:00.000Z to 14:09:59Z; all counts exact
WHEN     nothing in these logs says what failure is
NEXT     culprit investigate orders.ndjson --bad 'total = 0'
           takes that for failure
         culprit investigate orders.ndjson --bad 'currency = USD'
           takes that for failure
         culprit investigate orders.ndjson --bad 'kind = gift'
           takes that for failure
[exit 1]

# One of its lines, as it stands.
$ culprit investigate orders.ndjson --no-case --bad 'total = 0'
READ     1 source, 600 events, 2025-11-20T14:00:00.000Z to 14:09:59Z; all counts exact
         600 events; failed means total = 0
WHEN     since 14:06:40Z (14:06:31Z..14:06:44Z, 95%), a step: 0% -> 33% of events (258x), still
         going on
         ▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▄█▄█▄█▄█▄█▄█▄█▄█▄█▄█▄█▄█▄█▄
                                                              ^ (^ onset)
         66 failed since, the last at 14:09:57Z
WHO      kind = gift: 100% of the failures, 265x the risk (q < 1e-9); 100% of 66 fail there, 0%
         elsewhere
         differs from its nearest success in kind: gift not self
         fails  orders.ndjson:40306  14:08:18.000 order placed total=0 currency=EUR kind=gift
         works  orders.ndjson:37563  14:07:44.000 order placed total=22 currency=EUR kind=self
         looks like total = 0 (100%)
AROUND     orders.ndjson:32157  14:06:37.000 order placed total=25 currency=USD kind=self
           orders.ndjson:32238  14:06:38.000 order placed total=26 currency=EUR kind=self
           orders.ndjson:32319  14:06:39.000 order placed total=20 currency=USD kind=gift
           orders.ndjson:32400  14:06:40.000 order placed total=21 currency=EUR kind=self
           orders.ndjson:32481  14:06:41.000 order placed total=22 currency=USD kind=self
           orders.ndjson:32562  14:06:42.000 order placed total=0 currency=EUR kind=gift
CHANGED  no deploys or commits known; --repo DIR or --deploys FILE name suspects
NEXT     culprit logs orders.ndjson --at 2025-11-20T14:06:40.000Z --around 30s --units --where 'kind = gift'
           reads the lines around the onset, of the affected units
[exit 0]

# With --good, what is neither is not judged.
$ culprit investigate orders.ndjson --no-case --json --bad 'total = 0' --good 'total > 22' | \
  jq -c '.outcome, .unit.total, .who[0].where'
{"bad":"total = 0","how":"given"}
370
"kind = gift"
[exit 0]

# A field that no event has would make everything succeed: that is said.
$ culprit investigate orders.ndjson --no-case --bad 'totl = 0'
READ     1 source, 600 events, 2025-11-20T14:00:00.000Z to 14:09:59Z; all counts exact
         600 events; failed means totl = 0
NOTE     --bad names totl, which no event has
WHEN     nothing moved: 0% of events failed (0%..0.64%, 95%), with no change in their rate, in
         latency or in volume
[exit 1]
$ culprit investigate orders.ndjson --no-case --bad 'total = 0' --unit order_id
READ     1 source, 600 events, 2025-11-20T14:00:00.000Z to 14:09:59Z; all counts exact
         0 requests joined by order_id; failed means total = 0
NOTE     --unit names order_id, which no event has
WHEN     nothing can be judged: no event belongs to anything that can fail
[exit 1]

# Wrong answers with status 200, in a shop's logs.
$ shop --kind wrong --seed 1 --minutes 20 --rate 10 --out shop
[exit 0]
$ jq -r '.bad, .cause_where' shop/truth.json
currency = ""
az = us-east-b
[exit 0]
$ culprit investigate shop/logs --no-case --bad "$(jq -r .bad shop/truth.json)" --json | \
  jq -c '.outcome, .when.shape, .who[0].where'
{"bad":"currency = \"\"","how":"given"}
"step"
"az = us-east-b"
[exit 0]
