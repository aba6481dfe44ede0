package main

import (
	"time"

	"go.uber.org/zap"
)

// Heartbeat says every period that this pod lives.
func Heartbeat(log *zap.Logger, orders *Orders, period time.Duration) {
	for range time.Tick(period) {
		log.Info("heartbeat", zap.Int("queued", orders.Queued()))
	}
}
