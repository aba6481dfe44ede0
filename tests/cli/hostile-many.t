# A hundred thousand files: all are read, in a minute and within the memory that was allowed.
$ mkdir logs && python3 -c "for i in range(100000): open('logs/%06d.log' % i, 'w').write('2025-11-20T14:%02d:%02dZ %s request n=%d\n' % (i // 60 % 60, i % 60, 'ERROR' if i > 90000 and i % 5 == 0 else 'INFO', i))"
[exit 0]
$ /usr/bin/time -f '%e %M' culprit investigate logs --no-case --json 2> used | jq -c '[(.input.sources | length), .input.events, .rate.after.bad]'
[100000,100000,1999]
[exit 0]
$ awk '{ print ($1 < 30 ? "in time" : $1), ($2 < 400000 ? "bounded" : $2) }' used
in time bounded
[exit 0]
$ culprit logs logs --where 'level = error' --since 14:40 2> /dev/null | wc -l
560
[exit 0]
