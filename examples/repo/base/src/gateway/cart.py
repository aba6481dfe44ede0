"""Reads and replaces carts."""
from gateway import store

CART_LINES_MAX = 60


async def answer(app, request):
    if request.method == "PUT":
        if len(request.cart.lines) > CART_LINES_MAX:
            raise ValueError("cart has too many lines")
        await store.write_cart(request.account, request.cart)
    cart = await store.read_cart(request.account)
    return {"lines": cart.lines, "currency": request.account.currency}
