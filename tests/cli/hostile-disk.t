# A full disk: a spool or a case that cannot be written is an error that says so, and the answer is
# still given where it can be. Files may have 8 blocks of 1 kB here, which stands for a full disk.
$ seq 0 9999 | jq -c '{ts: (1763647200 + . / 10), status: (if . > 7000 then 500 else 200 end)}' > a.ndjson
[exit 0]
$ (ulimit -f 8; culprit investigate - --no-case < a.ndjson)
culprit: cannot write /tmp (spool): File too large
  try: set TMPDIR to a folder with more room
[exit 3]
$ (ulimit -f 8; culprit inputs <(cat a.ndjson) a.ndjson --json 2>&1 | jq -c '.sources[] | [.events, .fault]' | sed 's/fd.[0-9]*/fd.N/')
[0,"cannot write /tmp (spool): File too large"]
[10000,null]
[exit 0]
$ (ulimit -f 8; culprit investigate a.ndjson --json | jq -c '[.rate.after.bad, .when.shape]'); culprit case list
culprit: not kept in the case: cases.db: disk I/O error (--no-case keeps nothing)
[2999,"step"]
no case yet
[exit 1]
$ culprit investigate a.ndjson --no-case > /dev/full
culprit: standard output cannot be written
[exit 3]
$ culprit logs a.ndjson > /dev/full
culprit: standard output cannot be written
[exit 3]
# With room again, the case works.
$ culprit investigate a.ndjson --json | jq -c '[.rate.after.bad, .when.shape]'; culprit case list > /dev/null && echo holds
[2999,"step"]
holds
[exit 0]
