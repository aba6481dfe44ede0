# A commit breaks a test; which one, bisect says, without a touch to the checkout.
$ git init -q shop; cd shop; for i in $(seq 0 20); do echo "$i" > n; [ $i -lt 13 ] && echo 'limit = 10' > conf || echo 'limit = 100' > conf; git add .; git commit -qm "change $i"; git tag v$i; done; echo mine > untracked
[exit 0]
$ cd shop; culprit bisect v0 v20 -- grep -q 'limit = 10$' conf | sed 's/ in [0-9.]*m\?s among/ in S among/; s/culprit.bisect.[0-9a-f]*/culprit\/bisect\/ID/'
CULPRIT  b1889808d570 "change 13", 99% sure
         Story <story@example.com>, 2025-01-01, 2 files: +2 -2
RATES    failed in 0 of 5 runs before it, in 4 of 4 since; about 0.58% and 99%
RUNS     9 runs in S among 20 commits
            1  d9b132b55968  GOOD    good      exit 0
            2  ae6a6debcc62  BAD     bad       exit 1
            3  dad2dea8d3e8          good      exit 0
            4  370ad0becd9a          bad       exit 1
            5  9a024e52cda8          good      exit 0
            6  b1889808d570          bad       exit 1
            7  9a024e52cda8          good      exit 0
            8  b1889808d570          bad       exit 1
            9  9a024e52cda8          good      exit 0
         what each said: .culprit/bisect/ID/runs/
NEXT     git revert b1889808d570   conflicts at v20 in n
         surer: the same with --resume --confidence 0.999
[exit 0]
# The journal takes it on from where it ended: nothing is run again.
$ cd shop; culprit bisect --resume --json | jq -c '[.verdict, .culprit.subject, .runs, .skipped, .suspects]'
["found","change 13",9,0,20]
[exit 0]
$ cd shop; culprit case show --json | jq -c '.entries[] | [.kind, .summary]'
["bisect","CULPRIT  b1889808d570 \"change 13\", 99% sure"]
["bisect","CULPRIT  b1889808d570 \"change 13\", 99% sure"]
[exit 0]
$ cd shop; git status --porcelain; git worktree list | wc -l
?? untracked
1
[exit 0]
# What git bisect reads.
$ cd shop; culprit bisect v0 v20 --log ../log --no-case -- grep -q 'limit = 10$' conf >/dev/null; git bisect replay ../log | tail -1; git bisect log | tail -1; git bisect reset 2>/dev/null
 2 files changed, 2 insertions(+), 2 deletions(-)
# first bad commit: [b1889808d57058d7e3501352ca1d986356c53046] change 13
[exit 0]
# A test that fails at GOOD too, one that fails nowhere, and ends in the wrong order.
$ cd shop; culprit bisect v0 v20 --no-case -- false | sed 's/ in [0-9.]*m\?s among/ in S among/'
NOTHING  v0 fails too: 4 of 4 runs, and 4 of 4 runs of v20
RUNS     8 runs in S among 20 commits
            1  d9b132b55968  GOOD    bad       exit 1
            2  ae6a6debcc62  BAD     bad       exit 1
            3  d9b132b55968  GOOD    bad       exit 1
            4  ae6a6debcc62  BAD     bad       exit 1
            5  d9b132b55968  GOOD    bad       exit 1
            6  ae6a6debcc62  BAD     bad       exit 1
            7  d9b132b55968  GOOD    bad       exit 1
            8  ae6a6debcc62  BAD     bad       exit 1
NEXT     an older GOOD; or --signature 'stderr ~ "..."', if another failure hides this one
[exit 0]
$ cd shop; culprit bisect v0 v20 --no-case --json -- true | jq -c '[.verdict, .trouble, .ended]'
["no_change","bad_passes","trouble"]
[exit 0]
$ cd shop; culprit bisect v0 v20 --no-case -- sh -c 'echo "no module pg" >&2; exit 125' | grep -v '^ *[0-9]\|RUNS'
NOTHING  v0 cannot be tested (exit 125: cannot be tested)
SAID     no module pg
NEXT     a worktree holds tracked files only: --link PATH shares others
[exit 0]
$ cd shop; culprit bisect v20 v0 -- true
culprit: GOOD comes after BAD: this looks for where something broke
  try: to find what mended it, exchange them and turn the test round: culprit bisect BAD GOOD -- sh -c '! ./test.sh'
[exit 2]
$ cd shop; culprit bisect v0 v20 -- ./nothing
culprit: the command cannot be run: there is no ./nothing, here or at BAD
  try: write it: exit 0 where all is well, 1 where it is not; git need not know it
[exit 2]
# Something outside breaks for good amid the search: no commit did it. A shell's 139 stops it.
$ cd shop; export COUNT=$PWD/../count; culprit bisect v0 v20 --no-case -- sh -c 'echo >> "$COUNT"; [ $(wc -l < "$COUNT") -le 4 ] && grep -q "limit = 10$" conf' | grep -v '^ *[0-9]\|RUNS'
NOTHING  since run 4 everything fails, GOOD too: something outside of the commits changed
NEXT     mend that (a server, a disk, a date?), then the same without --resume
[exit 0]
$ cd shop; culprit bisect v0 v20 --no-case -- sh -c 'grep -q "limit = 10$" conf || exit 139' | grep 'STOPPED\|139\|more'
STOPPED  by exit 139 (a shell's SIGSEGV): asks to stop at ae6a6debcc62
         and 11 more
            2  ae6a6debcc62  BAD     unjudged  exit 139 (a shell's SIGSEGV): asks to stop
NEXT     exit 139 is a shell's word for SIGSEGV: `|| exit 1` behind the program makes it bad
         about 6 more runs; without --no-case, --resume would go on from here
[exit 0]
# Mistakes.
$ cd shop; culprit bisect v0 -- true
culprit: bisect takes two commits, GOOD and BAD
  try: culprit bisect v1.8 v1.9 -- ./test.sh
[exit 2]
$ cd shop; culprit bisect v0 v20 ./test.sh
culprit: bisect takes two commits, and the command stands behind --
  try: culprit bisect v0 v20 -- ./test.sh
[exit 2]
$ cd shop; culprit bisect v0 v20 -- 'make check'
culprit: there is no program called "make check"
  try: for a shell: -- sh -c 'make check'
[exit 2]
$ cd shop; culprit bisect v0 v20
culprit: bisect needs a command that tells good from bad
  try: culprit bisect GOOD BAD -- ./test.sh
[exit 2]
$ cd shop; culprit bisect v0 v99 -- true
culprit: no commit, tag or branch v99
  try: git fetch --tags, or name a commit that is there
[exit 2]
$ cd shop; culprit bisect v0 v20 --rates 0.5 -- true
culprit: --rates 0.5 names one rate, and there are two ends
  try: --rates 0,0.3   GOOD's first
[exit 2]
$ cd shop; culprit bisect v0 v20 --rates 0.5,0.1 -- true
culprit: GOOD fails as often as BAD by --rates
  try: --rates 0.05,0.6   GOOD's first
[exit 2]
$ cd shop; culprit bisect v0 v20 --signature 'exti = 1' -- true
culprit: a signature has no field exti
  try: it may ask for exit, signal, timed_out, seconds, stdout, stderr, output
[exit 2]
$ cd shop; culprit bisect v0 v20 --link nothing -- true
culprit: there is no nothing to link
  try: --link node_modules
[exit 2]
$ cd shop; culprit bisect v1 v20 --resume -- true
culprit: no bisection of these commits and this command was begun
  try: without --resume a new one begins
[exit 3]
$ culprit bisect v0 v20 -- true
culprit: no git repository at .
  try: --repo DIR names a git checkout, or a folder inside one
[exit 3]
