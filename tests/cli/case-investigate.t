# Every investigation is kept; what is shown again is what was shown, secrets aside.
$ for i in $(seq 0 599); do s=200; [ $i -ge 300 ] && [ $((i % 3)) = 0 ] && s=500; \
  printf '{"ts":"2025-11-20T14:%02d:%02dZ","status":%d,"region":"%s","token":"hunter%d"}\n' \
  $((i / 60)) $((i % 60)) $s "$([ $((i % 3)) = 0 ] && echo eu || echo us)" $((i % 7)); done > a.ndjson
[exit 0]
$ SOURCE_DATE_EPOCH=1763647392 culprit investigate a.ndjson --case outage > shown.txt
[exit 0]
$ culprit case show | cut -c1-51
outage  open since 2025-11-20T14:03:12Z, 1 entry
   1  2025-11-20T14:03:12Z  investigate  step since
      $ culprit investigate a.ndjson --case outage
[exit 0]
$ culprit case show 1 | tail -n +4 | diff - <(sed 's/hunter./***/' shown.txt) && \
  echo the same
the same
[exit 0]
$ culprit investigate a.ndjson --json --case outage > found.json && culprit case show 2 --json | \
  jq -S .result | diff - <(jq -S . found.json | sed 's/hunter./***/g') && echo the same
the same
[exit 0]
$ culprit investigate a.ndjson --no-case > /dev/null && culprit case list | cut -c1-42
outage  2025-11-20T14:03:12Z   2 entries  
[exit 0]
$ culprit investigate a.ndjson --case a/b | diff shown.txt - && echo the same
culprit: not kept in the case: no case can be named a/b (letters, digits, - and _)
the same
[exit 0]
$ grep -c hunter .culprit/cases.db*
0
[exit 1]
