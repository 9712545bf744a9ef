package store

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/regulars-dev/regulars/shared/loyalty"
)

// cartDoc is how a cart lies in the table. Fields may be added; a name is never reused.
type cartDoc struct {
	Version int64     `json:"version"`
	Card    string    `json:"card,omitempty"`
	At      time.Time `json:"at"`
	State   string    `json:"state"`
	Total   int64     `json:"total,omitempty"`
	Lines   string    `json:"lines,omitempty"`
	URL     string    `json:"url,omitempty"`
	DueAt   time.Time `json:"due_at,omitzero"`

	Reminders  int       `json:"reminders,omitempty"`
	RemindedAt time.Time `json:"reminded_at,omitzero"`
}

const (
	dueCart    = "cart"
	dueMoments = "2006-01-02T15:04:05Z" // fixed width, so that text sorts as time
)

func cartKey(id string) Key { return Key{Table: Cards, Partition: "cart/" + id, Sort: "CART"} }

func (s *Store) cartItem(c loyalty.Cart) (Item, error) {
	body, err := json.Marshal(cartDoc{
		Version: c.Version, Card: c.Card, At: c.At, State: string(c.State), Total: c.Total, Lines: writeLines(c.Lines), URL: c.URL, DueAt: c.DueAt,
		Reminders: c.Reminders, RemindedAt: c.RemindedAt,
	})
	item := Item{Key: cartKey(c.ID), Attrs: Attrs{"d": string(body)}, Expires: s.expiry(closedCart)}
	if !c.DueAt.IsZero() {
		item.Due = Due{Kind: dueCart, At: c.DueAt.UTC().Format(dueMoments)}
	}
	return item, err
}

// Cart reads one cart.
func (s *Store) Cart(ctx context.Context, id string) (loyalty.Cart, loyalty.Version, error) {
	item, err := s.items.Get(ctx, cartKey(id), Strong)
	if err != nil {
		return loyalty.Cart{}, 0, known(err)
	}
	var doc cartDoc
	if err := json.Unmarshal([]byte(item.Attrs.text("d")), &doc); err != nil {
		return loyalty.Cart{}, 0, fmt.Errorf("cart %s: %w", id, err)
	}
	lines, err := readLines(doc.Lines)
	return loyalty.Cart{
		ID: id, Version: doc.Version, Card: doc.Card, At: doc.At, State: loyalty.CartState(doc.State), Total: doc.Total,
		Lines: lines, URL: doc.URL, DueAt: doc.DueAt, Reminders: doc.Reminders, RemindedAt: doc.RemindedAt,
	}, loyalty.Version(item.Version), err
}

// PutCart stores a cart over the version that was read.
func (s *Store) PutCart(ctx context.Context, c loyalty.Cart, version loyalty.Version) (loyalty.Version, error) {
	item, err := s.cartItem(c)
	if err != nil {
		return 0, err
	}
	stored, err := s.items.Put(ctx, item, over(version))
	return loyalty.Version(stored.Version), known(err)
}

// DueCarts lists the carts whose moment has come.
func (s *Store) DueCarts(ctx context.Context, t time.Time, limit int) ([]string, error) {
	due, err := s.due(ctx, dueCart, t.UTC().Add(time.Second).Format(dueMoments), limit)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, item := range due {
		ids = append(ids, strings.TrimPrefix(item.Key.Partition, "cart/"))
	}
	return ids, nil
}

// due lists the keys of a kind before a moment, the earliest first, at most limit. It asks each shard of the index for its share of the
// limit, so that no shard waits for another.
func (s *Store) due(ctx context.Context, kind, to string, limit int) ([]Item, error) {
	var due []Item
	share := (limit + DueShards - 1) / DueShards
	for shard := range DueShards {
		in := DueInput{Kind: kind, Shard: shard, To: to, Limit: min(share, MaxPage)}
		for left := share; left > 0; {
			page, err := s.items.Due(ctx, in)
			if err != nil {
				return nil, fmt.Errorf("list what is due of kind %s: %w", kind, err)
			}
			due = append(due, page.Items...)
			if left -= len(page.Items); page.Next == "" {
				break
			}
			in.After, in.Limit = page.Next, min(max(left, 1), MaxPage)
		}
	}
	slices.SortFunc(due, func(a, b Item) int {
		return cmp.Or(strings.Compare(a.Due.At, b.Due.At), strings.Compare(a.Key.Partition, b.Key.Partition))
	})
	return due[:min(limit, len(due))], nil
}

// openCartKey is where a card keeps which cart its shopper has open. It is no item of the card, so that reading the card does not pay
// for it.
func openCartKey(card string) Key {
	return Key{Table: Cards, Partition: "cartof/" + card, Sort: "CART"}
}

// CartOf reads which cart a shopper has open.
func (s *Store) CartOf(ctx context.Context, card string) (loyalty.OpenCart, loyalty.Version, error) {
	item, err := s.items.Get(ctx, openCartKey(card), Strong)
	if errors.Is(err, ErrNotFound) {
		return loyalty.OpenCart{}, 0, nil
	}
	if err != nil {
		return loyalty.OpenCart{}, 0, err
	}
	at, err := time.Parse(time.RFC3339Nano, item.Attrs.text("at"))
	return loyalty.OpenCart{ID: item.Attrs.text("id"), At: at, Before: item.Attrs.text("before")}, loyalty.Version(item.Version), err
}

// PutCartOf stores which cart a shopper has open.
func (s *Store) PutCartOf(ctx context.Context, card string, c loyalty.OpenCart, version loyalty.Version) error {
	item := Item{Key: openCartKey(card), Attrs: Attrs{}, Expires: s.expiry(closedCart)}
	item.Attrs.set("id", c.ID)
	item.Attrs.set("at", c.At.UTC().Format(time.RFC3339Nano))
	item.Attrs.set("before", c.Before)
	_, err := s.items.Put(ctx, item, over(version))
	return known(err)
}
