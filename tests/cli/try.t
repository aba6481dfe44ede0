# A test fails. The first idea is wrong, and is taken back; the second one is right, and stays. (A
# system without mount namespaces says so, to `notes`.)
$ git init -q -b main . && git config user.name Ada && git config user.email ada@example.com && printf '%s\n' '#!/bin/sh' 'grep -q "clients = own" pool.conf && exit 0' 'echo "expected 3 rows, actual 2" >&2' 'exit 1' > test.sh && chmod +x test.sh && printf 'size = 5\nclients = shared\n' > pool.conf && git add -A && git commit -q -m first
[exit 0]
$ sed -i 's/size = 5/size = 50/' pool.conf; echo notes > untracked
[exit 0]
$ culprit try 'the pool is too small' -- ./test.sh 2>notes | sed '/^TRIALS/s/ in .* running//'
TRY      the pool is too small
         refuted: it fails with the change as well
WITHOUT  fails in 100% of trials (47% .. 100%; 6 of 6)
WITH     fails in 100% of trials (52% .. 100%; 7 of 7)
DIFFERS  by 0 points (-49 .. +54, 95% sure)
BY       exit 1, 13 times
CHANGE   pool.conf
TRIALS   13, decided; seed 1
TREE     the change is taken back
COPY     git apply .culprit/tries/1/change.patch   brings the change back
[exit 0]
$ git status --short; cat pool.conf
?? notes
?? untracked
size = 5
clients = shared
[exit 0]
$ git apply .culprit/tries/1/change.patch && git diff --stat && git checkout -q pool.conf
 pool.conf | 2 +-
 1 file changed, 1 insertion(+), 1 deletion(-)
[exit 0]
$ culprit try 'two clients share a connection' --apply "sed -i 's/shared/own/' pool.conf" -- ./test.sh 2>notes | sed '/^TRIALS/s/ in .* running//'
TRY      two clients share a connection
         supported: with the change it fails less often
WITHOUT  fails in 100% of trials (34% .. 100%; 4 of 4)
WITH     fails in 0% of trials (0% .. 66%; 0 of 4)
DIFFERS  by -100 points (-100 .. -0.32, 95% sure)
BY       exit 1, 4 times
CHANGE   pool.conf
TRIALS   8, decided; seed 1
TREE     the change is in the tree now
COPY     .culprit/tries/2
NEXT     git commit it; or culprit try --restore 2 takes it back
[exit 0]
$ git diff | tail -n 4
@@ -1,2 +1,2 @@
 size = 5
-clients = shared
+clients = own
[exit 0]
# One change at a time.
$ echo 'exit 0' >> test.sh; culprit try 'the test is wrong' -- ./test.sh
culprit: the change of try 2 ("two clients share a connection", supported) is in the tree still, and test.sh would be a second
  try: git commit it, take it back with culprit try --restore 2, or --stack; culprit try --restore 2 --forget: it is no try any more
[exit 2]
$ git checkout -q test.sh; culprit try --restore; git status --short
TREE     the change of try 2 is taken back
?? notes
?? untracked
[exit 0]
$ culprit try --restore
TREE     no change of a try is in it
[exit 1]
# What is expected need not be that it fails less often.
$ culprit try 'any size will do' --predict same --apply "sed -i 's/= 5/= 6/' pool.conf" --json -- ./test.sh 2>notes | jq -c '[.verdict, .prediction, .without.rate, .with.rate, .difference.value, .trials, .tree]'
["supported","same",1,1,0,44,"applied"]
[exit 0]
$ culprit try --restore
TREE     the change of try 3 is taken back
[exit 0]
$ culprit try 'without a limit it fails' --predict higher --apply "sed -i /size/d pool.conf" --json -- test -s pool.conf 2>notes | jq -c '[.verdict, .reverted, .tree, .copy, .paths, .ended]'
["refuted",true,"as_it_was",".culprit/tries/4",["pool.conf"],"decided"]
[exit 0]
# Nothing that can be judged.
$ culprit try 'it is the cache' --apply 'echo x > pool.conf' -- sh -c 'exit 125' 2>notes | sed '/^TRIALS/s/ in .* running//'
TRY      it is the cache
         undecided: no trial of one side could be judged
WITHOUT  no trial was judged
WITH     no trial was judged
UNJUDGED exit 125: cannot be tested, 15 times
CHANGE   pool.conf
TRIALS   15, untestable; seed 1
TREE     as it was, without the change
COPY     git apply .culprit/tries/5/change.patch   brings the change back
NEXT     the same with a test that can be judged without the change and with it
[exit 0]
# The case knows what was predicted, and what came of it.
$ culprit case show --json | jq -r '.entries[].summary'
predicts lower: the pool is too small
refuted: the pool is too small
predicts lower: two clients share a connection
supported: two clients share a connection
took back the change of try 2
predicts same: any size will do
supported: any size will do
took back the change of try 3
predicts higher: without a limit it fails
refuted: without a limit it fails
predicts lower: it is the cache
undecided: it is the cache
[exit 0]
# Mistakes.
$ culprit try
culprit: a try needs a hypothesis
  try: culprit try 'the pool is shared' -- ./test.sh
[exit 2]
$ culprit try 'no change' -- ./test.sh
culprit: nothing differs from HEAD: there is no change to try
  try: change something (a new file joins by git add), or --apply COMMAND
[exit 2]
$ culprit try 'no test' --apply true
culprit: a try needs a test
  try: culprit try HYPOTHESIS -- ./test.sh
[exit 2]
$ culprit try 'x' --predict better --apply true -- ./test.sh
culprit: no prediction: better
  try: --predict lower, higher or same
[exit 2]
$ culprit try 'x' --apply 'echo no patch here >&2; exit 1' -- ./test.sh
culprit: the change could not be made: exit 1 of echo no patch here >&2; exit 1
  try: it says: no patch here
[exit 2]
$ culprit try 'x' --apply 'echo x > pool.conf' -- ./tset.sh
culprit: no such command: ./tset.sh
  try: check the path
[exit 2]
$ cd / && culprit try 'x' --no-case -- true
culprit: / is in no checkout of git
  while `git rev-parse --show-toplevel` fails: not a git repository (or any of the parent directories): .git
  try: a try is of a change to a git working tree: cd into one
[exit 2]
$ culprit try --restore 17
culprit: the change of try 17 is not in the tree, or committed
  try: culprit case show lists what was tried; git revert takes back a commit
[exit 2]
