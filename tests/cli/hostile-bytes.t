# Bytes that are no text, text that is no UTF-8, and JSON that goes too far. Each line is: format,
# events, lines that could not be read.
$ echo '.sources[] | [.source, .packing, .format, .events, .skipped_lines, .fault]' > seen.jq
[exit 0]
# Invalid UTF-8 and zero bytes within lines are shown escaped.
$ printf '2025-11-20T14:00:00Z INFO caf\xe9 \xff\xfe bad\n2025-11-20T14:00:01Z INFO zero \x00 byte\n2025-11-20T14:00:02Z INFO fine\n' > latin.log
[exit 0]
$ culprit inputs latin.log --json | jq -cf seen.jq
["latin.log","","text",3,0,null]
[exit 0]
$ culprit logs latin.log
latin.log:0    2025-11-20T14:00:00Z INFO caf\xe9 \xff\xfe bad
latin.log:38   2025-11-20T14:00:01Z INFO zero \x00 byte
latin.log:76   2025-11-20T14:00:02Z INFO fine
[exit 0]
$ culprit logs latin.log --json | jq -c .line
"2025-11-20T14:00:00Z INFO caf� �� bad"
"2025-11-20T14:00:01Z INFO zero \u0000 byte"
"2025-11-20T14:00:02Z INFO fine"
[exit 0]
# UTF-16, with and without a mark, packed too; UTF-8 with a mark.
$ printf '{"ts":"2025-11-20T14:00:00Z","msg":"gr\xc3\xbc\xc3\x9fe \xf0\x9f\x99\x82","status":200}\n{"ts":"2025-11-20T14:00:01Z","msg":"fehler","status":500}\n' > utf8
[exit 0]
$ (printf '\xff\xfe'; iconv -t UTF-16LE utf8) > le.log; (printf '\xfe\xff'; iconv -t UTF-16BE utf8) > be.log; \
  iconv -t UTF-16LE utf8 > bare.log; gzip -nc le.log > le.gz; (printf '\xef\xbb\xbf'; cat utf8) > bom.log; rm utf8
[exit 0]
$ for f in le.log be.log bare.log le.gz bom.log; do culprit inputs $f --json | jq -cf seen.jq; done
["le.log","UTF-16 LE","ndjson",2,0,null]
["be.log","UTF-16 BE","ndjson",2,0,null]
["bare.log","UTF-16 LE","ndjson",2,0,null]
["le.gz","gzip, UTF-16 LE","ndjson",2,0,null]
["bom.log","","ndjson",2,0,null]
[exit 0]
$ culprit logs le.log
le.log:0     {"ts":"2025-11-20T14:00:00Z","msg":"grüße 🙂","status":200}
le.log:64    {"ts":"2025-11-20T14:00:01Z","msg":"fehler","status":500}
[exit 0]
$ culprit investigate be.log --no-case --json | jq -c '[.input.events, .rate.after.bad]'
[2,1]
[exit 0]
$ head -c 51 le.log > half.log && culprit logs half.log
half.log:0    {"ts":"2025-11-20T14:00:
[exit 0]
# Deep nesting, many keys, keys twice, numbers that no machine word holds, NaN.
$ python3 -c "print('{\"ts\":\"2025-11-20T14:00:00Z\",\"a\":' + '['*100000 + ']'*100000 + '}'); print('{\"ts\":\"2025-11-20T14:00:01Z\",' + '\"b\":{'*100000 + '}'*100000 + '}'); print('{\"ts\":\"2025-11-20T14:00:02Z\",\"status\":500}')" > deep.ndjson
[exit 0]
$ culprit inputs deep.ndjson --json | jq -cf seen.jq
["deep.ndjson","","ndjson",3,0,null]
[exit 0]
$ seq 0 9999 | jq -c '{ts: (1763647200 + . / 100 | floor), ("key\(.)"): ., status: (if . > 7000 then 500 else 200 end)}' > keys.ndjson
[exit 0]
$ culprit inputs keys.ndjson --json | jq -cf seen.jq
["keys.ndjson","","ndjson",10000,0,null]
[exit 0]
$ culprit investigate keys.ndjson --no-case --json | jq -c '[.rate.after.bad, .when.shape]'
[2999,"step"]
[exit 0]
$ printf '%s\n' '{"ts":"2025-11-20T14:00:00Z","status":200,"status":500,"status":503}' '{"ts":"2025-11-20T14:00:01Z","n":123456789012345678901234567890,"m":-1e999,"x":NaN,"y":Infinity,"z":1e-400}' '{"ts":99999999999999999999999999,"n":18446744073709551616}' > odd.ndjson
[exit 0]
$ culprit inputs odd.ndjson --json | jq -cf seen.jq
["odd.ndjson","","ndjson",3,0,null]
[exit 0]
$ culprit logs odd.ndjson --where 'n > 100000000000000000000' --json 2> /dev/null | jq -c .fields
{"ts":"2025-11-20T14:00:01Z","n":123456789012345680000000000000,"m":-1.7976931348623157e+308,"x":"NaN","y":"Infinity","z":0}
[exit 0]
$ culprit logs odd.ndjson --where 'status = 500' | wc -l
1
[exit 0]
# Escape sequences of terminals are shown, not sent: in lines, names of fields and of files.
$ printf '{"ts":"2025-11-20T14:00:00Z","msg":"\\u001b]0;owned\\u0007","a\\u001b[2Jb":"\\u009b31m","status":500}\n' > "$(printf 'x\033[31m.log')"
[exit 0]
$ culprit inputs x* | cat -v
x\x1b[31m.log
format     ndjson
events     1 in 98 bytes
time       2025-11-20T14:00:00.000Z to 2025-11-20T14:00:00.000Z
zone       its times name their zone
fields     a\x1b[2Jb (text 1), msg, status (number 1), ts, owned (number 1)
failure    status >= 500
[exit 0]
$ culprit investigate x* --no-case | cat -v | head -4
READ     1 source, 1 events, 2025-11-20T14:00:00.000Z to 14:00:00Z; all counts exact
         1 events; failed means status >= 500 (inferred)
WHEN     nothing moved: 1000.0 M failures per minute (0..2960.0 M, 95%) throughout
[exit 0]
$ culprit logs x* | cat -v
x\x1b[31m.log:0   {"ts":"2025-11-20T14:00:00Z","msg":"\u001b]0;owned\u0007","a\u001b[2Jb":"\u009b31m","status":500}
[exit 0]
$ for i in $(seq 0 99); do printf '{"ts":%d,"a\\u001b[2J":"%s","status":%d}\n' $((1763647200 + i)) "$((i % 4))\\u001b[31m" $((i > 50 && i % 4 == 1 ? 500 : 200)); done > esc.ndjson
[exit 0]
$ culprit investigate esc.ndjson --no-case | cat -v | grep -e WHO -e '\^'
         M-bM-^VM-^AM-bM-^VM-^AM-bM-^VM-^AM-bM-^VM-^AM-bM-^VM-^AM-bM-^VM-^AM-bM-^VM-^AM-bM-^VM-^AM-bM-^VM-^AM-bM-^VM-^AM-bM-^VM-^AM-bM-^VM-^AM-bM-^VM-^AM-bM-^VM-^AM-bM-^VM-^AM-bM-^VM-^AM-bM-^VM-^AM-bM-^VM-^AM-bM-^VM-^AM-bM-^VM-^AM-bM-^VM-^AM-bM-^VM-^AM-bM-^VM-^AM-bM-^VM-^AM-bM-^VM-^AM-bM-^VM-^AM-bM-^VM-^AM-bM-^VM-^AM-bM-^VM-^AM-bM-^VM-^AM-bM-^VM-^AM-bM-^VM-^AM-bM-^VM-^AM-bM-^VM-^AM-bM-^VM-^AM-bM-^VM-^AM-bM-^VM-^AM-bM-^VM-^AM-bM-^VM-^AM-bM-^VM-^AM-bM-^VM-^AM-bM-^VM-^AM-bM-^VM-^HM-bM-^VM-^AM-bM-^VM-^AM-bM-^VM-^HM-bM-^VM-^AM-bM-^VM-^AM-bM-^VM-^DM-bM-^VM-^AM-bM-^VM-^AM-bM-^VM-^AM-bM-^VM-^DM-bM-^VM-^AM-bM-^VM-^AM-bM-^VM-^HM-bM-^VM-^AM-bM-^VM-^AM-bM-^VM-^HM-bM-^VM-^AM-bM-^VM-^AM-bM-^VM-^HM-bM-^VM-^AM-bM-^VM-^AM-bM-^VM-^DM-bM-^VM-^AM-bM-^VM-^AM-bM-^VM-^AM-bM-^VM-^DM-bM-^VM-^AM-bM-^VM-^AM-bM-^VM-^HM-bM-^VM-^AM-bM-^VM-^AM-bM-^VM-^HM-bM-^VM-^AM-bM-^VM-^AM-bM-^VM-^HM-bM-^VM-^AM-bM-^VM-^A
                                                 ^ (^ onset)
WHO      "a\x1b[2J" = "1\x1b[31m": 100% of the failures, 77x the risk (q < 1e-8); 100% of 12 fail
[exit 0]
