# --at jumps to an instant, --around says how much is shown on either side of it.
$ for s in 01 02 03 04 05 06; do echo "2025-11-20T14:03:${s}Z level=info msg=\"tick $s\""; done > app.log
[exit 0]
$ culprit logs app.log --at 2025-11-20T14:03:04Z --around 1s
app.log:92   2025-11-20T14:03:03Z level=info msg="tick 03"
app.log:138  2025-11-20T14:03:04Z level=info msg="tick 04"
app.log:184  2025-11-20T14:03:05Z level=info msg="tick 05"
[exit 0]
# A clock time is on the day of the newest event; a distance goes back from it.
$ culprit logs app.log --at 14:03:02 --around 0s
app.log:46   2025-11-20T14:03:02Z level=info msg="tick 02"
[exit 0]
$ culprit logs app.log --since -1s
app.log:184  2025-11-20T14:03:05Z level=info msg="tick 05"
app.log:230  2025-11-20T14:03:06Z level=info msg="tick 06"
[exit 0]
$ culprit logs app.log --since 14:03:05 --until 14:03:06
app.log:184  2025-11-20T14:03:05Z level=info msg="tick 05"
[exit 0]
$ culprit logs app.log --at noon
culprit: --at noon is no time
  try: --at 2025-11-20T14:03:00Z   or 14:03, 14:03:12, -2h
[exit 2]
$ culprit logs app.log --around 5s
culprit: --around says how far from --at, which is missing
  try: --at 14:03 --around 5s
[exit 2]
# Packed sources are searched too.
$ gzip -n app.log && culprit logs app.log.gz --at 14:03:04 --around 1s
app.log.gz:92    2025-11-20T14:03:03Z level=info msg="tick 03"
app.log.gz:138   2025-11-20T14:03:04Z level=info msg="tick 04"
app.log.gz:184   2025-11-20T14:03:05Z level=info msg="tick 05"
[exit 0]
