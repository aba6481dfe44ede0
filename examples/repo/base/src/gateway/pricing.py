"""What a cart costs."""
from decimal import ROUND_HALF_UP, Decimal

from gateway import rates

CENT = Decimal("0.01")
RATES = rates.load_all()


def line_price(line, currency):
    return line.price * line.quantity * RATES[currency]


def total(cart, account):
    currency = account.currency
    raw = sum(line_price(line, currency) for line in cart.lines)
    return raw.quantize(CENT, ROUND_HALF_UP)


async def quote(app, request):
    return {"total": str(total(request.cart, request.account)),
            "currency": request.account.currency}
