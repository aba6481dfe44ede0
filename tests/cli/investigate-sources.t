# The same evidence, however it is packed and named. Each line is: the sources, events, failures.
$ seq 0 99 | jq -c '{ts: (1763647200 + .), status: (if . > 60 then 500 else 200 end)}' > a.ndjson
[exit 0]
$ echo '[.input.sources, .input.events, .rate.after.bad]' > seen.jq
[exit 0]
$ culprit investigate a.ndjson --no-case --json | jq -cf seen.jq
[["a.ndjson"],100,39]
[exit 0]

# gz, zst and xz are known by their content, not by their name.
$ gzip -nc a.ndjson > packed.log && culprit investigate packed.log --no-case --json | jq -cf seen.jq
[["packed.log"],100,39]
[exit 0]
$ zstd -qc a.ndjson > packed.log && culprit investigate packed.log --no-case --json | jq -cf seen.jq
[["packed.log"],100,39]
[exit 0]
$ xz -c a.ndjson > packed.log && culprit investigate packed.log --no-case --json | jq -cf seen.jq
[["packed.log"],100,39]
[exit 0]

# Standard input, packed or not.
$ culprit investigate - --no-case --json < a.ndjson | jq -cf seen.jq
[["-"],100,39]
[exit 0]
$ xz -c a.ndjson | culprit investigate - --no-case --json | jq -cf seen.jq
[["-"],100,39]
[exit 0]

# A folder and those below it, without hidden files; a glob; a file named twice counts once.
$ mkdir -p logs/old && head -40 a.ndjson > logs/old/1.log && tail -60 a.ndjson > logs/2.log && \
  cp a.ndjson logs/.hidden
[exit 0]
$ culprit investigate logs --no-case --json | jq -cf seen.jq
[["logs/2.log","logs/old/1.log"],100,39]
[exit 0]
$ culprit investigate 'logs/*/*.log' logs/2.log ./logs/2.log --no-case --json | jq -cf seen.jq
[["logs/old/1.log","logs/2.log"],100,39]
[exit 0]
