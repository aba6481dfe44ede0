# --as prints the query by which anyone can verify the first finding with another tool: failures and
# totals inside and outside the segment, before and after the onset.
$ seq 0 1199 | jq -c '{ts: (1763647200 + .), region: (if . % 4 == 0 then "eu" else "us" end),'\
'status: (if . > 600 and . % 8 == 0 then 500 else 200 end)}' > a.ndjson
[exit 0]
$ culprit investigate a.ndjson --no-case --json | jq -c '.who[0] | [.where, .bad, .total]'
["region = eu",74,148]
[exit 0]
$ culprit investigate a.ndjson --no-case --as jq > query.sh && bash query.sh
{"segment":true,"when":"before","bad":0,"total":152}
{"segment":true,"when":"after","bad":74,"total":148}
{"segment":false,"when":"before","bad":0,"total":453}
{"segment":false,"when":"after","bad":0,"total":447}
[exit 0]

# SQL for DuckDB, and commands of logcli for Loki; both are long.
$ culprit investigate a.ndjson --no-case --as sql | grep -o 'select segment, case .*' | cut -c-99
select segment, case when t < timestamptz '2025-11-20T14:10:04.495834Z' then 'before' else 'after' 
[exit 0]
$ culprit investigate a.ndjson --no-case --as logql | grep -o '| json.* # .*'
| json | status >= 500 [604495833414ns]))'  # before the onset: failures
| json [604495833414ns]))'  # before the onset: all
| json | status >= 500 | region = "eu" [604495833414ns]))'  # before the onset: failures in the segment
| json | region = "eu" [604495833414ns]))'  # before the onset: all in the segment
| json | status >= 500 [594504166587ns]))'  # after the onset: failures
| json [594504166587ns]))'  # after the onset: all
| json | status >= 500 | region = "eu" [594504166587ns]))'  # after the onset: failures in the segment
| json | region = "eu" [594504166587ns]))'  # after the onset: all in the segment
[exit 0]
$ culprit investigate a.ndjson --no-case --as xpath
culprit: there is no query language xpath
  while writing --as
  try: --as jq   or --as sql, --as logql
[exit 2]
