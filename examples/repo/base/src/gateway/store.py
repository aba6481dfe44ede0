"""The database behind carts and orders."""
from gateway.db import database


async def read_cart(account):
    return await database.one("SELECT items FROM carts WHERE account = ?", account.id)


async def write_cart(account, cart):
    await database.run("UPDATE carts SET items = ? WHERE account = ?", cart.lines, account.id)


async def read_orders(account):
    return await database.all(
        "SELECT o.*, p.total FROM orders o JOIN payments p ON p.order_id = o.id "
        "WHERE o.account = ? ORDER BY placed, id", account.id)
