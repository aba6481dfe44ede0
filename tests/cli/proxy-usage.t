# A proxy that cannot be made is told with what was meant.
$ culprit proxy --listen 127.0.0.1:0
culprit: --listen needs to know where to
  try: --upstream 127.0.0.1:5432
[exit 2]
$ culprit proxy --upstream nowhere
culprit: 'nowhere' is not an address
  while setting up proxy
  try: HOST:PORT, for example 127.0.0.1:5432
[exit 2]
$ culprit proxy --upstream 127.0.0.1:5432 --toxic 'latnecy(latency=5)'
culprit: there is no toxic 'latnecy'
  try: did you mean latency? All: latency, bandwidth, slow_close, timeout, reset_peer, slicer, limit_data, packet_loss, corrupt, half_close, accept_delay, http_error, http_delay, http_header, truncate_body, nth, barrier, duplicate, reorder
[exit 2]
$ culprit proxy --upstream 127.0.0.1:5432 --toxic 'latency(delay=5)'
culprit: latency has no attribute 'delay'
  try: one of latency, jitter, distribution, per, stream, toxicity, name
[exit 2]
$ culprit proxy --upstream 127.0.0.1:5432 --toxic 'latency(latency=soon)'
culprit: latency is a number, not 'soon'
[exit 2]
$ culprit proxy --upstream 127.0.0.1:5432 --toxic 'latency(latency=5'
culprit: 'latency(latency=5' has no closing parenthesis
[exit 2]
$ culprit proxy --toxic 'latency(latency=5)'
culprit: a toxic needs a proxy
  try: --listen A --upstream B
[exit 2]
$ culprit proxy --upstream 127.0.0.1:5432 --replay nothing.ndjson
culprit: no such file or directory: nothing.ndjson
  try: check the path; a glob may be given in quotes, culprit expands it too
[exit 3]
$ echo '{"at_ms": 1}' > torn.ndjson && culprit proxy --replay torn.ndjson
culprit: no line of it says which proxies there were
  while reading torn.ndjson
[exit 3]
$ culprit proxy --upstream 127.0.0.1:5432 --api none --record missing/folder.ndjson
culprit: cannot write missing/folder.ndjson: No such file or directory
[exit 3]
$ culprit proxy --upstream 'no such host:1' --api none
culprit: nobody knows no such host: Name or service not known
  while setting up proxy
  try: check the name, or give the number
[exit 3]
