# journald: and docker:NAME ask the programs journalctl and docker.
$ mkdir bin && printf '%s\n' '#!/bin/sh' 'echo "$@" > asked' 'for i in 0 1 2 3 4 5 6 7 8 9; do' \
  ' p=6; [ $i -gt 5 ] && p=3' \
  ' printf "{\"__REALTIME_TIMESTAMP\":\"176364720%s000000\",\"PRIORITY\":\"%s\",\"MESSAGE\":\"Failed password\",\"_SYSTEMD_UNIT\":\"ssh.service\",\"_PID\":\"812\"}\n" $i $p' \
  'done' > bin/journalctl && chmod +x bin/journalctl
[exit 0]
$ PATH=$PWD/bin:$PATH culprit inputs journald:ssh.service; cat asked
journald:ssh.service
format     journal
events     10 in 1,300 bytes
time       2025-11-20T14:00:00.000Z to 2025-11-20T14:00:09.000Z
zone       its times name their zone
fields     pid (number 1), service (text 1)
failure    level >= error
--output=json --all --no-pager --quiet --unit=ssh.service
[exit 0]
$ PATH=$PWD/bin:$PATH culprit logs journald: --level error; cat asked
journald::780   {"__REALTIME_TIMESTAMP":"1763647206000000","PRIORITY":"3","MESSAGE":"Failed password","_SYSTEMD_UNIT":"ssh.service","_PID":"812"}
journald::910   {"__REALTIME_TIMESTAMP":"1763647207000000","PRIORITY":"3","MESSAGE":"Failed password","_SYSTEMD_UNIT":"ssh.service","_PID":"812"}
journald::1040  {"__REALTIME_TIMESTAMP":"1763647208000000","PRIORITY":"3","MESSAGE":"Failed password","_SYSTEMD_UNIT":"ssh.service","_PID":"812"}
journald::1170  {"__REALTIME_TIMESTAMP":"1763647209000000","PRIORITY":"3","MESSAGE":"Failed password","_SYSTEMD_UNIT":"ssh.service","_PID":"812"}
--output=json --all --no-pager --quiet
[exit 0]
$ PATH=$PWD/bin:$PATH culprit investigate journald: --no-case --json | jq -c '[.input.sources, .input.events, .rate.after.bad]'
[["journald:"],10,4]
[exit 0]
# A container's lines, from both of its streams, in whatever format.
$ printf '%s\n' '#!/bin/sh' 'echo "$@" > asked' \
  'if [ "$3" = gone ]; then echo "Error response from daemon: No such container: gone" >&2; exit 1; fi' \
  'for i in 0 1 2 3 4 5 6 7 8 9; do' ' s=200; [ $i -gt 6 ] && s=503' \
  ' echo "2025-11-20T14:00:0$i.123456789Z {\"level\":\"info\",\"msg\":\"served\",\"status\":$s}"' 'done' \
  'echo "2025-11-20T14:00:09.500000000Z {\"level\":\"error\",\"msg\":\"refused\"}" >&2' > bin/docker && chmod +x bin/docker
[exit 0]
$ PATH=$PWD/bin:$PATH culprit inputs docker:web; cat asked
docker:web
format     cri(ndjson)
events     11 in 924 bytes
time       2025-11-20T14:00:00.123456789Z to 2025-11-20T14:00:09.500Z
zone       its times name their zone
fields     level (text 2), msg, status (number 2), stream (text 1)
failure    status >= 500
logs --timestamps web
[exit 0]
$ PATH=$PWD/bin:$PATH culprit logs docker:web --since 14:00:08
docker:web:680  2025-11-20T14:00:08.123456789Z stdout F {"level":"info","msg":"served","status":503}
docker:web:765  2025-11-20T14:00:09.123456789Z stdout F {"level":"info","msg":"served","status":503}
docker:web:850  2025-11-20T14:00:09.500000000Z stdout F {"level":"error","msg":"refused"}
[exit 0]
$ PATH=$PWD/bin:$PATH culprit logs docker:web docker:gone --since 14:00:09
docker:web:765  2025-11-20T14:00:09.123456789Z stdout F {"level":"info","msg":"served","status":503}
docker:web:850  2025-11-20T14:00:09.500000000Z stdout F {"level":"error","msg":"refused"}
culprit: docker:gone: Error response from daemon: No such container: gone
[exit 0]
$ PATH=$PWD/bin:$PATH culprit inputs docker:gone
culprit: docker:gone: Error response from daemon: No such container: gone
  try: docker logs --timestamps gone > container.log 2>&1   and name that file
[exit 3]
$ PATH=$PWD/bin:$PATH culprit inputs docker:--help
culprit: docker:--help names no container
  try: docker:NAME, as docker ps shows it
[exit 3]
# The programs are not there, or have nothing to say.
$ mkdir none && for tool in culprit; do ln -s "$(command -v $tool)" none/; done; PATH=$PWD/none culprit logs journald:
culprit: journald: the program journalctl is not here
  try: journalctl -o json > journal.ndjson   and name that file
[exit 3]
$ PATH=$PWD/none culprit inputs docker:web
culprit: docker:web: the program docker is not here
  try: docker logs --timestamps web > container.log 2>&1   and name that file
[exit 3]
$ printf '#!/bin/sh\necho "No journal files were opened due to insufficient permissions." >&2; exit 1\n' > bin/journalctl; \
  PATH=$PWD/bin:$PATH culprit inputs journald:
culprit: journald: No journal files were opened due to insufficient permissions.
  try: journalctl -o json > journal.ndjson   and name that file
[exit 3]
# A file that has such a name is a file.
$ echo '2025-11-20T14:00:00Z INFO ready' > docker:web && culprit logs docker:web
docker:web:0   2025-11-20T14:00:00Z INFO ready
[exit 0]
