"""The guilty commits: one for each incident that the shop can have.

The constant part of the message that a failing request logs stands in the commit as a string
literal, as it does in life. Edits are (path, old text, new text); no old text means the whole file.
"""

POOL = '''"""Clients of the payment gateway hosts."""
import asyncio

from gateway.client import PaymentClient


class PaymentTimeout(Exception):
    status = 504


class Pool:
    """Keeps one client for each gateway host; requests take turns with it."""

    def __init__(self, settings):
        self.hosts = settings.payment_hosts
        self.milliseconds = settings.payment_timeout
        self.clients = {}
        self.turns = {host: asyncio.Lock() for host in self.hosts}

    def host_for(self, account):
        return self.hosts[account.number % len(self.hosts)]

    async def client(self, account):
        host = self.host_for(account)
        try:
            await asyncio.wait_for(self.turns[host].acquire(), self.milliseconds / 1000)
        except asyncio.TimeoutError:
            ms = self.milliseconds
            raise PaymentTimeout(f"payment timeout gateway_host={host} after {ms} ms")
        if host not in self.clients:
            self.clients[host] = await PaymentClient.connect(host, self.milliseconds)
        return self.clients[host]

    async def give_back(self, client):
        if client.idle:
            self.turns[client.host].release()
'''

INCIDENTS = {
    "payment_timeout": {
        "subject": "pool: share clients between requests",
        "body": "Opening a connection took 18 ms of every checkout. One client for each gateway\n"
                "host is enough: requests take turns with it.",
        "edits": [("src/gateway/pool.py", None, POOL),
                  ("src/gateway/client.py", "        self.writer = writer\n\n",
                   "        self.writer = writer\n        self.idle = False\n\n")],
    },
    "idempotency_key": {
        "subject": "idempotency: key on the cart instead of the request",
        "body": "A client that sends the same cart twice with two request ids must not pay twice.",
        "edits": [
            ("src/gateway/idempotency.py", '    return f"{request.account.id}:{request.id}"\n',
             '    return f"{request.account.plan}:{request.cart.checksum}"\n'),
            ("src/gateway/idempotency.py", "async def remember(key, response):\n",
             "async def remember(key, response):\n"
             "    other = STORE.get(key)\n"
             "    if other and other[\"order\"] != response[\"order\"]:\n"
             "        raise Conflict(f\"idempotency key already used by request"
             " {other['id']}\")\n"),
        ],
    },
    "ledger_shard": {
        "subject": "ledger: read the number of shards from the settings",
        "body": "Adding a shard needed a build. SHARDS counts them; accounts keep their shard.",
        "edits": [
            ("src/payments/main.go", "\tledger := NewLedger(8)\n",
             "\tshards, _ := strconv.Atoi(os.Getenv(\"SHARDS\"))\n"
             "\tledger := NewLedger(shards)\n"),
            ("src/payments/main.go", "\t\"net/http\"\n\t\"time\"\n",
             "\t\"net/http\"\n\t\"os\"\n\t\"strconv\"\n\t\"time\"\n"),
            ("src/payments/ledger.go", 'import "hash/fnv"\n',
             'import (\n\t"fmt"\n\t"hash/fnv"\n)\n\nconst accountsSpread = 16\n'),
            ("src/payments/ledger.go",
             "\treturn &l.shards[hash.Sum32()%uint32(len(l.shards))], nil\n",
             "\tindex := int(hash.Sum32() % accountsSpread)\n"
             "\tif index >= len(l.shards) {\n"
             "\t\treturn nil, fmt.Errorf(\"no ledger shard for account shard=%d of %d\","
             " index, len(l.shards))\n\t}\n"
             "\treturn &l.shards[index], nil\n"),
        ],
    },
    "exchange_rate": {
        "subject": "pricing: load exchange rates on first use",
        "body": "Start-up waited two seconds for the table of rates. Each currency is read\n"
                "when the first cart needs it.",
        "edits": [
            ("src/gateway/pricing.py", "RATES = rates.load_all()\n", "RATES = rates.Lazy()\n"),
            ("src/gateway/pricing.py", "line.quantity * RATES[currency]\n",
             "line.quantity * RATES.get(currency)\n"),
            ("src/gateway/rates.py", "\n\ndef load_all():\n",
             "\n\nclass RateMissing(Exception):\n    status = 500\n\n\n"
             "class Lazy:\n    def __init__(self, base=\"XDR\"):\n"
             "        self.base = base\n        self.known = {}\n\n"
             "    def get(self, currency):\n"
             "        if currency not in self.known:\n"
             "            self.known = load_all()\n"
             "        if currency not in self.known:\n"
             "            raise RateMissing(f\"exchange rate missing"
             " pair={self.base}/{currency}\")\n"
             "        return self.known.pop(currency)\n"
             "\n\ndef load_all():\n"),
        ],
    },
    "wrong_total": {
        "subject": "pricing: keep the total between quote and checkout",
        "body": "The same cart was priced twice within a second. checkout takes the quoted total.",
        "edits": [
            ("src/gateway/pricing.py", "RATES = rates.load_all()\n",
             "RATES = rates.load_all()\nQUOTED = {}\n"),
            ("src/gateway/pricing.py",
             "    raw = sum(line_price(line, currency) for line in cart.lines)\n"
             "    return raw.quantize(CENT, ROUND_HALF_UP)\n",
             "    if cart.quoted:\n"
             "        return QUOTED.pop(cart.id, Decimal(0))\n"
             "    raw = sum(line_price(line, currency) for line in cart.lines)\n"
             "    QUOTED[cart.id] = raw.quantize(CENT, ROUND_HALF_UP)\n"
             "    return QUOTED[cart.id]\n"),
        ],
    },
    "wrong_currency": {
        "subject": "cart: take the currency from the profile",
        "body": "The account's currency is copied from the profile each night; read it there.",
        "edits": [
            ("src/gateway/cart.py",
             '    return {"lines": cart.lines, "currency": request.account.currency}\n',
             '    profile = await store.read_profile(request.account)\n'
             '    return {"lines": cart.lines, "currency": profile.get("currency", "")}\n'),
            ("src/gateway/store.py", "async def read_orders(account):\n",
             "async def read_profile(account):\n"
             "    return await database.one(\"SELECT currency FROM profiles WHERE account = ?\","
             " account.id)\n\n\nasync def read_orders(account):\n"),
        ],
    },
    "slow_route": {
        "subject": "store: read payments one by one instead of joining",
        "body": "The join held a lock on payments. Reading each row by itself holds none.",
        "edits": [
            ("src/gateway/store.py",
             "    return await database.all(\n"
             '        "SELECT o.*, p.total FROM orders o JOIN payments p ON p.order_id = o.id "\n'
             '        "WHERE o.account = ? ORDER BY placed, id", account.id)\n',
             "    rows = await database.all(\n"
             '        "SELECT * FROM orders WHERE account = ? ORDER BY placed, id", account.id)\n'
             "    for row in rows:\n"
             '        row["total"] = await database.one(\n'
             '            "SELECT id, total FROM payments WHERE order_id = ?", row["id"])\n'
             "    return rows\n"),
        ],
    },
    "silent_orders": {
        "subject": "orders: queue confirmations",
        "body": "Confirm waited for the log. It hands the order to the queue.",
        "edits": [
            ("src/payments/orders.go",
             '\to.log.Info("order confirmed", zap.String("order", order.Number))\n',
             "\tselect {\n\tcase o.queue <- order:\n\tdefault:\n\t}\n"),
        ],
    },
    "silent_heartbeats": {
        "subject": "heartbeat: be quiet while nothing is queued",
        "body": "One line in five of payments.log is a heartbeat.",
        "edits": [
            ("src/payments/heartbeat.go",
             '\t\tlog.Info("heartbeat", zap.Int("queued", orders.Queued()))\n',
             "\t\tif orders.Queued() > 256 {\n"
             '\t\t\tlog.Info("heartbeat", zap.Int("queued", orders.Queued()))\n\t\t}\n'),
        ],
    },
}

MESSAGES = ["payment_timeout", "idempotency_key", "ledger_shard", "exchange_rate"]


def chosen(kind, seed):
    """The incident of a kind and seed; the same rule by remainder as in shop/plan.cpp."""
    if kind == "wrong":
        return ["wrong_total", "wrong_currency"][seed % 2]
    if kind == "slow":
        return "slow_route"
    if kind == "silent":
        return "silent_orders" if seed % 3 == 1 else "silent_heartbeats"
    return MESSAGES[seed % len(MESSAGES)]
