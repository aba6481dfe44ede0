# An incident with a repository and a list of deploys, on one screen: a combination of two
# conditions, the deploy that brought it, and the commit that wrote the failing line.
$ "$CULPRIT_EXAMPLES/make-repo" shop --seed 7 --kind combination > repo.json
[exit 0]
$ shop --kind combination --seed 7 --minutes 12 --rate 20 --out . --repo-info repo.json
[exit 0]
$ jq -r '.onset, .cause_where, .culprit_version, .culprit_subject' truth.json
2025-11-20T13:35:35.075Z
payment_provider = cardnet and route = /checkout
v1.9.0
pricing: load exchange rates on first use
[exit 0]
$ culprit investigate logs --repo shop --deploys deploys.ndjson --no-case
READ     5 sources, 74,946 events, 2025-11-20T13:30:00.000Z to 13:41:59.945Z; all counts exact
         14,643 requests joined by trace_id; failed means status >= 500 or level >= error (inferred)
         84 more met an error and ended well
NOTE     logs/payments.log: its times name no zone and were taken as UTC; --tz names another
WHEN     since 13:35:35.099Z (13:35:25.537Z..13:35:40.411Z, 95%), a step: 0.057% -> 8.6% of requests
         (152x), still going on
         ▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▄▆▆▄▄▄▅▄▄▄▇▆▅▅▄▃▇▅▄▆▃▆▄▆▅▅▅▆▅▅▅▃▄▆▃██▅▅▃▅▃▅
                           d                  ^                     d (^ onset, d change)
         641 failed since, the last at 13:41:59.366Z; 459 of 4,649 values of user_id are affected
WHO      payment_provider = cardnet and route = /checkout: 99% of the failures, 441x the risk (q <
         1e-9); 53% of 1,195 fail there, 0.11% elsewhere
         differs from its nearest success in route: /checkout not /cart
         fails  logs/gateway.ndjson:4219645  13:35:44.425 error request failed: exchange rate missi…
         works  logs/gateway.ndjson:4866263  13:36:44.117 info request completed service=gateway tr…
         looks like level = error (100%), status = 500 (99%), logger = payments.pricing (99%)
LOGS     new:     exchange rate missing pair=<*> trace=<*>      0 -> 634  logs/payments.log:1068425
         new:     request failed: exchange rate missing pai…  0 -> 634  logs/gateway.ndjson:4125083
         new:     token format <*> accepted                         0 -> 489  logs/auth.log:1851038
AROUND   * logs/payments.log:1068425  2025-11-20 13:35:35,279 ERROR [pool-2] payments.pricing - exc…
         * logs/gateway.ndjson:4125083  13:35:35.282 error request failed: exchange rate missing pa…
         * logs/payments.log:1071747  2025-11-20 13:35:36,388 ERROR [pool-2] payments.pricing - exc…
         * logs/gateway.ndjson:4138573  13:35:36.391 error request failed: exchange rate missing pa…
         * logs/payments.log:1079957  2025-11-20 13:35:40,232 ERROR [pool-5] payments.pricing - exc…
         * logs/gateway.ndjson:4174357  13:35:40.238 error request failed: exchange rate missing pa…
CHANGED  deploy v1.9.0 at 13:32:43.743Z, 92%
         commit a94bad575 "pricing: load exchange rates on first use", 91%: wrote the line that
         prints "exchange rate missing pair=<*>" in src/gateway/rates.py
         + 2m 52s before the first failing message
         - it changed gateway; the failures begin in payments
         none of these, 7.2%
         deploy v1.8.1 at 2025-11-19T13:57:52.621Z, 1.2%
         + it changed payments, where 100% of the failures begin
         - 23h 38m before the first failing message
NEXT     culprit logs logs --at 2025-11-20T13:35:35.099400365Z --around 30s --units --where 'payment_provider = cardnet and route = /checkout'
           reads the lines around the onset, of the affected units
         culprit logs logs --template t044d802d
           shows every "exchange rate missing pair=<*> trace=<*>"
         git -C shop show a94bad575cbb
           the likeliest commit: "pricing: load exchange rates on first use"
         culprit bisect v1.8.1 v1.9.0 --repo shop --prior case -- ./test.sh
           which commit, by a test that fails: about 7 runs; 9 if nothing were known
[exit 0]
