# What is written to a log is shown as it comes, through a rotation, until somebody stops it.
$ mkdir logs && for i in $(seq 10 30); do echo "2025-11-20T14:00:${i}Z INFO served n=$i"; done > logs/app.log
[exit 0]
$ (sleep 1; echo '2025-11-20T14:01:00Z ERROR refused n=31' >> logs/app.log; mv logs/app.log logs/app.log.1; \
   echo '2025-11-20T14:01:01Z INFO served n=32' > logs/app.log; sleep 1.5; \
   echo '2025-11-20T14:01:02Z ERROR refused n=33' >> logs/app.log) & \
  timeout --preserve-status -s INT 5 culprit logs logs --follow 2> said
logs/app.log:418  2025-11-20T14:00:21Z INFO served n=21
logs/app.log:456  2025-11-20T14:00:22Z INFO served n=22
logs/app.log:494  2025-11-20T14:00:23Z INFO served n=23
logs/app.log:532  2025-11-20T14:00:24Z INFO served n=24
logs/app.log:570  2025-11-20T14:00:25Z INFO served n=25
logs/app.log:608  2025-11-20T14:00:26Z INFO served n=26
logs/app.log:646  2025-11-20T14:00:27Z INFO served n=27
logs/app.log:684  2025-11-20T14:00:28Z INFO served n=28
logs/app.log:722  2025-11-20T14:00:29Z INFO served n=29
logs/app.log:760  2025-11-20T14:00:30Z INFO served n=30
logs/app.log:798  2025-11-20T14:01:00Z ERROR refused n=31
logs/app.log:0    2025-11-20T14:01:01Z INFO served n=32
logs/app.log:38   2025-11-20T14:01:02Z ERROR refused n=33
[exit 130]
$ cat said
culprit: logs/app.log was replaced: the new file is followed
[exit 0]
$ echo '2025-11-20T14:01:03Z ERROR refused n=34' > logs/more && (sleep 1; cat logs/more >> logs/app.log) & \
  timeout --preserve-status -s TERM 3 culprit logs logs/app.log --follow --since 14:01:00 --where 'level = error' --json | jq -c '[.source, .offset, .level, .fields.n]'; \
  echo ${PIPESTATUS[0]}
["logs/app.log",38,"error",33]
["logs/app.log",78,"error",34]
143
[exit 0]
# A pipe and a program that end: so does following.
$ seq 3 | sed 's/^/2025-11-20T14:00:00Z INFO n=/' | culprit logs - --follow
-:0  2025-11-20T14:00:00Z INFO n=1
-:30  2025-11-20T14:00:00Z INFO n=2
-:60  2025-11-20T14:00:00Z INFO n=3
[exit 0]
$ mkdir bin && printf '%s\n' '#!/bin/sh' 'echo "$@" > asked' 'echo "2025-11-20T14:00:00.5Z level=info msg=ready"' > bin/docker && chmod +x bin/docker
[exit 0]
$ PATH=$PWD/bin:$PATH culprit logs docker:web --follow; cat asked
docker:web:0  2025-11-20T14:00:00.5Z stdout F level=info msg=ready
logs --timestamps --follow --tail=10 web
[exit 0]
$ printf '%s\n' '#!/bin/sh' 'echo $$ > pid; exec sleep 100' > bin/docker
[exit 0]
$ PATH=$PWD/bin:$PATH timeout --preserve-status -s TERM 1 culprit logs docker:web --follow
[exit 143]
$ kill -0 $(cat pid) 2> /dev/null && echo left behind || echo gone
gone
[exit 0]
# What needs all lines cannot follow.
$ culprit logs logs --follow --at 14:00
culprit: --at needs lines that are all there, --follow shows those to come
  try: --follow --since -10m
[exit 2]
$ culprit logs logs --follow --units --where 'level = error'
culprit: --units needs lines that are all there, --follow shows those to come
  try: leave one of them out
[exit 2]
