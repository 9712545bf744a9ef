package store

import (
	"context"
	"errors"
)

// Ordered is an Items that can do PutInOrder in one go.
type Ordered interface {
	Items

	// PutInOrder is what the function of that name promises.
	PutInOrder(ctx context.Context, writes []Write) (done int, err error)
}

// PutInOrder puts one item after the other, each under its condition, and stops at the first that is refused or fails. done are those that lie
// there: a later one never lies there without those before it. It is for writes that need no transaction, which DynamoDB counts twice; where the
// items are Ordered they share one commit, elsewhere each is a Put.
//
// It returns *Refused with the index of the write that was refused; those before it stay. After any other error the one at done may lie there too,
// and where the items are Ordered all of them or none.
func PutInOrder(ctx context.Context, items Items, writes []Write) (done int, err error) {
	if all, ok := items.(Ordered); ok {
		return all.PutInOrder(ctx, writes)
	}
	for n, w := range writes {
		if _, err := items.Put(ctx, w.Item, w.If); err != nil {
			return n, at(err, n)
		}
	}
	return len(writes), nil
}

// at notes in a refusal which write it is of.
func at(err error, index int) error {
	if r := (*Refused)(nil); errors.As(err, &r) {
		r.Index = index
	}
	return err
}
