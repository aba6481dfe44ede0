# Where nothing matches, exit 1 and a sentence that helps; sources that cannot be read are named.
$ echo '2025-11-20T14:03:10Z INFO started' > app.log
[exit 0]
$ culprit logs app.log --where 'status >= 500'
culprit: --where names status, which no event has
culprit: no event matches
[exit 1]
$ culprit logs app.log --at 2025-11-20T18:00:00Z
culprit: no events from 2025-11-20T17:59:30.000Z to 2025-11-20T18:00:30.000Z; the sources run from 2025-11-20T14:03:10.000Z to 2025-11-20T14:03:10.000Z
[exit 1]
$ culprit logs app.log gone.log
app.log:0   2025-11-20T14:03:10Z INFO started
culprit: no such file or directory: gone.log
[exit 0]
$ culprit logs gone.log
culprit: no such file or directory: gone.log
  try: name a file, a folder with logs in it, a glob, or - for standard input
[exit 3]
$ culprit logs app.log --level loud
culprit: --level loud is no level
  try: --level error   or trace, debug, info, warn, fatal
[exit 2]
# A pipe with a name is a source too, though it can be read only once.
$ culprit logs <(cat app.log) | sed 's/^[^ ]* *//'
2025-11-20T14:03:10Z INFO started
[exit 0]
# A reader that stops early is no failure.
$ yes '2025-11-20T14:03:10Z INFO started' | head -100000 | culprit logs - | head -2
-:0        2025-11-20T14:03:10Z INFO started
-:34       2025-11-20T14:03:10Z INFO started
[exit 0]
