package main

// Refund books a negative amount; a refund above the order's total is refused by the gateway.
func Refund(ledger *Ledger, order Order, amount int64) error {
	return ledger.Add(order.Account, -amount)
}
