# A load that is asked for wrongly is answered with what would be right; nothing is sent.
$ culprit load
culprit: load needs to be told where to
  try: culprit load http://127.0.0.1:8080/
[exit 2]
$ culprit load 127.0.0.1:8080
culprit: '127.0.0.1:8080' is no URL to send requests to
  try: http://127.0.0.1:8080/path   or https://HOST/path
[exit 2]
$ culprit load http://127.0.0.1:8080/ http://127.0.0.1:8081/
culprit: load has one URL, not 2
  try: culprit load http://127.0.0.1:8080/   or --spec FILE for several requests
[exit 2]
$ culprit load http://127.0.0.1:8080/ --rat 100
culprit load: there is no flag --rat
  did you mean --rate?
[exit 2]
$ culprit load http://127.0.0.1:8080/ --rate fast
culprit: --rate fast is no number above zero
  try: --rate 1000
[exit 2]
$ culprit load http://127.0.0.1:8080/ --rate 100 --burst
culprit: a burst has no rate: all its requests are released at once
  try: --burst --connections 20   or --rate 1000
[exit 2]
$ culprit load http://127.0.0.1:8080/ --poisson
culprit: --poisson is how the requests of a rate are spread
  try: --rate 1000 --poisson
[exit 2]
$ culprit load http://127.0.0.1:8080/ --duration 10
culprit: --duration 10 is no duration
  try: --duration 30s   or 2h, 14d, 250ms
[exit 2]
$ culprit load http://127.0.0.1:8080/ --header Accept
culprit: 'Accept' is no header
  try: --header 'Accept: text/html'
[exit 2]
$ culprit load http://127.0.0.1:8080/ --bad 'statsu >= 400'
culprit: requests of a load have no field 'statsu'
  try: status
[exit 2]
$ culprit load --spec none.toml
culprit: no such file or directory: none.toml
  try: check the path; a glob may be given in quotes, culprit expands it too
[exit 3]
# What a spec says wrongly is named with its place and the nearest word that is known.
$ printf 'target = "http://127.0.0.1:8080"\n\n[[request]]\nmetod = "GET"\n' > shop.toml
[exit 0]
$ culprit load --spec shop.toml
culprit: line 4, column 1: a request has no 'metod'
  while reading shop.toml
  try: method
[exit 2]
$ printf 'target = "http://127.0.0.1:8080"\nrate = "100"\n[[request]]\n' > shop.toml
[exit 0]
$ culprit load --spec shop.toml
culprit: line 2, column 1: rate is a number
  while reading shop.toml
  try: rate = 100
[exit 2]
$ printf 'target = "http://127.0.0.1:8080"\n[[request]]\npath = "/{{usr.name}}"\n' > shop.toml
[exit 0]
$ culprit load --spec shop.toml
culprit: line 2, column 1: nothing is called {{usr.name}} here
  while reading shop.toml
  try: capture it before, or one of: iteration, connection
[exit 2]
$ printf '[data.user]\nfile = "users.csv"\n[[request]]\npath = "/{{usr.name}}"\n' > shop.toml
[exit 0]
$ printf 'name,plan\nann\n' > users.csv
[exit 0]
$ culprit load http://127.0.0.1:8080 --spec shop.toml
culprit: line 2: 1 values for 2 columns
  while reading users.csv
  while reading shop.toml
[exit 2]
$ printf 'name,plan\nann,pro\n' > users.csv
[exit 0]
$ culprit load http://127.0.0.1:8080 --spec shop.toml
culprit: line 3, column 1: nothing is called {{usr.name}} here
  while reading shop.toml
  try: {{user.name}}
[exit 2]
$ printf 'target = \n' > shop.toml
[exit 0]
$ culprit load --spec shop.toml
culprit: line 1, column 10: Error while parsing key-value pair: expected value, saw '\n'
  while reading shop.toml
[exit 2]
$ culprit load http://127.0.0.1:8080 --spec shop.toml --method PUT
culprit: --method and --body are of the one request to a URL; a spec has its own
  try: method and body below [[request]] in the spec
[exit 2]
