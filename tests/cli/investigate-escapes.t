# No log can drive the terminal: control bytes are shown as such, and --json escapes them.
$ seq 0 599 | awk '{ bad = $1 > 300 && $1 % 3 == 0; printf "%s %s %s /%s\n", 1763647200 + $1,'\
' bad ? "ERROR" : "INFO", bad ? "\033]0;owned\007 failed" : "fine", "\033[31mred\177" }' > a.log
[exit 0]
$ head -1 a.log | od -c | head -2
0000000   1   7   6   3   6   4   7   2   0   0       I   N   F   O    
0000020   f   i   n   e       / 033   [   3   1   m   r   e   d 177  \n
[exit 0]
$ culprit investigate a.log --no-case > screen
[exit 0]
$ LC_ALL=C grep -c -P '[\x00-\x08\x0b-\x1f\x7f]' screen
0
[exit 1]
$ culprit investigate a.log --no-case --json | LC_ALL=C grep -c -P '[\x00-\x08\x0b-\x1f]'
0
[exit 1]
$ grep -A 3 -E '^(LOGS|AROUND)' screen
LOGS     new:     ]<*>;owned failed / [<*>                                      0 -> 99  a.log:9696
AROUND   * a.log:9696  1763647503 ERROR \x1b]0;owned\x07 failed /\x1b[31mred\x7f
         * a.log:9806  1763647506 ERROR \x1b]0;owned\x07 failed /\x1b[31mred\x7f
         * a.log:9916  1763647509 ERROR \x1b]0;owned\x07 failed /\x1b[31mred\x7f
         * a.log:10026  1763647512 ERROR \x1b]0;owned\x07 failed /\x1b[31mred\x7f
[exit 0]
