package store

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"

	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/message"
)

// messageSort begins the sort of a message's record.
const messageSort = "MESSAGE/"

// messageBy is a nonce of each put, new with every call. A client that repeats a put whose answer was lost is refused by its own first
// try, and knows by the nonce that what lies there is its own: without it a claim that worked would look like somebody else's.
const (
	messageBy   = "n"
	nonceLength = 13 // characters of base32: 65 bits
)

// ours returns the version under which a refused put lies there all the same, because it was put by the first try of the same call.
func ours(err error, item Item) (int64, bool) {
	refused := (*Refused)(nil)
	if !errors.As(err, &refused) || refused.Stored == nil || refused.Stored.Key != item.Key {
		return 0, false
	}
	return refused.Stored.Version, refused.Stored.Attrs.text(messageBy) == item.Attrs.text(messageBy)
}

func messageKey(card, id string) Key {
	return Key{Table: Records, Partition: cardPartition(card), Sort: messageSort + id}
}

// messageItem lays a record as JSON, with its state beside it for whoever looks at the table.
func (s *Store) messageItem(rec message.Record) (Item, error) {
	body, err := rec.Write()
	if err != nil {
		return Item{}, fmt.Errorf("write message %s: %w", rec.ID, err)
	}
	return Item{
		Key:     messageKey(rec.Card, rec.ID),
		Attrs:   Attrs{"d": string(body), "st": string(rec.State), messageBy: rand.Text()[:nonceLength]},
		Expires: s.expiry(messageLife),
	}, nil
}

func readMessage(item Item) (message.Record, error) {
	rec, err := message.ReadRecord([]byte(item.Attrs.text("d")))
	if err != nil {
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
	item, err := s.items.Get(ctx, Key{Table: Records, Partition: "message/" + id, Sort: sortMessageCard}, Strong)
	if err != nil {
		return "", known(err)
	}
	return item.Attrs.text(aliasCard), nil
}

// PutMessage stores a record over the version that was read. The first put of a message also writes down whose it is, before
// anything can be sent that the mail service might report on.
func (s *Store) PutMessage(ctx context.Context, rec message.Record, version loyalty.Version) (loyalty.Version, error) {
	return s.putMessage(ctx, rec, version)
}

// putMessage is PutMessage after the writes of before.
func (s *Store) putMessage(ctx context.Context, rec message.Record, version loyalty.Version, before ...Write) (loyalty.Version, error) {
	item, err := s.messageItem(rec)
	if err != nil {
		return 0, err
	}
	writes := before
	if version == 0 {
		writes = append(writes, s.messageCard(rec))
	}
	err = s.putAllInOrder(ctx, append(writes, Write{Item: item, If: over(version)}))
	if own, is := ours(err, item); is {
		return loyalty.Version(own), nil
	}
	if refused := (*Refused)(nil); errors.As(err, &refused) && refused.Index < len(before) {
		err = fmt.Errorf("%w: %w", loyalty.ErrAgendaMoved, err)
	}
	return version + 1, known(err)
}

// putAllInOrder is PutInOrder that goes on where it was written down before whose a message is.
func (s *Store) putAllInOrder(ctx context.Context, writes []Write) error {
	for from := 0; from < len(writes); {
		done, err := PutInOrder(ctx, s.items, writes[from:])
		from += done
		refused := (*Refused)(nil)
		if err == nil || !errors.As(err, &refused) {
			return err
		}
		if refused.Index = from; refused.Key.Sort != sortMessageCard {
			return err
		}
		from++
	}
	return nil
}

const sortMessageCard = "CARD"

func (s *Store) messageCard(rec message.Record) Write {
	return Write{If: IfAbsent(), Item: Item{
		Key:     Key{Table: Records, Partition: "message/" + rec.ID, Sort: sortMessageCard},
		Attrs:   Attrs{aliasCard: rec.Card},
		Expires: s.expiry(messageLife),
	}}
}

func (s *Store) putMessageCard(ctx context.Context, rec message.Record) error {
	return s.putAllInOrder(ctx, []Write{s.messageCard(rec)})
}

// ClaimForCart stores the record and the cart in one transaction, which a purchase of the card that came first undoes.
func (s *Store) ClaimForCart(
	ctx context.Context, rec message.Record, version loyalty.Version, c loyalty.Cart, cartVersion loyalty.Version, opened loyalty.Opened,
) (loyalty.Version, error) {
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
	err = s.items.Transact(ctx, []Write{
		{Item: item, If: over(version)}, {Item: cart, If: over(cartVersion)},
		{Item: Item{Key: headKey(opened.Head.ID)}, If: over(opened.HeadVersion), Check: true},
	})
	if own, is := ours(err, item); is { // all was written, or nothing
		return loyalty.Version(own), nil
	}
	return version + 1, known(err)
}

// MessagesOf lists a card's records.
func (s *Store) MessagesOf(ctx context.Context, card string) ([]message.Record, error) {
	var list []message.Record
	in := QueryInput{Table: Records, Partition: cardPartition(card), Prefix: messageSort}
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

// ClaimForCard stores the record unless somebody has written to its card since it was read.
func (s *Store) ClaimForCard(ctx context.Context, rec message.Record, version loyalty.Version, opened loyalty.Opened) (loyalty.Version, error) {
	item, err := s.messageItem(rec)
	if err != nil {
		return 0, err
	}
	if version == 0 {
		if err := s.putMessageCard(ctx, rec); err != nil {
			return 0, err
		}
	}
	err = s.items.Transact(ctx, []Write{
		{Item: item, If: over(version)}, {Item: Item{Key: headKey(opened.Head.ID)}, If: over(opened.HeadVersion), Check: true},
	})
	if own, is := ours(err, item); is {
		return loyalty.Version(own), nil
	}
	return version + 1, known(err)
}
