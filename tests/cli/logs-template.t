# --template shows the lines of one template; the id is the one that investigate prints.
$ for s in 10 11 12; do echo "2025-11-20T14:03:${s}Z INFO charged order o-$s in $s ms"; done > app.log
[exit 0]
$ echo '2025-11-20T14:03:13Z ERROR payment timeout gateway_host=pg-2' >> app.log
[exit 0]
$ culprit logs app.log --template t00000000
culprit: there is no template t00000000 in these sources
  try: --template t589b93cd   3 lines: charged order <*> in <*> ms
       --template t7a0e6652   1 line: payment timeout gateway_host=<*>
[exit 2]
$ id=$(culprit logs app.log --level error --json | sed 's/.*"template":{"id":"\([^"]*\)".*/\1/'); \
    culprit logs app.log --template "$id"
app.log:162  2025-11-20T14:03:13Z ERROR payment timeout gateway_host=pg-2
[exit 0]
