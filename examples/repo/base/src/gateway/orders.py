"""The state of orders, and what payments is told about them."""
import orjson

from gateway import store


def message(request, total):
    return orjson.dumps({"order": request.order, "total": str(total)}) + b"\n"


def confirmed(request, total):
    return {"order": request.order, "total": str(total), "state": "confirmed"}


async def state(app, request):
    rows = await store.read_orders(request.account)
    return {"orders": [{"id": row["id"], "total": row["total"]} for row in rows]}
