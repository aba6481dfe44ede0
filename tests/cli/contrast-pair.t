# Two documents, of which one works.
$ printf 'DB_HOST=pg-1\nPOOL_SIZE=50\nTOKEN=5b8efff798038103\n' > good.env
[exit 0]
$ printf 'DB_HOST=pg-1\nPOOL_SIZE=5\nTOKEN=0b8efff798038107\nDEBUG=1\n' > bad.env
[exit 0]
$ culprit contrast --pair good.env bad.env
PAIR     good.env (environment) works, bad.env (environment) does not; 1 value alike
DIFFERS  POOL_SIZE: 50 -> 5 (0.1x)
         DEBUG: (none) -> 1
         1 more differ as ids, times and durations do (--json)
[exit 0]
$ culprit contrast --pair good.env bad.env --json | jq -c '.alike, .differences[]'
1
{"path":"POOL_SIZE","good":"50","bad":"5","how":"changed","meaning":"difference","why":"0.1x"}
{"path":"DEBUG","good":null,"bad":"1","how":"added","meaning":"difference","why":""}
{"path":"TOKEN","good":"5b8efff798038103","bad":"0b8efff798038107","how":"changed","meaning":"expected","why":"differs as ids do"}
[exit 0]
$ culprit contrast --pair good.env good.env
PAIR     good.env (environment) works, good.env (environment) does not; 3 values alike
DIFFERS  nothing that could be the cause
[exit 1]
# Notations do not count, kinds of values do.
$ printf 'pool: {size: 50}\ntls: {cert: a, key: b}\nport: 80\n' > good.yaml
[exit 0]
$ printf '{"pool": {"size": 50}, "port": "80"}' > bad.json
[exit 0]
$ culprit contrast --pair good.yaml bad.json
PAIR     good.yaml (yaml) works, bad.json (json) does not; 1 value alike
DIFFERS  port: 80 -> 80 (a number became text)
         tls: only in good (2 values below it)
[exit 0]
# An exchange as curl -v shows it.
$ printf '> GET /pay?plan=free HTTP/1.1\n> Host: shop\n>\n< HTTP/1.1 200 OK\n<\n{"ok":true}\n' > good.txt
[exit 0]
$ printf '> GET /pay?plan=pro HTTP/1.1\n> Host: shop\n>\n< HTTP/1.1 502 Bad\n<\nno\n' > bad.txt
[exit 0]
$ culprit contrast --pair good.txt bad.txt
PAIR     good.txt (http) works, bad.txt (http) does not; 4 values alike
DIFFERS  request.query.plan: free -> pro
         response.body: (none) -> no
OUTCOME  response.status: 200 -> 502
         response.body.ok: true -> (none)
[exit 0]
# What cannot be read or compared is said.
$ printf '{"a":' > cut.json
[exit 0]
$ culprit contrast --pair good.yaml cut.json
culprit: no JSON at byte 6
  while reading cut.json
[exit 3]
$ culprit contrast --pair good.yaml
culprit: --pair compares two files
  try: culprit contrast --pair good.json bad.json
[exit 2]
$ culprit contrast --pair good.yaml none.json
culprit: no such file or directory: none.json
  while reading none.json
  try: check the path; a glob may be given in quotes, culprit expands it too
[exit 3]
$ printf 'one line\n' > words
[exit 0]
$ culprit contrast --pair good.yaml words
culprit: good.yaml is yaml, words is text: nothing in them can be compared
  try: give two documents of one kind: JSON, YAML, TOML, INI, environment, HTTP, trace
[exit 3]
