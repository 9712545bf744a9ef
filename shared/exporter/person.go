package exporter

import (
	"context"
	"encoding/json"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/regulars-dev/regulars/shared/store"
)

// KindHeld is a line for whatever else is held about a shopper: an item as it lies in the store.
const KindHeld = "held"

type heldLine struct {
	Type    string      `json:"type"`
	Table   store.Table `json:"table"`
	Item    string      `json:"item"`
	Content store.Attrs `json:"content"`
}

// Whose says what is about a shopper.
type Whose interface {
	// In reports whether an item names the shopper.
	In(item store.Item) bool

	// Own reports whether the card of an id is the shopper's: of a household they share the book, and no more.
	Own(card string) bool
}

// WriteShopper writes everything that is about one shopper to w, a line each. Cards with their books and messages, shoppers, receipts and
// returns are written as Write does; all else as it lies.
func WriteShopper(ctx context.Context, items store.Items, now func() time.Time, whose Whose, w io.Writer) error {
	e := ShopperLines(items, now, whose, w)
	for _, table := range []store.Table{store.Programme, store.Cards, store.Records} {
		err := e.each(ctx, table, func(ctx context.Context, item store.Item) error {
			if !whose.In(item) {
				return nil
			}
			return e.shoppers(ctx, item)
		})
		if err != nil {
			return err
		}
	}
	return e.out.Encode(End{Type: KindEnd, Counts: e.counts})
}

// ShopperWriter writes items that are about one shopper, for whoever looks through the shop themselves.
type ShopperWriter struct {
	*exporter
	whose Whose
}

// ShopperLines writes to w.
func ShopperLines(items store.Items, now func() time.Time, whose Whose, w io.Writer) ShopperWriter {
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	return ShopperWriter{&exporter{items: items, store: store.New(items, now), out: out, counts: map[string]int64{}}, whose}
}

// Write writes the lines of an item, none where they stand in those of its card.
func (w ShopperWriter) Write(ctx context.Context, item store.Item) error {
	return w.shoppers(ctx, item)
}

// shoppers writes an item of a shopper: in words where there are words for it.
func (e ShopperWriter) shoppers(ctx context.Context, item store.Item) error {
	id, isCard := strings.CutPrefix(item.Key.Partition, "card/")
	switch sort := item.Key.Sort; {
	case isCard && sort == "HEAD":
		return e.cardOf(ctx, item, id)
	case item.Key.Partition == store.ActsPartition:
		return nil // the record of the shop's own people, to which every asking adds a line
	case sort == "RECEIPT":
		return e.record(ctx, item)
	case isCard && (sort == "PROFILE" || strings.HasPrefix(sort, "PAGE") || strings.HasPrefix(sort, "MESSAGE/")):
		return nil // stands in the lines of its card
	}
	return e.line(KindHeld, heldLine{Type: KindHeld, Table: item.Key.Table, Item: item.Key.Partition + " " + item.Key.Sort, Content: item.Attrs})
}

// cardOf writes a card of the shopper's with everything. One that they share is written without whose it is, and another's who shares it
// not at all.
func (e ShopperWriter) cardOf(ctx context.Context, item store.Item, id string) error {
	head, isHead, err := store.HeadOf(item)
	switch own := e.whose.Own(id); {
	case err != nil:
		return err
	case own && isHead:
		return e.card(ctx, item)
	case own:
		if err := e.merged(ctx, item); err != nil {
			return err
		}
		return e.shopper(ctx, id) // a member's, or what was said on the card that was merged
	case !isHead || !slices.ContainsFunc(head.Merged(), e.whose.Own):
		return nil
	}
	if err := e.line(KindCard, cardOf(head)); err != nil {
		return err
	}
	return e.entries(ctx, head.ID, head.Book)
}
