# Two logs of different formats are read as one, in the order of time; a stack trace stays with its
# event, and every line says where it stands.
$ printf '%s\n' '{"ts":"2025-11-20T14:03:10.100Z","level":"info","msg":"charge began","order":"o-17"}' \
    '{"ts":"2025-11-20T14:03:12.400Z","level":"error","msg":"charge failed","order":"o-17"}' > shop.ndjson
[exit 0]
$ printf '%s\n' '2025-11-20 14:03:11,250 INFO  pool: connection opened' \
    '2025-11-20 14:03:12,300 ERROR pool: timeout' '  at pool.py:88' '  at charge.py:12' \
    '2025-11-20 14:03:13,000 INFO  pool: connection closed' > pool.log
[exit 0]
$ culprit logs shop.ndjson pool.log --tz UTC
shop.ndjson:0    {"ts":"2025-11-20T14:03:10.100Z","level":"info","msg":"charge began","order":"o-17"}
pool.log:0       2025-11-20 14:03:11,250 INFO  pool: connection opened
pool.log:54      2025-11-20 14:03:12,300 ERROR pool: timeout
pool.log:98        at pool.py:88
pool.log:114       at charge.py:12
shop.ndjson:85   {"ts":"2025-11-20T14:03:12.400Z","level":"error","msg":"charge failed","order":"o-17"}
pool.log:132     2025-11-20 14:03:13,000 INFO  pool: connection closed
[exit 0]
# Whose times name no zone is said, unless --tz does.
$ culprit logs pool.log --level error
pool.log:54   2025-11-20 14:03:12,300 ERROR pool: timeout
pool.log:98     at pool.py:88
pool.log:114    at charge.py:12
culprit: times in pool.log name no zone: UTC is taken (--tz says another)
[exit 0]
