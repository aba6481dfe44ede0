# What failure is differs from incident to incident; each row is what was taken for it, and whom it
# hits beside whom it was planted in.
$ echo '[.outcome.bad, .who_verdict, .who[0].where, $truth[0].cause_where]' > who.jq
[exit 0]

# A number above a limit.
$ shop --kind threshold --seed 1 --minutes 20 --rate 10 --out threshold
[exit 0]
$ culprit investigate threshold/logs --no-case --json | jq -cf who.jq --slurpfile truth threshold/truth.json
["status >= 500 or level >= error","segment","cart_size > 10","cart_size > 10"]
[exit 0]

# A new version on one host after another.
$ shop --kind canary --seed 1 --minutes 20 --rate 10 --out canary
[exit 0]
$ culprit investigate canary/logs --no-case --json | jq -cf who.jq --slurpfile truth canary/truth.json
["status >= 500 or level >= error","segment","version = v1.9.0","version = v1.9.0"]
[exit 0]

# Nothing fails, but a route became slow for some.
$ shop --kind slow --seed 1 --minutes 20 --rate 10 --out slow
[exit 0]
$ culprit investigate slow/logs --no-case --json | jq -cf who.jq --slurpfile truth slow/truth.json
["duration_ms above its p99 before, per route","segment","region = eu-west and route = /checkout","region = eu-west and route = /checkout"]
[exit 0]

# Nothing fails, but a message is heard no more.
$ shop --kind silent --seed 1 --minutes 20 --rate 10 --out silent
[exit 0]
$ culprit investigate silent/logs --no-case --json | jq -cf who.jq --slurpfile truth silent/truth.json
["traffic or a message that stopped","unrecorded",null,null]
[exit 0]
$ culprit investigate silent/logs --no-case | grep -A 1 WHEN
WHEN     since 13:39:29.267Z (13:39:29.217Z..13:39:42.270Z, 95%), a step: "order confirmed order=<*>
         trace=<*>" stopped (159 a minute before), still going on
[exit 0]

# Only errors were kept, so there are no totals: failures per minute.
$ shop --kind errors_only --seed 1 --minutes 20 --rate 10 --out errors
[exit 0]
$ culprit investigate errors/logs --no-case --json | jq -cf who.jq --slurpfile truth errors/truth.json
["message ~ \"^idempotency key already used by request .* trace=.*$\" or message ~ \"^request failed: idempotency key already used by request .*$\"","segment","plan = basic","plan = basic"]
[exit 0]
$ culprit investigate errors/logs --no-case --json | jq -c '.rate.of'
"minute"
[exit 0]

# Everyone alike.
$ shop --kind everyone --seed 1 --minutes 20 --rate 10 --out everyone
[exit 0]
$ culprit investigate everyone/logs --no-case --json | jq -cf who.jq --slurpfile truth everyone/truth.json
["status >= 500 or level >= error","everyone",null,null]
[exit 0]
