# --as prints the query by which anyone can verify the first finding with another tool: failures and
# totals inside and outside the segment, before and after the onset.
$ seq 0 1199 | jq -c '{ts: (1763647200 + .), region: (if . % 4 == 0 then "eu" else "us" end),'\
'status: (if . > 600 and . % 8 == 0 then 500 else 200 end)}' > a.ndjson
[exit 0]
$ culprit investigate a.ndjson --no-case --json | jq -c '.who[0] | [.where, .bad, .total]'
["region = eu",74,148]
[exit 0]
$ culprit investigate a.ndjson --no-case --as jq > query.sh && bash query.sh
{"segment":true,"when":"before","bad":0,"total":138}
{"segment":true,"when":"after","bad":74,"total":148}
{"segment":false,"when":"before","bad":0,"total":411}
{"segment":false,"when":"after","bad":0,"total":446}
[exit 0]

# SQL for DuckDB, and commands of logcli for Loki; both are long.
$ culprit investigate a.ndjson --no-case --as sql | grep -o 'select segment, case .*' | cut -c-99
select segment, case when (t >= timestamptz '2025-11-20T14:00:00.000Z' and t < timestamptz '2025-11
[exit 0]
$ culprit investigate a.ndjson --no-case --as logql | grep -o '| json.* # .*'
| json | status >= 500 [549s]))'  # before the onset: failures
| json [549s]))'  # before the onset: all
| json | status >= 500 | region = "eu" [549s]))'  # before the onset: failures in the segment
| json | region = "eu" [549s]))'  # before the onset: all in the segment
| json | status >= 500 [593001ms]))'  # after the onset: failures
| json [593001ms]))'  # after the onset: all
| json | status >= 500 | region = "eu" [593001ms]))'  # after the onset: failures in the segment
| json | region = "eu" [593001ms]))'  # after the onset: all in the segment
[exit 0]
$ culprit investigate a.ndjson --no-case --as xpath
culprit: there is no query language xpath
  try: --as jq   or --as sql, --as logql
[exit 2]

# A request that failed first and ended well is no failure, in any language; one source says
# trace_id, the other traceId; the text log is not read, which the query says.
$ seq 0 999 | jq -c '{ts: (1763647200 + .), trace_id: "a-\(.)", region: (if . % 4 == 0 then "eu" else "us" end),'\
' status: (if . % 3 == 0 then 500 else 200 end)}' > web.ndjson
[exit 0]
$ seq 0 999 | jq -c '{ts: (1763647200.5 + .), traceId: "a-\(.)", status: (if . > 500 and . % 8 == 0 then 503 else 200 end)}' > pay.ndjson
[exit 0]
$ seq 0 999 | jq -r '"\(1763647200 + . | todate) INFO done trace_id=a-\(.)"' > app.log
[exit 0]
$ culprit investigate web.ndjson pay.ndjson app.log --no-case --json | jq -c '.who[0] | [.where, .bad, .total]'
["region = eu",62,124]
[exit 0]
$ culprit investigate web.ndjson pay.ndjson app.log --no-case --as jq > query.sh; head -c 68 query.sh; echo; bash query.sh
# Reads NDJSON only, which 2 of 3 sources are; culprit counted in al
{"segment":true,"when":"before","bad":0,"total":114}
{"segment":true,"when":"after","bad":62,"total":124}
{"segment":false,"when":"before","bad":0,"total":339}
{"segment":false,"when":"after","bad":0,"total":375}
[exit 0]
$ gzip web.ndjson; culprit investigate web.ndjson.gz pay.ndjson --no-case --as jq | bash | head -2
{"segment":true,"when":"before","bad":0,"total":114}
{"segment":true,"when":"after","bad":62,"total":124}
[exit 0]
$ culprit investigate web.ndjson.gz pay.ndjson --no-case --as logql | head -1
# In place of {job=~".+"}, name the streams of your own. What failed and then ended well counts as a failure here.
[exit 0]
$ jq -r '"\(.ts | todate) INFO status=\(.status)"' pay.ndjson > text.log
[exit 0]
$ culprit investigate text.log --no-case --bad 'status >= 500' --as sql
culprit: these queries read NDJSON, and none of the sources is that
  while writing --as
  try: --json for the counts, or `culprit logs SOURCE... --where EXPR` for the lines
[exit 2]

# Levels compare by severity, in the query too; `level` is the event's own, whatever its field's name.
$ seq 0 999 | jq -c '{ts: (1763647200 + .), severity: (if . > 500 and . % 4 == 0 then ["ERROR", "err", "50"][. % 3] else "INFO" end)}' > levels.ndjson
[exit 0]
$ culprit investigate levels.ndjson --no-case --bad 'level = error' --json | jq -c '.rate.after | [.bad, .total]'
[124,496]
[exit 0]
$ culprit investigate levels.ndjson --no-case --bad 'level = error' --as jq | bash | head -2
{"segment":true,"when":"before","bad":0,"total":477}
{"segment":true,"when":"after","bad":124,"total":496}
[exit 0]
