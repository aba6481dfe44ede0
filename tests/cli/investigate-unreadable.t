# Lines that cannot be read are counted, and the first is shown with its file and line.
$ seq 0 99 | jq -c '{ts: (1763647200 + .), status: (if . > 60 then 500 else 200 end)}' > a.ndjson
[exit 0]
$ sed -i '33s/.*/{"ts": 17636/; 70s/.*/oops/' a.ndjson
[exit 0]
$ culprit investigate a.ndjson --no-case --json | jq -c '.input, .warnings'
{"sources":["a.ndjson"],"events":98,"bytes":3056,"skipped_lines":2,"first_skipped":{"source":"a.ndjson","line":33,"text":"{\"ts\": 17636"},"from":"2025-11-20T14:00:00.000Z","to":"2025-11-20T14:01:39.000Z","exact":true}
[{"code":"skipped_lines","source":"a.ndjson","text":"2 of 100 lines could not be read, first a.ndjson:33: {\"ts\": 17636"}]
[exit 0]
$ culprit investigate a.ndjson --no-case | grep NOTE -A 1
NOTE     2 of 100 lines could not be read, first a.ndjson:33: {"ts": 17636
WHEN     since 14:01:01Z (14:00:57Z..14:01:03Z, 95%), a step: 0% -> 100% of events (112x), still
[exit 0]

# A file that cannot be read is named, and the rest goes on.
$ printf '\000\001\002\003' > core
[exit 0]
$ culprit investigate a.ndjson absent.log core --no-case | head -5
READ     1 source, 98 events, 2025-11-20T14:00:00.000Z to 14:01:39Z; all counts exact
         98 events; failed means status >= 500 (inferred)
NOTE     2 of 100 lines could not be read, first a.ndjson:33: {"ts": 17636
         no such file or directory: absent.log
         core is not text
[exit 0]
$ culprit investigate a.ndjson absent.log core --no-case --json | jq -c '.warnings'
[{"code":"skipped_lines","source":"a.ndjson","text":"2 of 100 lines could not be read, first a.ndjson:33: {\"ts\": 17636"},{"code":"unreadable","source":"absent.log","text":"no such file or directory: absent.log"},{"code":"unreadable","source":"core","text":"core is not text"}]
[exit 0]

# A packed file that breaks off: what could be read counts, and it is said.
$ seq 0 20000 | jq -c '{ts: (1763647200 + .), status: (if . % 97 == 0 then 500 else 200 end)}' | \
  gzip -n | head -c 30000 > cut.gz
[exit 0]
$ culprit investigate cut.gz --no-case --json | jq -c '.input.events > 1000, .warnings'
true
[{"code":"unreadable","source":"cut.gz","text":"cut.gz: the gzip data is cut off near byte 30000"},{"code":"skipped_lines","source":"cut.gz","text":"1 of 11241 lines could not be read, first cut.gz:11241: {\"ts\":1763658"}]
[exit 0]

# Nothing at all can be read.
$ culprit investigate absent.log --no-case
culprit: no such file or directory: absent.log
  try: name a file, a folder with logs in it, a glob, or - for standard input
[exit 3]
$ culprit investigate absent.log core --no-case
culprit: no such file or directory: absent.log, nor the other source
  try: name a file, a folder with logs in it, a glob, or - for standard input
[exit 3]
$ culprit investigate 'logs/*.log' --no-case
culprit: nothing matches logs/*.log
  try: name a file, a folder with logs in it, a glob, or - for standard input
[exit 3]
$ mkdir empty && culprit investigate empty --no-case
culprit: no files to read in empty
  try: name a file, a folder with logs in it, a glob, or - for standard input
[exit 3]
$ culprit investigate - --no-case < /dev/null
READ     1 source, 0 events; all counts exact
WHEN     there are no events to judge
[exit 1]
