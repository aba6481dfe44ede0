# For programs: one object a line, with the template and all fields of the event.
$ printf '%s\n' '{"ts":"2025-11-20T14:03:10Z","level":"warn","msg":"waited 3000 ms for pg-2","tags":["a","b"],"ok":false,"user":null}' \
    'not json' > app.ndjson
[exit 0]
$ printf '2025-11-20 14:03:11 ERROR bad byte \xff, "quoted"\n  at f.c:1\n' > app.log
[exit 0]
$ culprit logs . --json --tz UTC
{"time":"2025-11-20T14:03:10.000Z","source":"app.ndjson","offset":0,"line":"{\"ts\":\"2025-11-20T14:03:10Z\",\"level\":\"warn\",\"msg\":\"waited 3000 ms for pg-2\",\"tags\":[\"a\",\"b\"],\"ok\":false,\"user\":null}","level":"warn","template":{"id":"t21e30e05","text":"waited <*> ms for <*>"},"fields":{"ts":"2025-11-20T14:03:10Z","level":"warn","msg":"waited 3000 ms for pg-2","tags":["a","b"],"ok":false,"user":null,"waited":3000,"for":"pg-2"}}
{"time":null,"source":"app.ndjson","offset":117,"line":"not json","level":null,"template":null,"fields":{}}
{"time":"2025-11-20T14:03:11.000Z","source":"app.log","offset":0,"line":"2025-11-20 14:03:11 ERROR bad byte �, \"quoted\"\n  at f.c:1","level":"error","template":{"id":"t4e004c5d","text":"bad byte �, \"<*>\""},"fields":{"level":"ERROR","�":"quoted"}}
[exit 0]
$ culprit logs . --json --tz UTC | python3 -c 'import json, sys; print([json.loads(line)["offset"] for line in sys.stdin])'
[0, 117, 0]
[exit 0]
