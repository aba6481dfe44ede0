# A service whose log is in another zone, and one whose clock is slow, are found by the requests that
# all saw; --fix-clocks puts them right.
$ for i in $(seq 0 299); do t=$((1763647200 + i)); s=$((i > 200 && i % 3 == 0 ? 503 : 200)); \
    echo "{\"ts\":\"$(date -ud @$t +%FT%T).100Z\",\"trace_id\":\"req-$i\",\"msg\":\"in\",\"status\":$s}" >> gateway.log; \
    echo "$(date -ud @$((t + 7200)) +%FT%T).1$((i % 90 + 10)) INFO charged trace_id=req-$i" >> pay.log; \
    echo "{\"ts\":\"$(date -ud @$((t - 4)) +%FT%T).2$((i % 80 + 10))Z\",\"trace_id\":\"req-$i\",\"msg\":\"stored\"}" >> stock.log; done
[exit 0]
$ culprit investigate *.log --no-case --json | jq -c '.warnings[] | [.code, .source, .text]'
["zone_assumed","pay.log","pay.log: its times name no zone and were taken as UTC; --tz names another"]
["clock_offset","pay.log","the zone of pay.log is 2 h ahead of gateway.log, by 300 values of trace_id in both (95%: 2 h to 2 h); --fix-clocks corrects it"]
["clock_offset","stock.log","the clock of stock.log is 3.853 s behind gateway.log, by 300 values of trace_id in both (95%: 3.849 s to 3.857 s); --fix-clocks corrects it"]
[exit 0]
$ culprit investigate *.log --no-case | grep NOTE -A 3
NOTE     pay.log: its times name no zone and were taken as UTC; --tz names another
         the zone of pay.log is 2 h ahead of gateway.log, by 300 values of trace_id in both (95%: 2
         h to 2 h); --fix-clocks corrects it
         the clock of stock.log is 3.853 s behind gateway.log, by 300 values of trace_id in both
[exit 0]
$ culprit investigate *.log --no-case --fix-clocks --json | jq -c '[.input.from, .input.to, .unit.total], .warnings[]'
["2025-11-20T14:00:00.063Z","2025-11-20T14:04:59.139Z",300]
{"code":"zone_assumed","source":"pay.log","text":"pay.log: its times name no zone and were taken as UTC; --tz names another"}
{"code":"clock_offset","source":"pay.log","text":"the zone of pay.log is 2 h ahead of gateway.log, by 300 values of trace_id in both (95%: 2 h to 2 h); its times were corrected"}
{"code":"clock_offset","source":"stock.log","text":"the clock of stock.log is 3.853 s behind gateway.log, by 300 values of trace_id in both (95%: 3.849 s to 3.857 s); its times were corrected"}
[exit 0]
$ culprit logs *.log --fix-clocks 2> said | grep 'req-7\b'; cat said
stock.log:476      {"ts":"2025-11-20T14:00:03.217Z","trace_id":"req-7","msg":"stored"}
gateway.log:539    {"ts":"2025-11-20T14:00:07.100Z","trace_id":"req-7","msg":"in","status":200}
pay.log:364        2025-11-20T16:00:07.117 INFO charged trace_id=req-7
culprit: the zone of pay.log is 2 h ahead of gateway.log, by 300 values of trace_id in both (95%: 2 h to 2 h); its times were corrected
culprit: the clock of stock.log is 3.853 s behind gateway.log, by 300 values of trace_id in both (95%: 3.849 s to 3.857 s); its times were corrected
culprit: times in pay.log name no zone: UTC is taken (--tz says another)
[exit 0]
# Clocks that agree, and a queue that waits, are nothing to say.
$ rm *.log; for i in $(seq 0 199); do t=$((1763647200 + i)); echo "{\"ts\":$t,\"trace_id\":\"req-$i\",\"status\":200}" >> a.log; \
    echo "{\"ts\":$((t + i * 7919 % 61)),\"trace_id\":\"req-$i\",\"msg\":\"done\"}" >> queue.log; done
[exit 0]
$ culprit investigate *.log --no-case --json | jq -c '.warnings'
[]
[exit 0]
# Syslog across New Year: the file was last written in January. Two digits of a year. The hour that
# a switch of clocks repeats.
$ printf 'Dec 31 23:59:58 web-1 app[1]: old\nDec 31 23:59:59 web-1 app[1]: old\nJan  1 00:00:01 web-1 app[1]: new\n' > syslog && TZ=UTC touch -d 2026-01-01T00:00:02Z syslog
[exit 0]
$ culprit inputs syslog --json | jq -c '.sources[] | [.from, .to]'
["2025-12-31T23:59:58.000Z","2026-01-01T00:00:01.000Z"]
[exit 0]
$ printf '25/11/20 14:00:01 INFO Executor: ready\n25/11/20 14:00:02 INFO Executor: done\n' > spark.log && touch -d 2025-11-20T15:00:00Z spark.log && \
  culprit inputs spark.log --json | jq -c '.sources[] | [.from, .to]'
["2025-11-20T14:00:01.000Z","2025-11-20T14:00:02.000Z"]
[exit 0]
$ printf '2025-10-26 %s INFO tick\n' 01:59:59 02:00:00 02:30:00 02:59:59 03:00:00 > dst.log && culprit logs dst.log --tz Europe/Berlin --json | jq -r .time
2025-10-25T23:59:59.000Z
2025-10-26T00:00:00.000Z
2025-10-26T00:30:00.000Z
2025-10-26T00:59:59.000Z
2025-10-26T02:00:00.000Z
[exit 0]
$ printf '2025-03-30 %s INFO tick\n' 01:59:59 03:00:00 > spring.log && culprit logs spring.log --tz Europe/Berlin --json | jq -r .time
2025-03-30T00:59:59.000Z
2025-03-30T01:00:00.000Z
[exit 0]
