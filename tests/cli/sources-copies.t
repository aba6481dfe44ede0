# Copies among sources are told by their content, count once, and are said.
$ seq 0 299 | jq -c '{ts: (1763647200 + .), status: (if . > 200 then 500 else 200 end)}' > all && \
  mkdir logs && head -200 all > logs/app.log.1 && tail -100 all > logs/app.log
[exit 0]
$ culprit investigate logs --no-case --json | jq -c '[.input.events, .rate.after.bad, .warnings]'
[300,99,[]]
[exit 0]
# The same bytes, packed and not; what copytruncate has copied and not yet cut; a link; a backup of
# a part under another name.
$ gzip -nk logs/app.log.1 && cp logs/app.log logs/app.log.2 && ln logs/app.log logs/other.log && \
  head -150 all > logs/backup-of-app
[exit 0]
$ culprit investigate logs --no-case --json | jq -c '[.input.events, .rate.after.bad], .warnings[]'
[300,99]
{"code":"duplicate_source","source":null,"text":"4 sources are copies of others and count once; the first: logs/app.log.1.gz holds the same lines as logs/app.log.1 and is not counted again"}
[exit 0]
$ culprit investigate logs --no-case | grep -A 1 READ
READ     2 sources, 300 events, 2025-11-20T14:00:00.000Z to 14:04:59Z; all counts exact
         300 events; failed means status >= 500 (inferred)
[exit 0]
$ culprit inputs logs
logs/app.log
format     ndjson
events     100 in 3,100 bytes
time       2025-11-20T14:03:20.000Z to 2025-11-20T14:04:59.000Z
zone       its times name their zone
fields     status (number 2), ts
failure    status >= 500

logs/app.log.1
format     ndjson
events     200 in 6,200 bytes
time       2025-11-20T14:00:00.000Z to 2025-11-20T14:03:19.000Z
zone       its times name their zone
fields     status (number 1), ts
failure    status >= 500

logs/app.log.1.gz
note       logs/app.log.1.gz holds the same lines as logs/app.log.1 and is not counted
           again

logs/app.log.2
note       logs/app.log.2 holds the same lines as logs/app.log and is not counted again

logs/backup-of-app
note       logs/backup-of-app holds the first lines of logs/app.log.1 and is not counted
           again

logs/other.log
note       logs/other.log is the same file as logs/app.log and counts once
[exit 0]
$ culprit inputs logs --json | jq -c '.sources[] | [.source, .copy_of, .events]'
["logs/app.log",null,100]
["logs/app.log.1",null,200]
["logs/app.log.1.gz","logs/app.log.1",0]
["logs/app.log.2","logs/app.log",0]
["logs/backup-of-app","logs/app.log.1",0]
["logs/other.log","logs/app.log",0]
[exit 0]
$ culprit logs logs --where 'status >= 500' | wc -l
culprit: 4 sources are copies of others and count once; the first: logs/app.log.1.gz holds the same lines as logs/app.log.1 and is not counted again
99
[exit 0]
# One path in two spellings is one path; many copies are one note.
$ culprit inputs logs/app.log ./logs//app.log 'logs/app.lo?' --json | jq -c '.sources[].source'
"logs/app.log"
[exit 0]
$ mkdir links && for i in 1 2 3 4 5; do ln -s "$PWD/logs/app.log" links/$i.log; done && \
  culprit investigate logs/app.log links --no-case --json | jq -c '.input.events, .warnings'
100
[{"code":"duplicate_source","source":null,"text":"5 sources are copies of others and count once; the first: links/1.log is the same file as logs/app.log and counts once"}]
[exit 0]
