package exporter

import (
	"context"
	"encoding/json"
	"io"
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

// WriteShopper writes everything that is about one shopper to w, a line each: mine tells it of an item. Cards with their books and
// messages, shoppers, receipts and returns are written as Write does; all else as it lies.
func WriteShopper(ctx context.Context, items store.Items, now func() time.Time, mine func(store.Item) bool, w io.Writer) error {
	e := ShopperLines(items, now, w)
	for _, table := range []store.Table{store.Programme, store.Cards, store.Records} {
		err := e.each(ctx, table, func(ctx context.Context, item store.Item) error {
			if !mine(item) {
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
type ShopperWriter struct{ *exporter }

// ShopperLines writes to w.
func ShopperLines(items store.Items, now func() time.Time, w io.Writer) ShopperWriter {
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	return ShopperWriter{&exporter{items: items, store: store.New(items, now), out: out, counts: map[string]int64{}}}
}

// Write writes the lines of an item, none where they stand in those of its card.
func (w ShopperWriter) Write(ctx context.Context, item store.Item) error {
	return w.shoppers(ctx, item)
}

// shoppers writes an item of a shopper: in words where there are words for it.
func (e *exporter) shoppers(ctx context.Context, item store.Item) error {
	isCard := strings.HasPrefix(item.Key.Partition, "card/")
	switch sort := item.Key.Sort; {
	case isCard && sort == "HEAD":
		return e.card(ctx, item)
	case item.Key.Partition == store.ActsPartition:
		return nil // the record of the shop's own people, to which every asking adds a line
	case sort == "RECEIPT":
		return e.record(ctx, item)
	case isCard && (sort == "PROFILE" || strings.HasPrefix(sort, "PAGE") || strings.HasPrefix(sort, "MESSAGE/")):
		return nil // stands in the lines of its card
	}
	return e.line(KindHeld, heldLine{Type: KindHeld, Table: item.Key.Table, Item: item.Key.Partition + " " + item.Key.Sort, Content: item.Attrs})
}
