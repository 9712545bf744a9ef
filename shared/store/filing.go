package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// Filing is a receipt as it is kept, with the moments at which it, its returns and its claim were filed. They are read off the day on which
// each will be cleared away, which lies receiptLife behind; a moment is zero where nothing says it.
type Filing struct {
	loyalty.Filed
	At        time.Time
	ReturnsAt []time.Time
	ClaimedAt time.Time
}

// Filing reads a receipt with when it was filed; ErrNotFound as Receipt.
func (s *Store) Filing(ctx context.Context, key receipt.Key) (Filing, error) {
	f := Filing{}
	var err error
	if f.Filed, err = s.Receipt(ctx, key); err != nil {
		return f, err
	}
	in := QueryInput{Table: Records, Partition: receiptKey(key).Partition, Read: Strong}
	err = every(ctx, s.items, in, func(item Item) error {
		at := filedAt(item)
		switch {
		case item.Key.Sort == "RECEIPT":
			f.At = at
		case item.Key.Sort == sortClaim:
			f.ClaimedAt = at
		case strings.HasPrefix(item.Key.Sort, "RETURN/"):
			f.ReturnsAt = append(f.ReturnsAt, at)
		}
		return nil
	})
	if err == nil && len(f.ReturnsAt) < len(f.Returns) {
		err = fmt.Errorf("read receipt %s: it has fewer returns than a moment ago", key)
	}
	return f, err
}

func filedAt(item Item) time.Time {
	if item.Expires.IsZero() {
		return time.Time{}
	}
	return item.Expires.Add(-receiptLife)
}
