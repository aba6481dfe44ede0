# What is asked for wrongly is answered with what would be right, and exit code 2.
$ culprit
culprit finds what broke production: when, who is hit, what changed, what the logs say.

  culprit investigate logs/ --repo .      the whole answer on one screen

Commands:
  investigate  when did it begin, who is hit, what changed, what do the logs say
  inputs       what was recognised in each source: format, times, fields, ids, failures
  contrast     what separates bad from good, whenever it was; or two documents
  logs         the lines of many sources in order of time: jump, filter
  case         what was asked so far, and what came out
  repro        how often a command fails, and under which conditions
  proxy        a relay that delays, cuts, corrupts or answers, by seed
  load         puts load on a server: at a rate, by many connections, or all at once
  bisect       which commit made a test fail, also one that fails only sometimes
  shrink       which differences between two files make a command fail
  try          whether a change does what it should; taken back if not

culprit COMMAND --help says more. Data goes to standard output, all else to standard error.
Exit: 0 answer found, 1 no finding, 2 usage, 3 unreadable, 4 no permission.
[exit 2]
$ culprit investigat a.log
culprit: there is no command investigat
  did you mean culprit investigate?
[exit 2]
$ culprit investigate
culprit: no SOURCE given
  try: name a file, a folder with logs in it, a glob, or - for standard input
[exit 2]
$ culprit investigate a.log --repos .
culprit investigate: there is no flag --repos
  did you mean --repo?
[exit 2]
$ culprit investigate a.log --bad
culprit investigate: --bad needs EXPR: what counts as failure, e.g. 'status >= 500'
  try: culprit investigate --help
[exit 2]
$ culprit investigate a.log --bad 'status >= and region = eu'
culprit: a value is missing before `and`
    status >= and region = eu
              ^
  while reading --bad
  try: put it in quotes if it is the value: "and"
[exit 2]
$ culprit investigate a.log --bad 'msg ~ "("'
culprit: not a regular expression: missing ): (
    msg ~ "("
          ^
  while reading --bad
  try: put a \ before characters that stand for themselves
[exit 2]
$ culprit investigate a.log --good 'status > 200 ord x = 1'
culprit: a value with spaces takes quotes
    status > 200 ord x = 1
             ^
  while reading --good
  try: put it in quotes
[exit 2]
$ culprit investigate a.log --tz Europe/Berlinn
culprit: no such time zone: Europe/Berlinn
  while reading --tz
  try: use a name such as Europe/Berlin, an offset such as +02:00, UTC or local
[exit 2]
$ culprit investigate a.log --since yesterday
culprit: --since yesterday is no time
  try: --since 2025-11-20T14:03:00Z   or 14:03, 14:03:12, -2h
[exit 2]
$ culprit investigate a.log --memory lots
culprit: --memory lots is no amount of memory
  try: --memory 512MB   (at least 16MB)
[exit 2]
$ culprit investigate a.log --threads many
culprit: --threads many is no number of threads
  try: --threads 2
[exit 2]
$ culprit investigate a.log --changed-within soon
culprit: --changed-within soon is no duration
  try: --changed-within 30s   or 2h, 14d, 250ms
[exit 2]
$ culprit investigate a.log --seed x
culprit: --seed x is no whole number
[exit 2]
