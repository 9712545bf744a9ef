package store_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/message"
	"github.com/regulars-dev/regulars/shared/store"
	"github.com/regulars-dev/regulars/shared/store/bolt"
)

// repeating is a client that lost every answer and repeated the call.
type repeating struct{ store.Items }

func (r repeating) Put(ctx context.Context, item store.Item, cond store.Condition) (store.Item, error) {
	if _, err := r.Items.Put(ctx, item, cond); err != nil {
		return store.Item{}, err
	}
	return r.Items.Put(ctx, item, cond)
}

func (r repeating) Transact(ctx context.Context, writes []store.Write) error {
	if err := r.Items.Transact(ctx, writes); err != nil {
		return err
	}
	return r.Items.Transact(ctx, writes)
}

// A claim that the client repeats is refused by itself. It is our claim all the same, and another sender's is not.
func TestARepeatedClaimIsOurOwn(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	db, err := bolt.Open(filepath.Join(t.TempDir(), "regulars.db"), clock, bolt.Unsynced())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	first, second := store.New(repeating{db}, clock), store.New(db, clock)
	o := message.Order{ID: "m1", Campaign: "c", Occasion: "o", Card: "0407973274320", OrderedAt: now, ExpiresAt: now.Add(time.Hour)}
	rec, _ := message.Claim(o, nil, now)

	version, err := first.PutMessage(t.Context(), rec, 0)
	if err != nil || version != 1 {
		t.Fatalf("our claim: version %d, %v", version, err)
	}
	if _, err := second.PutMessage(t.Context(), rec, 0); !errors.Is(err, loyalty.ErrConflict) {
		t.Errorf("another sender, at the same moment: %v", err)
	}
	rec.State = message.StateSent
	if version, err = first.PutMessage(t.Context(), rec, version); err != nil || version != 2 {
		t.Errorf("our settling: version %d, %v", version, err)
	}

	head, err := db.Put(t.Context(), store.Item{Key: store.Key{Table: store.Cards, Partition: "card/" + o.Card, Sort: "HEAD"}}, store.IfAbsent())
	if err != nil {
		t.Fatal(err)
	}
	opened := loyalty.Opened{Head: card.Head{ID: o.Card}, HeadVersion: loyalty.Version(head.Version)}
	o.ID = "m2"
	rec, _ = message.Claim(o, nil, now)
	if version, err = first.ClaimForCart(t.Context(), rec, 0, loyalty.Cart{ID: "c1"}, 0, opened); err != nil || version != 1 {
		t.Errorf("our claim with a cart: version %d, %v", version, err)
	}
	if _, err := second.ClaimForCart(t.Context(), rec, 0, loyalty.Cart{ID: "c1"}, 0, opened); !errors.Is(err, loyalty.ErrConflict) {
		t.Errorf("another sender with a cart: %v", err)
	}
}
