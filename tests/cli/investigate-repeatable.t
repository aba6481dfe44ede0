# The same input gives the same bytes: twice, with any number of threads, from a pipe.
$ shop --kind combination --seed 5 --minutes 10 --rate 20 --out .
[exit 0]
$ culprit investigate logs --deploys deploys.ndjson --no-case --json > first
[exit 0]
$ culprit investigate logs --deploys deploys.ndjson --no-case --json | cmp - first
[exit 0]
$ culprit investigate logs --deploys deploys.ndjson --no-case --json --threads 1 | cmp - first
[exit 0]
$ culprit investigate logs --deploys deploys.ndjson --no-case --json --threads 4 | cmp - first
[exit 0]
$ culprit investigate - --no-case < logs/gateway.ndjson > second
[exit 0]
$ cat logs/gateway.ndjson | culprit investigate - --no-case --threads 3 | cmp - second
[exit 0]
