# A stack trace and two revisions: which commit did it? No logs are needed.
$ git init -q -b main shop && cd shop && mkdir -p src docs && \
  commit() { git add . && GIT_AUTHOR_DATE="$1" GIT_COMMITTER_DATE="$1" git commit -qm "$2"; } && \
  printf 'def charge(order, owner):\n    if owner is None:\n        return None\n'\
'    log.info("charging %%s", order)\n    return owner.card.pay(order.total)\n' > src/pay.py && \
  printf 'def total(cart):\n    return sum(i.price for i in cart)\n' > src/cart.py && \
  commit 2025-11-01T09:00:00Z 'begin' && git tag v1 && \
  printf 'def total(cart):\n    return sum(i.price * i.count for i in cart)\n' > src/cart.py && \
  commit 2025-11-02T09:00:00Z 'cart: count pieces' && \
  sed -i '/owner is None/,+1d' src/pay.py && commit 2025-11-03T09:00:00Z 'wip' && \
  echo 'charge() needs an owner with a card.' > docs/pay.md && \
  commit 2025-11-04T09:00:00Z 'docs: charge, owner, card and pay' && git tag v2
[exit 0]
$ printf 'Traceback (most recent call last):\n'\
'  File "/usr/lib/python3/site-packages/web/app.py", line 8, in dispatch\n    f()\n'\
'  File "/srv/shop/src/pay.py", line 3, in charge\n    return owner.card.pay(order.total)\n'\
'AttributeError: '"'NoneType' object has no attribute 'card'"'\n' > trace.txt
[exit 0]
$ culprit investigate --repo shop --range v1..v2 --symptom trace.txt --no-case
RANGE    v1..v2, 3 commits
         1 of 1 frames of the stack trace are in the tree
COMMITS  84%  e1ca4cfbb "wip"
         + changed charge in src/pay.py, which the stack trace names
         + shares words with the failure: owner, pay, none, charge, order
         9.8%  a0233b125 "cart: count pieces"
         0.30%  a36e33b55 "docs: charge, owner, card and pay"
         + shares words with the failure: card, pay, owner, charge
         - changes prose only
         6.0%  none of these: a setting, a dependency, the data
NEXT     git show e1ca4cfbb50d
[exit 0]
$ culprit investigate --repo shop --range v1..v2 --symptom trace.txt --no-case --json | \
  jq -c '.schema_version, (.changes[] | [.kind, .id, (.commits | map(.subject))])'
1
["deploy","v1..v2",["wip","cart: count pieces","docs: charge, owner, card and pay"]]
["none",null,[]]
[exit 0]
# The text itself, or standard input; without an end the range goes up to HEAD.
$ culprit investigate --repo shop --range v1.. --symptom 'carts count pieces twice' --no-case | \
  grep -A2 COMMITS
COMMITS  76%  a0233b125 "cart: count pieces"
         + shares words with the failure: cart, count, piece
         8.2%  e1ca4cfbb "wip"
[exit 0]
$ echo 'prices of pieces are wrong' | \
  culprit investigate --repo shop --range v1..v2 --symptom - --no-case | grep COMMITS
COMMITS  63%  a0233b125 "cart: count pieces"
[exit 0]
# Nothing shared: the commits stand by kind, size and age, and the exit code says so.
$ culprit investigate --repo shop --range v1..v2 --symptom 'zzz qqq' --no-case
RANGE    v1..v2, 3 commits
COMMITS  26%  e1ca4cfbb "wip"
         23%  a0233b125 "cart: count pieces"
         0.40%  a36e33b55 "docs: charge, owner, card and pay"
         - changes prose only
         50%  none of these: a setting, a dependency, the data
         no commit shares anything with the symptom; a stack trace or the lines of a log say more
         than words
[exit 1]
# Diffs that were read are kept in the case folder; the second answer is the first.
$ culprit investigate --repo shop --range v1..v2 --symptom trace.txt > one && \
  culprit investigate --repo shop --range v1..v2 --symptom trace.txt > two && cmp one two && \
  test -s .culprit/diffs && culprit case list | wc -l
1
[exit 0]
# What is asked wrongly.
$ culprit investigate --repo shop --range v1 --symptom x
culprit: --range v1 is not GOOD..BAD
  try: --range v1.8..v1.9   or a commit's name on either side; GOOD.. means up to HEAD
[exit 2]
$ culprit investigate --repo shop --range v2..v1 --symptom x
culprit: there is no commit in v2..v1
  try: the other way round: --range v1..v2
[exit 2]
$ culprit investigate --repo shop --range v1..v1 --symptom x
culprit: there is no commit in v1..v1
  try: GOOD is the last revision that worked, BAD one that fails
[exit 2]
$ culprit investigate --repo shop --range v1..v9 --symptom x
culprit: no commit, tag or branch v9 in shop
  while reading the commits of v1..v9
  try: git fetch --tags, or name a commit that is there
[exit 3]
$ culprit investigate --repo absent --range v1..v2 --symptom x
culprit: no such folder: absent
  while opening --repo absent
  try: --repo DIR names a git checkout, or a folder inside one
[exit 3]
$ culprit investigate --repo shop --range v1..v2
culprit: --range needs --symptom
  try: culprit investigate --repo . --range GOOD..BAD --symptom TEXT-OR-FILE
[exit 2]
$ culprit investigate --repo shop --symptom x
culprit: --symptom needs --range
  try: culprit investigate --repo . --range GOOD..BAD --symptom TEXT-OR-FILE
[exit 2]
$ culprit investigate --repo shop --range v1..v2 --symptom ' '
culprit: the symptom is empty
  try: --symptom 'orders over 100 EUR time out'   or a file with a stack trace or log lines
[exit 2]
$ culprit investigate --repo shop --range v1..v2 --symptom missing.txt
culprit: no such file or directory: missing.txt
  while reading --symptom missing.txt
  try: check the path; a glob may be given in quotes, culprit expands it too
[exit 3]
$ culprit investigate a.log --repo shop --range v1..v2 --symptom x
culprit: --range judges by --symptom alone and reads no SOURCE: a.log
  try: leave out --range and --symptom to investigate logs, or the SOURCE to rank commits
[exit 2]
