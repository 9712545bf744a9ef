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
	"github.com/regulars-dev/regulars/shared/message"
)

func messageKey(card, id string) Key {
	return Key{Table: Records, Partition: cardPartition(card), Sort: "MESSAGE/" + id}
}

// messageItem lays a record as JSON, with its state beside it for whoever looks at the table.
func (s *Store) messageItem(rec message.Record) (Item, error) {
	body, err := json.Marshal(rec)
	if err != nil {
		return Item{}, fmt.Errorf("write message %s: %w", rec.ID, err)
	}
	return Item{
		Key:     messageKey(rec.Card, rec.ID),
		Attrs:   Attrs{"d": string(body), "st": string(rec.State)},
		Expires: s.expiry(messageLife),
	}, nil
}

func readMessage(item Item) (message.Record, error) {
	var rec message.Record
	if err := json.Unmarshal([]byte(item.Attrs.text("d")), &rec); err != nil {
		return rec, fmt.Errorf("%s: %w", item.Key, err)
	}
	return rec, nil
}

// Message reads one record.
func (s *Store) Message(ctx context.Context, card, id string) (message.Record, loyalty.Version, error) {
	item, err := s.items.Get(ctx, messageKey(card, id), Strong)
	if err != nil {
		return message.Record{}, 0, known(err)
	}
	rec, err := readMessage(item)
	return rec, loyalty.Version(item.Version), err
}

// MessageCard reads which card a message went to.
func (s *Store) MessageCard(ctx context.Context, id string) (string, error) {
	item, err := s.items.Get(ctx, Key{Table: Records, Partition: "message/" + id, Sort: "CARD"}, Strong)
	if err != nil {
		return "", known(err)
	}
	return item.Attrs.text(aliasCard), nil
}

// PutMessage stores a record over the version that was read. The first put of a message also writes down whose it is, before
// anything can be sent that the mail service might report on.
func (s *Store) PutMessage(ctx context.Context, rec message.Record, version loyalty.Version) (loyalty.Version, error) {
	item, err := s.messageItem(rec)
	if err != nil {
		return 0, err
	}
	if version == 0 {
		if err := s.putMessageCard(ctx, rec); err != nil {
			return 0, err
		}
	}
	stored, err := s.items.Put(ctx, item, over(version))
	return loyalty.Version(stored.Version), known(err)
}

func (s *Store) putMessageCard(ctx context.Context, rec message.Record) error {
	_, err := s.items.Put(ctx, Item{
		Key:     Key{Table: Records, Partition: "message/" + rec.ID, Sort: "CARD"},
		Attrs:   Attrs{aliasCard: rec.Card},
		Expires: s.expiry(messageLife),
	}, IfAbsent())
	if refused := (*Refused)(nil); errors.As(err, &refused) {
		return nil
	}
	return err
}

// ClaimForCart stores the record and marks the cart in one transaction.
func (s *Store) ClaimForCart(ctx context.Context, rec message.Record, version loyalty.Version, c loyalty.Cart, cartVersion loyalty.Version) (loyalty.Version, error) {
	item, err := s.messageItem(rec)
	if err != nil {
		return 0, err
	}
	cart, err := s.cartItem(c)
	if err != nil {
		return 0, err
	}
	if version == 0 {
		if err := s.putMessageCard(ctx, rec); err != nil {
			return 0, err
		}
	}
	err = s.items.Transact(ctx, []Write{{Item: item, If: over(version)}, {Item: cart, If: over(cartVersion)}})
	return version + 1, known(err)
}

// MessagesOf lists a card's records.
func (s *Store) MessagesOf(ctx context.Context, card string) ([]message.Record, error) {
	var list []message.Record
	in := QueryInput{Table: Records, Partition: cardPartition(card), Prefix: "MESSAGE/"}
	err := every(ctx, s.items, in, func(item Item) error {
		rec, err := readMessage(item)
		list = append(list, rec)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list messages of card %s: %w", card, err)
	}
	slices.SortStableFunc(list, func(a, b message.Record) int { return a.OrderedAt.Compare(b.OrderedAt) })
	return list, nil
}

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
}

const (
	dueCart    = "cart"
	dueMoments = "2006-01-02T15:04:05Z" // fixed width, so that text sorts as time
)

func cartKey(id string) Key { return Key{Table: Cards, Partition: "cart/" + id, Sort: "CART"} }

func (s *Store) cartItem(c loyalty.Cart) (Item, error) {
	body, err := json.Marshal(cartDoc{
		Version: c.Version, Card: c.Card, At: c.At, State: string(c.State), Total: c.Total, Lines: writeLines(c.Lines), URL: c.URL, DueAt: c.DueAt,
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
		Lines: lines, URL: doc.URL, DueAt: doc.DueAt,
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

// DueCarts asks each shard of the index for its share of the limit, so that no shard waits for another.
func (s *Store) DueCarts(ctx context.Context, t time.Time, limit int) ([]string, error) {
	var due []Item
	share := (limit + DueShards - 1) / DueShards
	for shard := range DueShards {
		in := DueInput{Kind: dueCart, Shard: shard, To: t.UTC().Add(time.Second).Format(dueMoments), Limit: min(share, MaxPage)}
		for left := share; left > 0; {
			page, err := s.items.Due(ctx, in)
			if err != nil {
				return nil, fmt.Errorf("list due carts: %w", err)
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
	var ids []string
	for _, item := range due[:min(limit, len(due))] {
		ids = append(ids, strings.TrimPrefix(item.Key.Partition, "cart/"))
	}
	return ids, nil
}
