# A log in which nothing moved is reported as such, with no onset, and exit code 1.
$ shop --kind clean --seed 4 --minutes 10 --rate 20 --format ndjson --out .
[exit 0]
$ culprit investigate logs --no-case
READ     1 source, 19,333 events, 2025-11-20T13:30:00.000Z to 13:39:59.996Z; all counts exact
         12,174 requests joined by trace_id; failed means status >= 500 or level >= error (inferred)
         73 more met an error and ended well
WHEN     nothing moved: 0.12% of requests failed (0.068%..0.22%, 95%), with no change in their rate,
         in latency or in volume
[exit 1]
$ culprit investigate logs --no-case --json | jq -c '.when, .who, .changes, .next'
{"found":false,"probability":0.0196078,"onset":null,"interval":null,"first_bad":null,"last_bad":null,"shape":"none","period_seconds":null,"season_seconds":null,"ongoing":false,"others":[]}
[]
[]
[]
[exit 0]
