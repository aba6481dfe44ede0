# A line that comes more than two seconds after later ones is shown where it was read, marked.
$ for m in 00 01 02 03 04; do for s in $(seq 10 59); do echo "2025-11-20T14:$m:$s.000Z INFO tick"; done; \
    done > app.log
[exit 0]
$ sed -i '150i 2025-11-20T14:00:30.500Z INFO flushed late' app.log
[exit 0]
$ culprit logs app.log | grep -B1 -A1 late
culprit: 1 line came later than the window of 2s puts in order, marked late
app.log:4375  2025-11-20T14:02:35.000Z INFO tick
app.log:5215  [late] 2025-11-20T14:00:30.500Z INFO flushed late
app.log:4410  2025-11-20T14:02:36.000Z INFO tick
[exit 0]
# Bytes that would drive a terminal are shown, not sent.
$ printf '2025-11-20T14:00:00Z INFO \033[31mred\007\n' | culprit logs -
-:0   2025-11-20T14:00:00Z INFO \x1b[31mred\x07
[exit 0]
