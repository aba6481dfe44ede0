# A second run reads the index that the first one has left in the case folder.
$ awk 'BEGIN { for (i = 0; i < 160000; i++) { at = int(i * 3600 / 160000); eu = i % 3 == 0; \
    fails = i % 997 == 0 || (eu && i > 100000 && i % 5 == 0); \
    printf "ts=2025-11-20T%02d:%02d:%02dZ level=%s region=%s host=h%d status=%d pad=p%0170d\n", \
      13 + int(at / 3600), int(at / 60) % 60, at % 60, fails ? "error" : "info", eu ? "eu" : "us", \
      i % 4, fails ? 500 : 200, (i * 7919) % 1000003 } }' > app.log
[exit 0]
$ culprit investigate app.log > first
[exit 0]
$ ls .culprit/index | wc -l
1
[exit 0]
$ culprit investigate app.log > second
[exit 0]

# It says the same, and what it left out.
$ diff first second
2a3
> NOTE     app.log: read from its index, which leaves out pad; --fresh reads everything
[exit 1]

# It is at most a fiftieth of the log.
$ test $(($(cat .culprit/index/* | wc -c) * 50)) -le $(wc -c < app.log)
[exit 0]

# Another question, answered from it as from the log itself.
$ culprit investigate app.log --bad 'host = h0 and level = error' --json | jq -S 'del(.warnings)' > indexed.json
[exit 0]
$ culprit investigate app.log --bad 'host = h0 and level = error' --json --no-case | jq -S 'del(.warnings)' | cmp - indexed.json
[exit 0]

# A field that it does not hold is read from the log.
$ culprit investigate app.log --bad 'pad ~ "7{3}$"' | grep NOTE
NOTE     app.log: pad is not in the index: 37 MB were read again
[exit 0]

# What was appended is read; a log that was written anew is read anew.
$ head -1000 app.log > more && cat more >> app.log && culprit investigate app.log | grep READ
READ     1 source, 161,000 events, 2025-11-20T13:00:00.000Z to 13:59:59Z; all counts exact
[exit 0]
$ sed -i '5s/us/eu/' app.log && culprit investigate app.log | grep NOTE
NOTE     app.log: it is not what it was when it was indexed; everything was read again
[exit 0]

# A damaged index is no index.
$ printf 'xx' | dd of=$(ls .culprit/index/*) bs=1 seek=100 conv=notrunc status=none \
  && culprit investigate app.log | grep NOTE
NOTE     app.log: the index is damaged: the checksum of its header differs; everything was read
[exit 0]

# --fresh does not look at it, --no-case makes none.
$ culprit investigate app.log --fresh | grep -c NOTE
0
[exit 1]
$ rm -r .culprit && culprit investigate app.log --no-case > /dev/null; ls -d .culprit
ls: cannot access '.culprit': No such file or directory
[exit 2]
