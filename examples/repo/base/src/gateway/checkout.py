"""Places an order."""
from gateway import idempotency, orders, pricing


async def place(app, request):
    key = idempotency.key_of(request)
    seen = await idempotency.remembered(key)
    if seen:
        return seen
    total = pricing.total(request.cart, request.account)
    client = await app.pool.client(request.account)
    try:
        await client.send(orders.message(request, total))
    finally:
        await app.pool.give_back(client)
    return await idempotency.remember(key, orders.confirmed(request, total))
