# Notes go into the newest open case, from any folder of the repository; secrets do not.
$ git init -q repo && mkdir -p repo/src
[exit 0]
$ cd repo && culprit case list
no case yet
[exit 1]
$ cd repo && SOURCE_DATE_EPOCH=1763647392 culprit case note --case outage password=hunter2 tried
[exit 0]
$ cd repo/src && culprit case show outage | cut -c1-6
outage
   1  
[exit 0]
$ cd repo && SOURCE_DATE_EPOCH=1763647800 culprit case note 'rolled back v1.9.0' --json
{"schema_version":1,"case":"outage","number":2,"time":"2025-11-20T14:10:00.000Z","kind":"note","command":"","summary":"rolled back v1.9.0"}
[exit 0]
$ cd repo && culprit case show
outage  open since 2025-11-20T14:03:12Z, 2 entries
   1  2025-11-20T14:03:12Z  note         password=*** tried
   2  2025-11-20T14:10:00Z  note         rolled back v1.9.0
[exit 0]
$ cd repo && culprit case show 2
2025-11-20T14:10:00Z  note

rolled back v1.9.0
[exit 0]
$ cd repo && culprit case list
outage  2025-11-20T14:03:12Z   2 entries  open    rolled back v1.9.0
[exit 0]
$ cd repo && culprit case list --json
{"schema_version":1,"cases":[{"id":"outage","opened":"2025-11-20T14:03:12.000Z","closed":null,"entries":2,"summary":"rolled back v1.9.0"}]}
[exit 0]
$ cd repo && culprit case show outage --json
{"schema_version":1,"case":{"id":"outage","opened":"2025-11-20T14:03:12.000Z","closed":null,"entries":2,"summary":"rolled back v1.9.0"},"entries":[{"number":1,"time":"2025-11-20T14:03:12.000Z","kind":"note","command":"","summary":"password=*** tried"},{"number":2,"time":"2025-11-20T14:10:00.000Z","kind":"note","command":"","summary":"rolled back v1.9.0"}]}
[exit 0]
$ cd repo && culprit case show 1 --json
{"schema_version":1,"case":"outage","number":1,"time":"2025-11-20T14:03:12.000Z","kind":"note","command":"","summary":"password=*** tried","result":null,"report":""}
[exit 0]
$ cd repo && git status --short
[exit 0]
