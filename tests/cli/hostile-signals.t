# SIGINT and SIGTERM at fifty moments of a run: it ends at once with 130 or 143, or was done; nothing
# is left behind, and the case holds.
$ mkdir logs tmp && seq 0 199999 | jq -c '{ts: (1763647200 + . / 100), trace_id: "t\(. / 3 | floor)", status: (if . > 150000 and . % 7 == 0 then 500 else 200 end)}' > logs/a.ndjson && gzip -nk1 logs/a.ndjson && mv logs/a.ndjson.gz b.gz
[exit 0]
$ RANDOM=7; for i in $(seq 50); do signal=$([ $((i % 2)) = 0 ] && echo INT || echo TERM); \
    cat b.gz | TMPDIR=$PWD/tmp timeout --preserve-status -k 5 -s $signal 0.$(printf %03d $((RANDOM % 700 + 1))) culprit investigate logs - > out 2> err; code=$?; \
    case $code in 0|1|130|143) ;; *) echo "run $i: exit $code"; cat err;; esac; \
    [ $code -lt 130 ] || [ ! -s out ] || echo "run $i: printed and was stopped"; done; ls -A tmp | wc -l
0
[exit 0]
$ culprit case list > /dev/null && echo holds
holds
[exit 0]
