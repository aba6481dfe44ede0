# Files that are none, cannot be read, or never end.
$ echo '.sources[] | [.source, .events, .fault]' > seen.jq; touch empty.log; \
  for i in 1 2 3 4 5; do echo "2025-11-20T14:00:0${i}Z INFO n=$i"; done > five.log; head -1 five.log > good.log
[exit 0]
$ culprit inputs good.log empty.log --json | jq -cf seen.jq
["good.log",1,null]
["empty.log",0,null]
[exit 0]
$ mkdir binaries && head -c 100000 /dev/zero > binaries/zeros && cp "$(command -v culprit)" binaries/program && \
  printf '\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x01\x00\x00\x00\x01\x00\x08\x06\x00\x00\x00\x5c\x72\xa8\x66' > binaries/picture.png && \
  culprit inputs binaries
culprit: binaries/picture.png is not text, nor any of 2 others
  try: name a file, a folder with logs in it, a glob, or - for standard input
[exit 3]
$ culprit inputs good.log binaries --json | jq -cf seen.jq
["good.log",1,null]
["binaries/picture.png",0,"binaries/picture.png is not text"]
["binaries/program",0,"binaries/program is not text"]
["binaries/zeros",0,"binaries/zeros is not text"]
[exit 0]
# A pipe is read to its end; a device is refused; one in a folder is left out.
$ mkfifo pipe && (printf '2025-11-20T14:00:02Z INFO n=2\n' > pipe &) && culprit logs good.log pipe
good.log:0   2025-11-20T14:00:01Z INFO n=1
pipe:0       2025-11-20T14:00:02Z INFO n=2
[exit 0]
$ culprit logs /dev/null good.log
good.log:0   2025-11-20T14:00:01Z INFO n=1
culprit: /dev/null is a device
[exit 0]
$ culprit inputs /dev/zero
culprit: /dev/zero is a device
  try: name a file, a folder with logs in it, a glob, or - for standard input
[exit 3]
$ mkdir odd && mkfifo odd/pipe && cp good.log odd/ && culprit inputs odd --json | jq -cf seen.jq
["odd/good.log",1,null]
[exit 0]
# A pipe that nobody writes to waits, and can be stopped.
$ timeout --preserve-status -s INT 1 culprit logs pipe
culprit: interrupted
[exit 130]
$ timeout --preserve-status -s TERM 1 culprit investigate pipe --no-case
culprit: interrupted
[exit 143]
# No permission, as somebody who is not root.
$ me=""; [ "$(id -u)" = 0 ] && me="setpriv --reuid 65534 --regid 65534 --clear-groups"; chmod 755 . && \
  cp good.log secret.log && chmod 000 secret.log && mkdir locked && chmod 000 locked && \
  $me culprit inputs good.log secret.log locked --json | jq -cf seen.jq; \
  $me culprit logs secret.log; echo "exit $?"
["good.log",1,null]
["secret.log",0,"no permission to read secret.log"]
["locked",0,"no permission to read locked"]
culprit: no permission to read secret.log
  try: sudo cat secret.log | culprit ... -   (or copy it where you can read it)
exit 4
[exit 0]
# Links that lead in circles, or nowhere.
$ mkdir circle && ln -s . circle/again && ln -s ../circle circle/up && ln -s nowhere circle/dangling && \
  ln -s self circle/self && cp good.log circle/ && culprit inputs circle --json | jq -cf seen.jq
["circle/dangling",0,"no such file or directory: circle/dangling"]
["circle/good.log",1,null]
["circle/self",0,"circle/self: Too many levels of symbolic links"]
[exit 0]
# Archives: cut off, one behind the other, padded, and one that unpacks to far more than it should.
$ gzip -nc five.log > whole.gz && \
  head -c 60 whole.gz > cut.gz && cat whole.gz whole.gz > twice.gz && (cat whole.gz; head -c 512 /dev/zero) > padded.gz && \
  culprit inputs whole.gz cut.gz twice.gz padded.gz --json | jq -c '.sources[] | [.source, .events, .copy_of, .fault]'
["whole.gz",5,null,null]
["cut.gz",4,null,"cut.gz: the gzip data is cut off near byte 60"]
["twice.gz",10,null,null]
["padded.gz",5,null,null]
[exit 0]
$ (head -2 five.log; head -c 400000000 /dev/zero | tr '\0' x; echo; tail -2 five.log) | gzip -n > bomb.gz && ls -s --block-size=1k bomb.gz | cut -d ' ' -f 1 && \
  culprit inputs bomb.gz --json | jq -cf seen.jq
380
["bomb.gz",2,"bomb.gz: the gzip data unpacks to more than 500 times its size; reading stopped after 256 MB"]
[exit 0]
$ culprit logs bomb.gz | cut -c 1-100
culprit: bomb.gz: the gzip data unpacks to more than 500 times its size; reading stopped after 256 MB
bomb.gz:0        2025-11-20T14:00:01Z INFO n=1
bomb.gz:30       2025-11-20T14:00:02Z INFO n=2
bomb.gz:60       xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
[exit 0]
$ yes '2025-11-20T14:00:00Z INFO the same' | head -c 400000000 | zstd -q > bomb.zst; culprit inputs bomb.zst --json | jq -cf seen.jq; rm bomb.*
["bomb.zst",7673329,"bomb.zst: the zstd data unpacks to more than 500 times its size; reading stopped after 256 MB"]
[exit 0]
