package store

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/regulars-dev/regulars/shared/giftcard"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/money"
)

// A gift card lies in one item under its id; its number is nowhere.
//
//	entries     one line an entry: cause, kind, moment, minor units, what it gives back, what was asked, note, with a tab between them
const (
	giftBalance  = "b"  // minor units: what the entries add up to
	giftCurrency = "cu" // ISO 4217
	giftOwner    = "ow" // reward card that store credit is bound to
	giftExpires  = "x"  // last day
	giftEntries  = "e"

	giftPrefix = "gift/"
	sortGift   = "BOOK"
)

func giftKey(id string) Key {
	return Key{Table: Cards, Partition: giftPrefix + id, Sort: sortGift}
}

// GiftCard reads a gift card with its whole book.
func (s *Store) GiftCard(ctx context.Context, id string) (giftcard.Card, loyalty.Version, error) {
	item, err := s.items.Get(ctx, giftKey(id), Strong)
	if err != nil {
		return giftcard.Card{}, 0, known(err)
	}
	c, _, err := GiftCardOf(item)
	return c, loyalty.Version(item.Version), err
}

// PutGiftCard stores a gift card over the version that was read.
func (s *Store) PutGiftCard(ctx context.Context, c giftcard.Card, version loyalty.Version) error {
	a := Attrs{}
	a.set(giftBalance, c.Balance())
	a.set(giftCurrency, string(c.Currency))
	a.set(giftOwner, c.Owner)
	if c.ExpiresOn != 0 {
		a.set(giftExpires, writeDay(c.ExpiresOn))
	}
	a.set(giftEntries, writeGiftEntries(c.Entries))
	_, err := s.items.Put(ctx, Item{Key: giftKey(c.ID), Attrs: a}, over(version))
	return known(err)
}

// GiftCardOf reads a gift card from its item, and false from an item of another sort. A balance that is not the sum of the entries is an
// error.
func GiftCardOf(item Item) (giftcard.Card, bool, error) {
	id, ok := strings.CutPrefix(item.Key.Partition, giftPrefix)
	if !ok || item.Key.Sort != sortGift {
		return giftcard.Card{}, false, nil
	}
	c := giftcard.Card{ID: id, Currency: money.Currency(item.Attrs.text(giftCurrency)), Owner: item.Attrs.text(giftOwner)}
	var err1, err2, err3 error
	c.ExpiresOn, err1 = readDay(item.Attrs.text(giftExpires))
	c.Entries, err2 = readGiftEntries(item.Attrs.text(giftEntries))
	if kept := item.Attrs.whole(giftBalance); err2 == nil && kept != c.Balance() {
		err3 = fmt.Errorf("the balance of %d is not the sum of the entries, %d", kept, c.Balance())
	}
	if err := errors.Join(err1, err2, err3); err != nil {
		return c, true, fmt.Errorf("gift card %s: %w", id, err)
	}
	return c, true, nil
}

func writeGiftEntries(entries []giftcard.Entry) string {
	text := make([]string, len(entries))
	for i, e := range entries {
		text[i] = strings.Join([]string{e.Cause, string(rune(e.Kind)), writeMoment(e.At), number(e.Minor), e.Of, number(e.Asked), e.Note}, "\t")
	}
	return strings.Join(text, "\n")
}

func readGiftEntries(text string) ([]giftcard.Entry, error) {
	if text == "" {
		return nil, nil
	}
	var entries []giftcard.Entry
	for _, row := range strings.Split(text, "\n") {
		field := strings.Split(row, "\t")
		if len(field) < 7 || len(field[1]) != 1 {
			return nil, fmt.Errorf("entry %q has %d fields", row, len(field))
		}
		e := giftcard.Entry{Cause: field[0], Kind: giftcard.Kind(field[1][0]), Of: field[4], Note: field[6]}
		var err error
		if e.At, err = readMoment(field[2]); err == nil {
			e.Minor, err = strconv.ParseInt(field[3], 10, 64)
		}
		if err == nil {
			e.Asked, err = strconv.ParseInt(field[5], 10, 64)
		}
		if err != nil {
			return nil, fmt.Errorf("entry %q: %w", row, err)
		}
		entries = append(entries, e)
	}
	return entries, nil
}
