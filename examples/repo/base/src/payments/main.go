// Command payments authorises payments and keeps the ledger.
package main

import (
	"net/http"
	"time"

	"go.uber.org/zap"
)

func main() {
	log, _ := zap.NewProduction()
	ledger := NewLedger(8)
	orders := NewOrders(ledger, log)
	go Heartbeat(log, orders, 5*time.Second)
	log.Info("payments listens", zap.String("address", ":7443"))
	http.ListenAndServe(":7443", orders)
}
