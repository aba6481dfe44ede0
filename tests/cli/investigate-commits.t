# Without deploys, tags or versions: the commits that reached the default branch in 14 days.
$ git init -q shop && cd shop && mkdir src && \
  commit() { git add . && GIT_AUTHOR_DATE="$1" GIT_COMMITTER_DATE="$1" git commit -qm "$2"; } && \
  echo 'log("order placed")' > src/orders.py && commit 2025-10-01T09:00:00Z 'orders: begin' && \
  echo 'Shop' > README.md && commit 2025-11-12T09:00:00Z 'readme: say what it is' && \
  echo 'log("stock lease expired for sku", sku)' > src/stock.py && \
  commit 2025-11-18T09:00:00Z 'stock: lease what is in a cart' && \
  echo 'log("cart emptied")' > src/cart.py && commit 2025-11-19T09:00:00Z 'cart: can be emptied'
[exit 0]
$ seq 0 3599 | jq -c '{ts: (1763647200 + .)} + if . > 1800 and . % 4 == 0'\
' then {level: "error", msg: "stock lease expired for sku \(. % 89)"}'\
' else {level: "info", msg: "order placed"} end' > a.ndjson
[exit 0]
$ culprit investigate a.ndjson --repo shop --no-case
READ     1 source, 3,600 events, 2025-11-20T14:00:00.000Z to 14:59:59Z; all counts exact
         3,600 events; failed means level >= error (inferred)
WHEN     since 14:30:02Z (14:29:32Z..14:30:06Z, 95%), a step: 0% -> 25% of events (885x), still
         going on
         ▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▇██▇███▇███▇███▇███▇███▇███▇███▇███▇███▇
                                                 ^ (^ onset)
         449 failed since, the last at 14:59:56Z
WHO      the logs record nothing that separates what failed from what did not
         looks like level = error (100%)
LOGS     new:     stock lease expired for sku <*>                          0 -> 449  a.ndjson:97416
AROUND   * a.ndjson:97416  14:30:04.000 error stock lease expired for sku 24
         * a.ndjson:97651  14:30:08.000 error stock lease expired for sku 28
         * a.ndjson:97886  14:30:12.000 error stock lease expired for sku 32
         * a.ndjson:98121  14:30:16.000 error stock lease expired for sku 36
         * a.ndjson:98356  14:30:20.000 error stock lease expired for sku 40
         * a.ndjson:98591  14:30:24.000 error stock lease expired for sku 44
CHANGED  commit a81c64eef "stock: lease what is in a cart" at 2025-11-18T09:00:00.000Z, 91%
         + wrote the line that prints "stock lease expired for sku <*>" in src/stock.py
         + changed the very line of src/stock.py:1, where the message is printed
         - 2d 6h before the first failing message
         none of these, 8.9%
         commit 6e017cb90 "cart: can be emptied" at 2025-11-19T09:00:00.000Z, 0.17%
         - shares little with the failure
NEXT     culprit logs a.ndjson --at 2025-11-20T14:30:02.000Z --around 30s
           reads the lines around the onset
         culprit logs a.ndjson --template t81b6afed
           shows every "stock lease expired for sku <*>"
         git -C shop show a81c64eefb6f
           the likeliest commit: "stock: lease what is in a cart"
[exit 0]
$ culprit investigate a.ndjson --repo shop --no-case --json | jq -c '.changes[] | [.kind, .at]'
["commit","2025-11-18T09:00:00.000Z"]
["none",null]
["commit","2025-11-19T09:00:00.000Z"]
["commit","2025-11-12T09:00:00.000Z"]
[exit 0]

# --changed-within says how far back a change may lie.
$ culprit investigate a.ndjson --repo shop --changed-within 40h --no-case --json | \
  jq -c '.changes[] | [.kind, .at]'
["none",null]
["commit","2025-11-19T09:00:00.000Z"]
[exit 0]
$ culprit investigate a.ndjson --repo absent --no-case
culprit: no such folder: absent
  while opening --repo absent
  try: --repo DIR names a git checkout, or a folder inside one
[exit 3]
