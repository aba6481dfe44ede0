# What a case cannot do is said with what it can.
$ culprit case show
culprit: there is no open case
  try: culprit investigate SOURCE... opens one
[exit 3]
$ culprit case close
culprit: culprit case cannot close
  try: culprit case list, show or note
[exit 2]
$ culprit case note
culprit: the note is empty
  try: culprit case note 'the pool was resized at 14:00'
[exit 2]
$ culprit case note --case a/b seen
culprit: no case can be named a/b
  try: letters, digits, - and _
[exit 2]
$ culprit case note --case outage-1 seen && culprit case note --case outage-2 seen
[exit 0]
$ culprit case show outage
culprit: outage fits 2 cases
  try: culprit case list, then one of outage-2, outage-1
[exit 2]
$ culprit case show checkout
culprit: there is no case checkout
  try: culprit case list
[exit 3]
$ culprit case show outage-1 9
culprit: the case outage-1 has no entry 9
  try: culprit case show outage-1
[exit 3]
$ culprit case show outage-1 1 2
culprit: culprit case show takes one case and one number
  try: culprit case show outage-1 1
[exit 2]
$ echo garbage > .culprit/cases.db && culprit case list
culprit: cases.db: file is not a database
  while opening the cases in .culprit
  try: move the file away; a new one is made in its place
[exit 3]
$ rm -r .culprit && touch .culprit && culprit case note seen
culprit: .culprit is in the way: it is no folder
  while opening the case in .culprit
  try: move it away, or keep nothing with --no-case
[exit 3]
$ culprit case --help
usage: culprit case list | show [ID] [N] | note TEXT... [flags]

what was asked so far, and what came out

  --case ID             which case (the newest open one); `note` makes it if need be
  --json                one object (see docs/json.md)

Every run is kept in a case, in the folder .culprit: of the repository, else of the
working directory. `show` lists the entries of the open case, or of case ID, of which a
part will do; with a number it prints that entry as it was shown. Secrets are masked
before anything is stored. Exit 1: there is no case yet.

  culprit case list
  culprit case show 3
  culprit case note 'rolled back v1.9.0 at 14:20'
[exit 0]
