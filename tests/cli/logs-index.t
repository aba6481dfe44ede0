# `logs` asks the index that an investigation has left where the events stand that --where and
# --level ask for, and reads those lines alone.
$ awk 'BEGIN { for (i = 0; i < 160000; i++) { at = int(i * 3600 / 160000); eu = i % 3 == 0; \
    fails = i % 997 == 0 || (eu && i > 100000 && i % 5 == 0); \
    printf "ts=2025-11-20T%02d:%02d:%02dZ level=%s region=%s host=h%d status=%d pad=p%0170d\n", \
      13 + int(at / 3600), int(at / 60) % 60, at % 60, fails ? "error" : "info", eu ? "eu" : "us", \
      i % 4, fails ? 500 : 200, (i * 7919) % 1000003 } }' > app.log
[exit 0]
$ culprit investigate app.log > /dev/null && ls .culprit/index | wc -l
1
[exit 0]
$ culprit logs app.log --where 'status = 500 and host = h1' > indexed
[exit 0]
$ culprit logs app.log --where 'status = 500 and host = h1' --fresh | cmp - indexed && wc -l < indexed
1039
[exit 0]
$ culprit logs app.log --level error --since 13:40 --until 13:41 > indexed
[exit 0]
$ culprit logs app.log --level error --since 13:40 --until 13:41 --fresh | cmp - indexed && wc -l < indexed
180
[exit 0]
$ culprit logs app.log --where 'regoin = eu'
culprit: --where names regoin, which no event has
culprit: no event matches
[exit 1]

# What was appended is read, with the lines that continue it.
$ printf '%s\n' 'ts=2025-11-20T14:00:01Z level=error region=eu host=h9 status=500' '    at pay.py:7' >> app.log
[exit 0]
$ culprit logs app.log --where 'host = h9'
app.log:38404157  ts=2025-11-20T14:00:01Z level=error region=eu host=h9 status=500
app.log:38404222      at pay.py:7
[exit 0]

# A field that it does not hold is read from the log.
$ culprit logs app.log --where 'pad ~ "^p0+7919$"' | cut -c1-60
app.log:241       ts=2025-11-20T13:00:00Z level=info region=
[exit 0]

# A damaged index is no index.
$ printf 'xx' | dd of=$(ls .culprit/index/*) bs=1 seek=100 conv=notrunc status=none
[exit 0]
$ culprit logs app.log --where 'host = h9' 2>&1 > /dev/null
culprit: app.log: the index is damaged: the checksum of its header differs; everything was read again
[exit 0]
