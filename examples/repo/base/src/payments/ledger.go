package main

import "hash/fnv"

// A Ledger spreads accounts over shards; an account never moves.
type Ledger struct {
	shards []Shard
}

// A Shard is one database of the ledger.
type Shard struct {
	entries map[string]int64
}

// NewLedger opens as many shards as there are databases.
func NewLedger(count int) *Ledger {
	ledger := &Ledger{}
	for i := 0; i < count; i++ {
		ledger.shards = append(ledger.shards, Shard{entries: map[string]int64{}})
	}
	return ledger
}

// Shard finds the shard that holds the account.
func (l *Ledger) Shard(account string) (*Shard, error) {
	hash := fnv.New32a()
	hash.Write([]byte(account))
	return &l.shards[hash.Sum32()%uint32(len(l.shards))], nil
}

// Add books an amount in hundredths.
func (l *Ledger) Add(account string, amount int64) error {
	shard, err := l.Shard(account)
	if err != nil {
		return err
	}
	shard.entries[account] += amount
	return nil
}
