# Two documents, of which one works.
$ printf 'DB_HOST=pg-1\nPOOL_SIZE=50\nTOKEN=5b8efff798038103\n' > good.env
$ printf 'DB_HOST=pg-1\nPOOL_SIZE=5\nTOKEN=0b8efff798038107\nDEBUG=1\n' > bad.env
$ culprit contrast --pair good.env bad.env
$ culprit contrast --pair good.env bad.env --json | jq -c '.alike, .differences[]'
$ culprit contrast --pair good.env good.env
# Notations do not count, kinds of values do.
$ printf 'pool: {size: 50}\ntls: {cert: a, key: b}\nport: 80\n' > good.yaml
$ printf '{"pool": {"size": 50}, "port": "80"}' > bad.json
$ culprit contrast --pair good.yaml bad.json
# An exchange as curl -v shows it.
$ printf '> GET /pay?plan=free HTTP/1.1\n> Host: shop\n>\n< HTTP/1.1 200 OK\n<\n{"ok":true}\n' > good.txt
$ printf '> GET /pay?plan=pro HTTP/1.1\n> Host: shop\n>\n< HTTP/1.1 502 Bad\n<\nno\n' > bad.txt
$ culprit contrast --pair good.txt bad.txt
# What cannot be read or compared is said.
$ printf '{"a":' > cut.json
$ culprit contrast --pair good.yaml cut.json
$ culprit contrast --pair good.yaml
$ culprit contrast --pair good.yaml none.json
$ printf 'one line\n' > words
$ culprit contrast --pair good.yaml words
