# An environment that fails: which of its variables together do it?
$ printf 'DEBUG=1\nREGION=us\nPOOL=5\nCACHE=on\n' > good.env; printf 'DEBUG=0\nREGION=eu\nPOOL=50\nRETRY=3\n' > bad.env
[exit 0]
$ printf '%s\n' '#!/bin/sh' '[ "$REGION" = eu ] && [ "$POOL" = 50 ] || exit 0' 'echo "too many connections" >&2' 'exit 1' > test.sh; chmod +x test.sh
[exit 0]
$ culprit shrink --from good.env --to bad.env --out small.env -- ./test.sh | sed 's/; [0-9.]* s of running//'
SHRINK   2 of 5 differences (env) together make bad.env fail
KEPT     REGION=us -> REGION=eu
         POOL=5 -> POOL=50
         without any one of them the command does not fail
BY       exit 1
SAID     too many connections
TESTS    8, and 10 at the ends and to be sure
OUT      small.env
[exit 0]
$ cat small.env
DEBUG=1
REGION=eu
POOL=50
CACHE=on
[exit 0]
$ culprit shrink --from good.env --to bad.env --json -- ./test.sh
{"schema_version":1,"verdict":"found","kept":["REGION=us -> REGION=eu","POOL=5 -> POOL=50"],"tests":8,"checks":10,"kind":"env","differences":5,"ended":"searched","flaky":false,"hidden":false,"good":{"failures":0,"runs":2},"bad":{"failures":2,"runs":2},"kept_runs":{"failures":3,"runs":3},"reason":"exit 1","bad_reason":"exit 1","fails_as_bad":true,"untold":0,"notes":[],"unjudged":{},"out":null}
[exit 0]
$ culprit shrink --from good.env --to bad.env --calibrate 1 --json -- ./test.sh | jq -c '[.kept, .tests, .checks]'
[["REGION=us -> REGION=eu","POOL=5 -> POOL=50"],8,2]
[exit 0]
# What is no file of variables is given as a file, where {} stands and in CULPRIT_INPUT.
$ seq 1 200 > input.txt; culprit shrink --from empty --to input.txt --out small.txt -- sh -c '! grep -q 77 "$1"' sh {} | sed 's/; [0-9.]* s of running//'
SHRINK   1 of 200 differences (lines) makes input.txt fail
KEPT     line 177: 177
         without it the command does not fail
BY       exit 1
TESTS    9, and 5 at the ends and to be sure
OUT      small.txt
[exit 0]
$ cat small.txt
177
[exit 0]
$ printf '{"a": [1, 2, 3], "price": 5}' > good.json; printf '{"a": [1, 3], "price": -1, "note": "x"}' > bad.json
[exit 0]
$ culprit shrink --from good.json --to bad.json -- jq -e '.price > 0' {} | sed 's/; [0-9.]* s of running//'
SHRINK   1 of 3 differences (json) makes bad.json fail
KEPT     $.price: 5 -> -1
         without it the command does not fail
BY       exit 1
SAID     false
TESTS    3, and 5 at the ends and to be sure
[exit 0]
# A value that spans lines is one difference, and so is how a file is written.
$ printf 'run: |\n  make\n  make test\nports: [80,\n  443]\n' > good.yaml; printf 'run: |\n  make\n  make install\nports: [80,\n  8443]\n# new' > bad.yaml
[exit 0]
$ culprit shrink --from good.yaml --to bad.yaml -- sh -c '! grep -q install "$1"' sh {} | sed 's/; [0-9.]* s of running//'
SHRINK   1 of 3 differences (config) makes bad.yaml fail
KEPT     run: |\n  make\n  make test -> run: |\n  make\n  make install
         without it the command does not fail
BY       exit 1
TESTS    2, and 5 at the ends and to be sure
[exit 0]
$ culprit shrink --from good.yaml --to bad.yaml -- sh -c '[ -z "$(tail -c 1 "$1")" ]' sh {} | sed 's/; [0-9.]* s of running//'
SHRINK   1 of 3 differences (config) makes bad.yaml fail
KEPT     how it is written: order, comments or white space
         without it the command does not fail
BY       exit 1
TESTS    2, and 5 at the ends and to be sure
[exit 0]
# Two that do not differ, ends that do not, and a command that cannot be run.
$ culprit shrink --from good.env --to good.env -- ./test.sh
SHRINK   good.env and good.env are the same
[exit 1]
$ culprit shrink --from good.env --to bad.env -- true | sed 's/; [0-9.]* s of running//'
SHRINK   bad.env does not fail (0 of 12 runs)
TESTS    0, and 14 at the ends and to be sure
NEXT     --calibrate 48 if it fails but seldom
[exit 0]
$ culprit shrink --from good.env --to bad.env -- false | sed 's/; [0-9.]* s of running//'
SHRINK   good.env fails too (3 of 3 runs)
BY       exit 1
TESTS    0, and 3 at the ends and to be sure
NEXT     --signature of the failure that is meant, if good.env fails for another reason
[exit 0]
$ culprit shrink --from good.env --to bad.env -- sh -c 'exit 125' | sed 's/; [0-9.]* s of running//'
SHRINK   no run at one of the ends could be judged
UNJUDGED exit 125: cannot be tested, 3 times
TESTS    0, and 3 at the ends and to be sure
[exit 0]
$ culprit shrink --from good.env --to bad.env --json -- sh -c '[ "$DEBUG" = 1 ] || exit 130' | jq -c '[.verdict, .ended, .kept]'
["inconclusive","asked_to_stop",[]]
[exit 0]
$ culprit shrink --from good.env --to bad.env --json -- sh -c '[ "$DEBUG" = 1 ] || exit 127' | jq -c '[.verdict, .reason]'
["found","exit 127"]
[exit 0]
$ culprit shrink --from good.env --to bad.env -- ./no-such-command
culprit: no such command: ./no-such-command
  try: check the path
[exit 2]
$ culprit shrink --from good.env --to bad.env --trials 6 --json -- ./test.sh | jq -c '[.verdict, .ended, .tests + .checks]'
["inconclusive","trials_spent",6]
[exit 0]
$ culprit shrink --from good.env --to bad.env --out no/such/folder/small.env --json -- ./test.sh | jq -c '[.verdict, .out]'
culprit: cannot write no/such/folder/small.env: No such file or directory
["found",null]
[exit 0]
# Another failure than BAD's own may be blamed: it is said, with what asks for BAD's.
$ printf '%s\n' '[ "$RETRY" = 3 ] && [ "$DEBUG" = 1 ] && { echo config error; exit 3; }' '[ "$POOL" = 5 ] || { echo too many connections; exit 1; }' > two.sh
[exit 0]
$ culprit shrink --from good.env --to bad.env -- sh two.sh | sed 's/; [0-9.]* s of running//'
SHRINK   1 of 5 differences (env) makes bad.env fail
KEPT     added RETRY=3
         without it the command does not fail
BY       exit 3
SAID     config error
TESTS    3, and 5 at the ends and to be sure
NOTE     bad.env itself fails otherwise: exit 1, too many connections
NEXT     --signature 'exit = 1' finds what does that
[exit 0]
$ culprit shrink --from good.env --to bad.env --signature 'exit = 1' -- sh two.sh | sed 's/; [0-9.]* s of running//'
SHRINK   1 of 5 differences (env) makes bad.env fail
KEPT     POOL=5 -> POOL=50
         without it the command does not fail
         some of the others hide the failure: another set may be smaller
BY       exit 1
SAID     too many connections
UNJUDGED exit 3, which the signature does not match, once
TESTS    7, and 9 at the ends and to be sure
[exit 0]
$ culprit shrink --from good.env --to bad.env -- sh -c '[ "$POOL" = 5 ] || { [ "$DEBUG" = 0 ] && echo no memory || echo too many connections; exit 1; }' | grep -A1 NOTE
NOTE     bad.env itself says: no memory
NEXT     --signature 'output ~ "..."' if that is another failure
[exit 0]
# What has no signature but a next step: a crash that a shell tells, a GOOD that takes too long, a $ in a value.
$ culprit shrink --from good.env --to bad.env -- sh -c '[ "$POOL" = 5 ] || sh -c "kill -SEGV \$\$"' | sed 's/; [0-9.]* s of running//' | grep -v SAID
SHRINK   asked to stop before anything failed
BY       exit 139 (a shell's SIGSEGV): asks to stop
TESTS    0, and 2 at the ends and to be sure
NEXT     --signature 'exit = 139' if this SIGSEGV is the failure
[exit 0]
$ culprit shrink --from good.env --to bad.env --timeout 100ms -- sleep 1 | grep NEXT
NEXT     --timeout 1s if good.env only takes its time
[exit 0]
$ printf 'PATH=$HOME/bin:$PATH\n' > path.env; culprit shrink --from path.env --to bad.env -- ./test.sh | grep NOTE
NOTE     values are set as they are written: a $ in that of PATH stands for itself
[exit 0]
$ culprit shrink --from good.env --to bad.env -- sh -c 'case $DEBUG$POOL in 15) exit 0;; 050) exit 1;; *) exit 125;; esac' | sed 's/; [0-9.]* s of running//'
SHRINK   2 of 5 differences (env) together make bad.env fail
KEPT     DEBUG=1 -> DEBUG=0
         POOL=5 -> POOL=50
         without any one of them it could not be judged
BY       exit 1
UNJUDGED exit 125: cannot be tested, 8 times
TESTS    7, and 10 at the ends and to be sure
[exit 0]
# Mistakes.
$ culprit shrink --from good.env -- ./test.sh
culprit: shrink needs what works, what fails, and a command that tells them apart
  try: culprit shrink --from good.env --to bad.env -- ./test.sh
[exit 2]
$ culprit shrink --from good.env --to nothing.env -- ./test.sh
culprit: no such file or directory: nothing.env
  try: check the path; a glob may be given in quotes, culprit expands it too
[exit 3]
$ culprit shrink --from good.env --to bad.env --as jsn -- ./test.sh
culprit: there is no kind jsn
  try: env, flags, config, json, package-lock, requirements, go.mod, apt, http, lines
[exit 2]
$ culprit shrink --from good.json --to good.env --as json -- ./test.sh
culprit: no JSON at byte 1
  while reading the bad one as JSON
  while comparing good.json and good.env
[exit 3]
$ culprit shrink --from good.env --to bad.env --rates 0.9 -- ./test.sh
culprit: --rates 0.9 are no two rates of which the second is higher
  try: --rates 0,0.5 where GOOD never fails and BAD does one time in two
[exit 2]
$ culprit shrink --from good.env --to bad.env --signature 'code = 1' -- ./test.sh
culprit: a signature has no field code
  try: it may ask for exit, signal, timed_out, seconds, stdout, stderr, output
[exit 2]
