package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/message"
)

const (
	dueMail    = "mail"
	waitingFor = "u"
	wokenLife  = 24 * time.Hour // what is off the list is nothing but a trace
)

func waitingKey(id string) Key { return Key{Table: Cards, Partition: "mail/" + id, Sort: "WAIT"} }

// AwaitOrder keeps an order in the index until its moment.
func (s *Store) AwaitOrder(ctx context.Context, o message.Order, until time.Time) error {
	body, err := json.Marshal(o)
	if err != nil {
		return fmt.Errorf("write order %s: %w", o.ID, err)
	}
	moment := until.UTC().Add(time.Second - 1).Truncate(time.Second).Format(dueMoments) // never too early
	_, err = s.items.Put(ctx, Item{
		Key: waitingKey(o.ID), Due: Due{Kind: dueMail, At: moment}, Attrs: Attrs{"d": string(body), waitingFor: moment}, Expires: s.expiry(messageLife),
	}, Always())
	return err
}

// DueOrders lists the messages whose moment has come.
func (s *Store) DueOrders(ctx context.Context, t time.Time, limit int) ([]string, error) {
	due, err := s.due(ctx, dueMail, t.UTC().Add(time.Second).Format(dueMoments), limit)
	ids := make([]string, 0, len(due))
	for _, item := range due {
		ids = append(ids, strings.TrimPrefix(item.Key.Partition, "mail/"))
	}
	return ids, err
}

// AwaitedOrder reads what waits for a message.
func (s *Store) AwaitedOrder(ctx context.Context, id string) (loyalty.AwaitedOrder, error) {
	item, err := s.items.Get(ctx, waitingKey(id), Strong)
	if err != nil {
		return loyalty.AwaitedOrder{}, known(err)
	}
	if item.Due.Kind == "" {
		return loyalty.AwaitedOrder{}, loyalty.ErrNotFound
	}
	a := loyalty.AwaitedOrder{Version: loyalty.Version(item.Version)}
	if err := json.Unmarshal([]byte(item.Attrs.text("d")), &a.Order); err != nil {
		return a, fmt.Errorf("%s: %w", item.Key, err)
	}
	if a.Until, err = time.Parse(dueMoments, item.Attrs.text(waitingFor)); err != nil {
		return a, fmt.Errorf("%s: %w", item.Key, err)
	}
	return a, nil
}

// Woken takes an order off the index.
func (s *Store) Woken(ctx context.Context, a loyalty.AwaitedOrder) error {
	_, err := s.items.Put(ctx, Item{Key: waitingKey(a.Order.ID), Attrs: Attrs{waitingFor: a.Until.Format(dueMoments)}, Expires: s.expiry(wokenLife)}, over(a.Version))
	return known(err)
}
