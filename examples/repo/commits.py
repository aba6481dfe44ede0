"""The innocent commits, in the order of the releases they belong to.

A commit is (author, subject, body, edits); an edit is (path, old text, new text), and no old text
means the whole file. The commits of one release do not touch the same lines, so that the guilty one
can stand anywhere among them.
"""

IMPORT = ("mira", "shop: import", "The history before this lives in the old repository.")

TO_V1_8_0 = [
    ("mira", "gateway: answer /wallet", "", [
        ("src/gateway/routes.py", '    "/export": export.statement,\n',
         '    "/export": export.statement,\n    "/wallet": wallet.balance,\n'),
        ("src/gateway/routes.py", "orders, pricing\n", "orders, pricing, wallet\n"),
        ("src/gateway/wallet.py", None,
         '"""Balances of vouchers and gifts."""\nfrom gateway import store\n\n\n'
         "async def balance(app, request):\n"
         "    rows = await store.read_orders(request.account)\n"
         '    return {"balance": sum(row.get("credit", 0) for row in rows)}\n')]),
    ("tomas", "docs: fix the name of the health check", "", [
        ("docs/runbook.md", "shows on its status page first.\n",
         "shows on its status page first.\n4. /healthz answers as long as the process lives, and "
         "says no more than that.\n")]),
    ("ines", "gateway: answer /refunds", "Support did it by hand until now.", [
        ("src/gateway/routes.py", '    "/orders": orders.state,\n',
         '    "/orders": orders.state,\n    "/refunds": refunds.queue,\n'),
        ("src/gateway/refunds.py", None,
         '"""Queues refunds; payments books them."""\n\n\n'
         "async def queue(app, request):\n"
         "    client = await app.pool.client(request.account)\n"
         "    try:\n        await client.send(request.refund)\n"
         "    finally:\n        await app.pool.give_back(client)\n"
         '    return {"state": "queued"}\n')]),
    ("jun", "deps: bump orjson from 3.10.18 to 3.11.1", "", [
        ("requirements.txt", "orjson==3.10.18", "orjson==3.11.1")]),
    ("ines", "refunds: refuse amounts below zero", "", [
        ("src/payments/refunds.go", "package main\n\n// Refund books",
         'package main\n\nimport "errors"\n\nvar errNegative = errors.New("refund below zero")\n\n'
         "// Refund books"),
        ("src/payments/refunds.go", "\treturn ledger.Add(",
         "\tif amount < 0 {\n\t\treturn errNegative\n\t}\n\treturn ledger.Add(")]),
    ("tomas", "readme: say how to run one test", "", [
        ("README.md", "    make run ",
         "    python3 -m pytest tests/test_pricing.py\n    make run ")]),
    ("mira", "export: name the file after the account", "", [
        ("src/gateway/export.py", 'HEADER = "order,placed,total\\n"\n',
         'HEADER = "order,placed,total\\n"\n\n\ndef file_name(account):\n'
         '    return f"statement-{account.number}.csv"\n')]),
    ("jun", "make: run the tests of auth too", "", [
        ("Makefile", "\tnode --test src/auth\n", "\tnode --test src/auth tests/auth\n")]),
]

# On a branch of its own, merged before v1.8.0.
BRANCH = "auth-keys"
ON_BRANCH = [
    ("noor", "keys: forget keys after 60 days", "", [
        ("src/auth/keys.js", "export function add(id, key) {\n  keys.set(id, key);\n}\n",
         "const LIFETIME_DAYS = 60;\n\nexport function add(id, key, now) {\n"
         "  keys.set(id, { key, until: now + LIFETIME_DAYS * 86_400_000 });\n}\n"),
        ("src/auth/keys.js", "  const key = keys.get(header.kid);\n",
         "  const key = keys.get(header.kid)?.key;\n")]),
    ("noor", "keys: say which key is unknown", "", [
        ("src/auth/keys.js", "throw new Error('unknown key')",
         "throw new Error(`unknown key ${header.kid}`)")]),
]

TO_V1_8_1 = [
    ("ines", "cart: say how many lines are too many", "", [
        ("src/gateway/cart.py", 'raise ValueError("cart has too many lines")',
         'raise ValueError(f"cart has more than {CART_LINES_MAX} lines")')]),
    ("jun", "deps: bump zap from 1.27.0 to 1.27.1", "", [
        ("go.mod", "zap v1.27.0", "zap v1.27.1")]),
    ("mira", "tests: state of an order without payments", "", [
        ("tests/test_orders.py", None,
         "from gateway import orders\n\n\n"
         "def test_a_confirmed_order_says_its_total(request_of):\n"
         '    assert orders.confirmed(request_of("a"), 3)["total"] == "3"\n')]),
    ("tomas", "docs: the export is in UTC", "", [
        ("docs/api.md", "statement as CSV |", "statement as CSV, times in UTC |")]),
    ("noor", "session: begin again when the user changes", "", [
        ("src/auth/session.js", "export function isLive(user, now) {\n",
         "export function end(user) {\n  sessions.delete(user);\n}\n\n"
         "export function isLive(user, now) {\n")]),
    ("ines", "payments: listen on the address of the settings", "", [
        ("src/payments/main.go", '\thttp.ListenAndServe(":7443", orders)\n',
         "\thttp.ListenAndServe(address, orders)\n"),
        ("src/payments/main.go", "func main() {\n",
         'const address = ":7443"\n\nfunc main() {\n'),
        ("src/payments/main.go", 'zap.String("address", ":7443")',
         'zap.String("address", address)')]),
]

TO_V1_8_2 = [
    ("noor", "token: accept format v2", "Format v1 goes in January.", [
        ("src/auth/token.js", "  log.info({ kid: protectedHeader.kid }, 'token verified');\n",
         "  if (protectedHeader.typ === 'v2') log.info('token format v2 accepted');\n"
         "  log.info({ kid: protectedHeader.kid }, 'token verified');\n")]),
    ("noor", "tests: tokens of both formats", "", [
        ("tests/auth/token.test.js", None,
         "import { test } from 'node:test';\nimport assert from 'node:assert';\n"
         "import { verify } from '../../src/auth/token.js';\n\n"
         "test('a token of format v2 is accepted', async () => {\n"
         "  const log = { info() {}, warn() {} };\n"
         "  assert.ok(await verify(globalThis.tokenV2, log));\n});\n")]),
    ("jun", "deps: bump jose from 6.0.11 to 6.1.0", "", [
        ("package.json", '"jose": "6.0.11"', '"jose": "6.1.0"')]),
    ("tomas", "runbook: an expired token is a 401", "", [
        ("docs/runbook.md", "Old tokens are accepted for an hour.\n",
         "Old tokens are accepted for an hour, then the\nanswer is 401.\n")]),
]

TO_V1_9_0 = [
    ("tomas", "runbook: what a payment timeout means", "", [
        ("docs/runbook.md", "lost until the process ends.\n",
         "lost until the process ends. A payment timeout names the gateway_host that did not "
         "answer;\nlook at its dashboard before anything else.\n")]),
    ("jun", "deps: bump aiohttp from 3.12.13 to 3.13.2", "", [
        ("requirements.txt", "aiohttp==3.12.13", "aiohttp==3.13.2")]),
    ("mira", "tests: totals are rounded half up", "", [
        ("tests/test_pricing.py", "def test_a_line_counts_its_quantity",
         "def test_half_a_cent_is_rounded_up(cart, account):\n"
         '    assert pricing.total(cart([("0.005", 1)]), account("USD")) == Decimal("0.01")\n\n\n'
         "def test_a_line_counts_its_quantity")]),
    ("ines", "client: call the limit of attempts what it is", "", [
        ("src/gateway/client.py", "    RETRIES = 2\n", "    ATTEMPTS_MAX = 2\n"),
        ("src/gateway/client.py", "range(1, self.RETRIES + 1)",
         "range(1, self.ATTEMPTS_MAX + 1)")]),
    ("jun", "refunds: fix a typo", "", [
        ("src/payments/refunds.go", "is refused by the gateway.", "is refused in the gateway.")]),
    ("mira", "export: end lines with CRLF", "Spreadsheets of two customers want it.", [
        ("src/gateway/export.py", "{row['total']}\\n\" for row",
         "{row['total']}\\r\\n\" for row")]),
    ("ines", "limits: forget the minutes that are over", "", [
        ("src/gateway/limits.py", "        key = (request.account.id, minute)\n",
         "        self.seen = {key: n for key, n in self.seen.items() if key[1] >= minute - 1}\n"
         "        key = (request.account.id, minute)\n")]),
    ("noor", "session: keep sessions for two hours", "", [
        ("src/auth/session.js", "LIFETIME_MINUTES = 60", "LIFETIME_MINUTES = 120")]),
    ("ines", "orders: refuse orders without a number", "", [
        ("src/payments/orders.go", "\tif err := o.ledger.Add(order.Account",
         "\tif order.Number == \"\" {\n"
         '\t\thttp.Error(w, "order without a number", http.StatusUnprocessableEntity)\n'
         "\t\treturn\n\t}\n\tif err := o.ledger.Add(order.Account")]),
]

TO_V1_9_1 = [
    ("tomas", "docs: errors carry the request id", "", [
        ("docs/api.md", "Errors are JSON:", "Errors are JSON and carry the id of the request:")]),
    ("mira", "export: write the header once", "", [
        ("src/gateway/export.py", 'HEADER = "order,placed,total\\n"',
         'HEADER = "order,placed,total\\r\\n"')]),
    ("jun", "deps: bump pytest from 8.4.0 to 8.4.2", "", [
        ("requirements.txt", "pytest==8.4.0", "pytest==8.4.2")]),
]
