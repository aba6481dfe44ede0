# A part that always failed more has more of the traffic: the rate rises and no part became worse.
$ jq -nc --argjson start 1763640000 'range(24000) | . as $i | ($i * 7919 % 1000) as $dice | ($i * 104729 % 997 / 997) as $luck | (if $i < 12000 then 100 else 600 end) as $share | (if $dice < $share then "/search" else "/home" end) as $route | {ts: ($start + $i * 0.1 | todate), route: $route, region: ["eu","us","asia"][$i * 31 % 7 % 3], status: (if $luck < (if $route == "/search" then 0.08 else 0.01 end) then 500 else 200 end)}' > app.ndjson
[exit 0]
$ culprit investigate app.ndjson --no-case | sed -n '/^WHO/,/looks like/p'
WHO      route = /search has 60% of the traffic, not 10%: it failed 6.2x as often as the rest before
         too, and its growth is 84% of the rise; no part became worse
         looks like status = 500 (100%)
[exit 0]
$ culprit investigate app.ndjson --no-case --json | jq -c '.who_verdict, (.who | map(.became_worse)), .mix_shift'
"mix"
[false]
{"where":"route = /search","share_of_rise":0.835756,"before":{"bad":82,"total":1162,"share_of_traffic":0.100086},"after":{"bad":591,"total":7194,"share_of_traffic":0.6},"risk_ratio_before":6.20507}
[exit 0]
