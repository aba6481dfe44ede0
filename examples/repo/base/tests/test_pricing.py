from decimal import Decimal

from gateway import pricing


def test_an_empty_cart_costs_nothing(cart, account):
    assert pricing.total(cart([]), account("EUR")) == Decimal("0.00")


def test_a_line_counts_its_quantity(cart, account):
    assert pricing.total(cart([("2.50", 3)]), account("USD")) == Decimal("7.50")
