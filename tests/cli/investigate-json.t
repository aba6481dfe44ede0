# The object of --json: its keys, in the order of the contract (docs/json.md).
$ shop --kind combination --seed 1 --minutes 10 --rate 20 --format ndjson --out .
[exit 0]
$ culprit investigate logs --deploys deploys.ndjson --no-case --json > found.json
[exit 0]
$ jq -c 'keys_unsorted' found.json
["schema_version","input","outcome","unit","warnings","when","rate","affected","who_verdict","who","unexplained_share","mix_shift","looks_like","templates","changes","metrics","components","around","next"]
[exit 0]
$ jq -c '.input, .outcome, .unit, .when, .rate, .affected | keys_unsorted' found.json
["sources","events","bytes","skipped_lines","first_skipped","from","to","exact"]
["bad","how"]
["by","how","total","recovered"]
["found","probability","onset","interval","first_bad","last_bad","shape","period_seconds","season_seconds","ongoing","others"]
["of","before","after","ratio"]
["field","bad","total"]
[exit 0]
$ jq -c '.who[0], .who[0].twin, .who[0].twin.bad, .looks_like[0] | keys_unsorted' found.json
["where","conditions","bad","total","risk_ratio","risk_ratio_low","share_of_bad","became_worse","q_value","aliases","rate_without","twin"]
["bad","good","differences"]
["at","places","source","offset","line"]
["condition","share_of_bad"]
[exit 0]
$ jq -c '.templates[0], .templates[0].example, .changes[0], .around[0], .next[0] | keys_unsorted' found.json
["id","text","status","before","after","first_seen","last_seen","example"]
["source","offset","line"]
["kind","id","at","probability","reasons","against","commits"]
["time","source","offset","line"]
["command","why"]
[exit 0]

# Probabilities of changes and of none of them are one in sum.
$ jq '[.changes[].probability] | add | . > 0.9999 and . < 1.0001' found.json
true
[exit 0]

# Nothing but the object on standard output, also where there is no finding.
$ shop --kind clean --seed 1 --minutes 10 --rate 10 --format ndjson --out clean
[exit 0]
$ culprit investigate clean/logs --no-case --json 2> said | jq -c 'keys_unsorted | length'
19
[exit 0]
$ cat said
[exit 0]
$ culprit investigate clean/logs --no-case --json | jq -c '[.when.found, .when.onset, .rate.before, .who_verdict]'
[false,null,null,null]
[exit 0]
