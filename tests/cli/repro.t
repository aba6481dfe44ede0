# A command that fails whenever two things come together; which ones, it is asked to find.
$ printf '%s\n' '#!/bin/sh' '[ "$TZ" = Asia/Kolkata ] || exit 0' '[ "$REGION" = eu ] || exit 0' 'echo "expected 3 rows, actual 2" >&2' 'exit 1' > test.sh; chmod +x test.sh
[exit 0]
$ culprit repro --vary tz=UTC,Asia/Kolkata,America/New_York --vary 'env(REGION)=us,eu' --vary 'env(DEBUG)=0,1' --vary concurrency=1..2 -- ./test.sh | sed '/^TRIALS/s/ in .* running//'
REPRO    fails in 100% of trials (93% .. 100%; 50 of 50)
         without the conditions in 0% of trials (0% .. 38%; 0 of 10)
WHEN     tz = Asia/Kolkata
         env(REGION) = eu
         not needed: env(DEBUG), concurrency
BY       exit 1, 59 times
SAID     expected 3 rows, actual 2
TRIALS   82, searched; seed 1
SCRIPT   repro.sh   runs one trial; repro.toml holds all of it
NEXT     culprit bisect GOOD HEAD -- ./repro.sh   which commit did it; each run fails in 100% here
[exit 0]
$ ./repro.sh
expected 3 rows, actual 2
[exit 1]
$ culprit repro --spec repro.toml --trials 60 --json | jq -c '[.verdict, .conditions, .confirmed]'
["reproduced",{"tz":"Asia/Kolkata","env(REGION)":"eu"},true]
[exit 0]
$ head -n 4 repro.toml
# Written by culprit repro.
# Fails in 100.0% of runs (86.8..100.0%, 26 of 26 trials); without these conditions in 0.0% (0 of 10):
#   tz = Asia/Kolkata
#   env(REGION) = eu
[exit 0]
# Of the values of one setting one holds at a time: the last day of February is found among clocks.
$ rm repro.*; culprit repro --vary clock --vary tz --vary 'env(X)=1,2' -- sh -c '[ "$(date +%m-%d)" != 02-29 ]' | grep -A1 ^WHEN
WHEN     clock = leap-day
         not needed: tz, env(X)
[exit 0]
$ rm repro.*; culprit repro --vary tz --vary concurrency=1..2 --trials 40 -- true | grep TRIED
TRIED    makes no difference: tz, concurrency
[exit 0]

# One that does not fail, and one that cannot be run.
$ culprit repro --trials 12 -- true | sed '/^TRIALS/s/ in .* running//'
REPRO    fails in 0% of trials (0% .. 26%; 0 of 12)
TRIALS   12, trials spent; seed 1
NEXT     the same command with --resume and more --trials goes on from here
[exit 0]
$ culprit repro -- ./no-such-command
culprit: no such command: ./no-such-command
  try: check the path
[exit 2]
$ culprit repro --vary tz --trials 20 -- sh -c 'exit 125' | sed '/^TRIALS/s/ in .* running//'
REPRO    no trial could be judged
UNJUDGED exit 125: cannot be tested, 10 times
TRIALS   10, untestable; seed 1
[exit 0]
# How often is often enough.
$ culprit repro --rate-at-least 50% -- false | sed '/^TRIALS/s/ in .* running//'
REPRO    fails in 100% of trials (41% .. 100%; 5 of 5)
         the rate that was asked for is reached
BY       exit 1, 5 times
TRIALS   5, decided; seed 1
SCRIPT   repro.sh   runs one trial; repro.toml holds all of it
NEXT     culprit bisect GOOD HEAD -- ./repro.sh   which commit did it; each run fails in 100% here
[exit 0]
$ culprit repro --rate-at-least 50% --json -- true | jq -c '[.verdict, .trials]'
["not_reproduced",8]
[exit 0]
$ culprit repro --signature 'stderr ~ "deadlock"' --trials 6 --json -- sh -c 'echo other >&2; exit 1' | jq -c '[.verdict, .unjudged]'
["not_reproduced",{"exit 1, which the signature does not match":6}]
[exit 0]
# What is written stays what it was where somebody else wrote it.
$ echo mine > repro.sh; culprit repro -- false
culprit: repro.sh was not written by culprit and stays as it is
  try: --out FOLDER writes elsewhere
[exit 2]
$ mkdir made && culprit repro --out made --trials 5 --json -- false | jq -r .script
made/repro.sh
[exit 0]
# Mistakes.
$ culprit repro
culprit: repro needs a command that fails sometimes
  try: culprit repro -- ./test.sh
[exit 2]
$ culprit repro --vary latnecy -- true
culprit: nothing called "latnecy" can be varied
  try: did you mean latency?
[exit 2]
$ culprit repro --vary 'latency(db)' -- true
culprit: there is no upstream db
  while looking whether latency(db) can vary
  try: --upstream db=HOST:PORT
[exit 2]
$ culprit repro --vary 'barrier(db, mach=x)' --upstream db=127.0.0.1:1 -- true
culprit: barrier has no attribute 'mach'
  while looking whether barrier(db, mach=x) can vary
  try: did you mean match? All: count, timeout, method, path, header, match, first, per, stream, toxicity, name
[exit 2]
$ culprit repro --upstream db -- true
culprit: 'db' names no upstream
  try: NAME=HOST:PORT, for example db=127.0.0.1:5432
[exit 2]
$ culprit repro --rate-at-least often -- true
culprit: --rate-at-least often is no share
  try: --rate-at-least 0.3 or 30%
[exit 2]
$ culprit repro --signature 'exit = ' -- true
culprit: a value is missing here
    exit = 
           ^
  try: values with spaces or symbols take quotes
[exit 2]
$ culprit repro --resume --out made/nothing -- true
culprit: no such file or directory: made/nothing/repro.journal
  try: --resume goes on with a search that was begun here
[exit 3]
$ printf 'comand = ["true"]\n' > wrong.toml; culprit repro --spec wrong.toml --once
culprit: line 1, column 1: a reproduction has no 'comand'
  while reading wrong.toml
  try: command
[exit 2]
