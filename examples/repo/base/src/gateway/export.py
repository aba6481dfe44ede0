"""Statements as CSV."""
from gateway import store

HEADER = "order,placed,total\n"


async def statement(app, request):
    rows = await store.read_orders(request.account)
    return HEADER + "".join(f"{row['id']},{row['placed']},{row['total']}\n" for row in rows)
