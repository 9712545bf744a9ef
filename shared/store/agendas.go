package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/message"
)

// What mail a shopper has had lately and is to have lies beside the messages, as one item.
const sortAgenda = "AGENDA"

func agendaKey(card string) Key {
	return Key{Table: Records, Partition: cardPartition(card), Sort: sortAgenda}
}

// Agenda reads what mail a card's shopper has had lately and is to have.
func (s *Store) Agenda(ctx context.Context, card string) (message.Agenda, loyalty.Version, error) {
	var a message.Agenda
	item, err := s.items.Get(ctx, agendaKey(card), Strong)
	if errors.Is(err, ErrNotFound) {
		return a, 0, nil
	}
	if err != nil {
		return a, 0, err
	}
	if err := json.Unmarshal([]byte(item.Attrs.text("d")), &a); err != nil {
		return a, 0, fmt.Errorf("%s: %w", item.Key, err)
	}
	return a, loyalty.Version(item.Version), nil
}

// PutAgenda stores it over the version that was read.
func (s *Store) PutAgenda(ctx context.Context, card string, a message.Agenda, version loyalty.Version) error {
	item, err := s.agendaItem(card, a)
	if err != nil {
		return err
	}
	_, err = s.items.Put(ctx, item, over(version))
	return known(err)
}

func (s *Store) agendaItem(card string, a message.Agenda) (Item, error) {
	body, err := json.Marshal(a)
	if err != nil {
		return Item{}, fmt.Errorf("write the agenda of card %s: %w", card, err)
	}
	return Item{Key: agendaKey(card), Attrs: Attrs{"d": string(body)}, Expires: s.expiry(agendaLife)}, nil
}

// ClaimBooked stores the agenda, and then the record as PutMessage does.
func (s *Store) ClaimBooked(ctx context.Context, rec message.Record, version loyalty.Version, b loyalty.Booking) (loyalty.Version, error) {
	agenda, err := s.agendaItem(b.Card, b.Agenda)
	if err != nil {
		return 0, err
	}
	return s.putMessage(ctx, rec, version, Write{Item: agenda, If: over(b.Over)})
}
