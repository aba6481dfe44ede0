# A line of 100 MB among others: it is an event, its neighbours are read, and memory stays bounded.
$ echo '2025-11-20T14:00:00Z INFO before' > long.log && (printf '2025-11-20T14:00:01Z ERROR '; head -c 100000000 /dev/zero | tr '\0' x; echo) >> long.log && \
  echo '2025-11-20T14:00:02Z INFO behind' >> long.log
[exit 0]
$ culprit inputs long.log --json | jq -c '.sources[] | [.events, .skipped_lines, .fault]'
[3,0,null]
[exit 0]
$ culprit logs long.log | cut -c 1-60
long.log:0          2025-11-20T14:00:00Z INFO before
long.log:33         2025-11-20T14:00:01Z ERROR xxxxxxxxxxxxx
long.log:100000061  2025-11-20T14:00:02Z INFO behind
[exit 0]
$ /usr/bin/time -f %M culprit investigate long.log --no-case --json 2> memory | jq -c '[.input.events, .rate.after.bad]'
[3,1]
[exit 0]
$ [ "$(tail -1 memory)" -lt 700000 ] && echo bounded || cat memory
bounded
[exit 0]
# JSON that long; and one in a packed file.
$ (echo '{"ts":"2025-11-20T14:00:00Z","status":200}'; printf '{"ts":"2025-11-20T14:00:01Z","status":500,"pad":"'; head -c 100000000 /dev/zero | tr '\0' x; echo '"}'; \
   echo '{"ts":"2025-11-20T14:00:02Z","status":200}') > long.ndjson
[exit 0]
$ culprit inputs long.ndjson --json | jq -c '.sources[] | [.events, .skipped_lines, .fault]'
[3,0,null]
[exit 0]
$ culprit logs long.ndjson --where 'status = 500' | cut -c 1-80
long.ndjson:43         {"ts":"2025-11-20T14:00:01Z","status":500,"pad":"xxxxxxxx
[exit 0]
$ rm long.log && shuf -i 1-100000000 -n 1000000 --random-source=<(yes) | tr '\n' ' ' > words && \
  (echo '2025-11-20T14:00:00Z INFO before'; printf '2025-11-20T14:00:01Z INFO '; for i in 1 2 3 4 5 6 7 8 9; do cat words; done; echo; echo '2025-11-20T14:00:02Z INFO behind') | gzip -1 -n > long.gz
[exit 0]
$ culprit inputs long.gz --json | jq -c '.sources[] | [.events, .skipped_lines, .fault]'
[3,0,null]
[exit 0]
$ culprit logs long.gz | cut -c 1-60
culprit: long.gz: the line at byte 33 is longer than 64 MB and was cut there
long.gz:0          2025-11-20T14:00:00Z INFO before
long.gz:33         2025-11-20T14:00:01Z INFO 30729483 434768
long.gz:80780874   2025-11-20T14:00:02Z INFO behind
[exit 0]
