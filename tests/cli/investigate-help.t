# Help goes to standard output, with exit code 0.
$ culprit --version
culprit 0.1.0
[exit 0]
$ culprit --help 2> /dev/null
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
[exit 0]
$ culprit investigate --help 2> /dev/null
usage: culprit investigate SOURCE... [flags]

when did it begin, who is hit, what changed, what do the logs say

  --bad EXPR            what counts as failure, e.g. 'status >= 500'
  --good EXPR           what counts as success; what is neither is not judged
  --unit FIELD|line     what can fail: events with one value of FIELD, or each line
  --since T             only events from then on: RFC 3339, 14:03, -2h before the newest event
  --until T             only events before then
  --tz ZONE             of times that name no zone: Europe/Berlin, +02:00, local (UTC)
  --fix-clocks          corrects sources whose clock or zone is off against the others
  --format NAME         overrules what is recognised, e.g. ndjson; a wrong one lists all
  --memory SIZE         at most that much for the evidence (512MB)
  --threads N           reading threads (one per core)
  --repo DIR            git repository whose commits and tags are suspects
  --deploys FILE        list of deploys: NDJSON, CSV, GitHub or GitLab deployments
  --metrics SOURCE      which moved first? files of metrics, prometheus+http://HOST:PORT
  --changed-within D    how far back a change may lie (14d)
  --range GOOD..BAD     ranks these commits of --repo for --symptom; no SOURCE then
  --symptom TEXT|FILE   what was reported: words, a stack trace, log lines
  --seed N              for the choice of examples (1)
  --as jq|sql|logql     prints the query that verifies the first finding
  --case ID             the case to keep the result in (the open one)
  --no-case             keeps nothing: neither the result nor an index of what was read
  --fresh               reads everything again, whatever the index of an earlier run holds
  --json                one object with everything (see docs/json.md)

SOURCE is a file, a folder, a glob, or - for standard input; .gz, .zst and .xz too.
Formats are recognised. 14:03 is on the day of the newest event, by the clocks of --tz (for
--since of the day before if the newest event is earlier), -2h is before that event.
Exit 0: an incident was found; 1: nothing moved; 5: the server of --metrics did not answer.

  culprit investigate logs/ --repo .
  culprit investigate logs/ --metrics prometheus+http://127.0.0.1:9090
  kubectl logs deploy/shop | culprit investigate -
  culprit investigate orders.ndjson --bad 'total = 0'
  culprit investigate --repo . --range v1.8..v1.9 --symptom trace.txt
[exit 0]
$ culprit help investigate | cmp - <(culprit investigate --help)
[exit 0]
