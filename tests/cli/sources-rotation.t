# The files of one rotation, packed or not, come as one log in the order of time.
$ mkdir logs && seq 0 399 | jq -r '1763647200 + . | todate + " INFO request served n=" + (. | tostring)' > all
[exit 0]
$ sed -n '1,100p' all | gzip -n > logs/app.log.3.gz && sed -n '101,200p' all | xz > logs/app.log.2.xz && \
  sed -n '201,300p' all > logs/app.log.1 && sed -n '301,400p' all > logs/app.log
[exit 0]
$ culprit logs logs 2> /dev/null | sed 's/^[^ ]* *//' | cmp - all && echo same
same
[exit 0]
$ culprit logs logs | sed -n '99,102p; 199,202p; 299,302p'
logs/app.log.3.gz:5292  2025-11-20T14:01:38Z INFO request served n=1763647298
logs/app.log.3.gz:5346  2025-11-20T14:01:39Z INFO request served n=1763647299
logs/app.log.2.xz:0     2025-11-20T14:01:40Z INFO request served n=1763647300
logs/app.log.2.xz:54    2025-11-20T14:01:41Z INFO request served n=1763647301
logs/app.log.2.xz:5292  2025-11-20T14:03:18Z INFO request served n=1763647398
logs/app.log.2.xz:5346  2025-11-20T14:03:19Z INFO request served n=1763647399
logs/app.log.1:0        2025-11-20T14:03:20Z INFO request served n=1763647400
logs/app.log.1:54       2025-11-20T14:03:21Z INFO request served n=1763647401
logs/app.log.1:5292     2025-11-20T14:04:58Z INFO request served n=1763647498
logs/app.log.1:5346     2025-11-20T14:04:59Z INFO request served n=1763647499
logs/app.log:0          2025-11-20T14:05:00Z INFO request served n=1763647500
logs/app.log:54         2025-11-20T14:05:01Z INFO request served n=1763647501
[exit 0]
# Two services, both rotated: still one order.
$ sed 's/Z INFO/.500Z INFO/; s/served/charged/' all > pay && sed -n '1,250p' pay > logs/pay.log.1 && \
  sed -n '251,400p' pay > logs/pay.log && sed 's/Z INFO/.000Z INFO/' all | sort -m - pay > both
[exit 0]
$ culprit logs logs 2> /dev/null | sed -E 's/^[^ ]* *//; s/:([0-9]{2})Z/:\1.000Z/' | cmp - both && echo in order
in order
[exit 0]
