"""Which handler answers which path."""
from gateway import cart, checkout, export, orders, pricing

TABLE = {
    "/checkout": checkout.place,
    "/cart": cart.answer,
    "/quote": pricing.quote,
    "/orders": orders.state,
    "/export": export.statement,
}


def find(path):
    head = "/" + path.split("/")[1]
    if head not in TABLE:
        raise LookupError(f"no route for {path}")
    return TABLE[head]
