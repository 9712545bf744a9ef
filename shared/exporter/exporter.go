// Package exporter writes everything that a shop knows as lines of JSON, so that it can be kept, looked through and taken elsewhere.
//
// Receipts and returns are written as the events that they came as; with the shoppers they can be read again by an import.
package exporter

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/regulars-dev/regulars/events"
	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/ids"
	"github.com/regulars-dev/regulars/shared/ledger"
	"github.com/regulars-dev/regulars/shared/message"
	"github.com/regulars-dev/regulars/shared/money"
	"github.com/regulars-dev/regulars/shared/receipt"
	"github.com/regulars-dev/regulars/shared/store"
)

// Kinds of line, as its "type" says, beside the names of events.
const (
	KindProgramme = "programme"
	KindCard      = "card"
	KindShopper   = "shopper"
	KindEntry     = "entry"
	KindMessage   = "message"
	KindEnd       = "end"   // the last line: how many there are of each kind
	KindFailure   = "error" // the last line of an export that broke off
)

// exporter is one export at work.
type exporter struct {
	items  store.Items
	store  *store.Store
	out    *json.Encoder
	counts map[string]int64
}

// Write writes all of a shop to w, a line each, and KindEnd at the end. Beside a working shop each card and each receipt is whole, and
// what came in meanwhile may be left out.
func Write(ctx context.Context, items store.Items, now func() time.Time, w io.Writer) error {
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	e := &exporter{items: items, store: store.New(items, now), out: out, counts: map[string]int64{}}
	for _, step := range []struct {
		table store.Table
		look  func(context.Context, store.Item) error
	}{{store.Programme, e.programme}, {store.Cards, e.card}, {store.Records, e.record}} {
		if err := e.each(ctx, step.table, step.look); err != nil {
			return err
		}
	}
	return e.out.Encode(End{Type: KindEnd, Counts: e.counts})
}

// End is the last line of a whole export.
type End struct {
	Type   string           `json:"type"`
	Counts map[string]int64 `json:"counts"`
}

// each looks at every item of a table, in the one order that a single segment gives, so that two exports can be compared.
func (e *exporter) each(ctx context.Context, table store.Table, look func(context.Context, store.Item) error) error {
	in := store.ScanInput{Table: table, Segments: 1, Read: store.Strong}
	for {
		page, err := e.items.Scan(ctx, in)
		if err != nil {
			return fmt.Errorf("read the %s table: %w", table, err)
		}
		for _, item := range page.Items {
			if err := look(ctx, item); err != nil {
				return fmt.Errorf("export %s: %w", item.Key, err)
			}
		}
		if page.Next == "" {
			return nil
		}
		in.After = page.Next
	}
}

func (e *exporter) line(kind string, line any) error {
	e.counts[kind]++
	return e.out.Encode(line)
}

// programme writes a published version as it was published.
func (e *exporter) programme(_ context.Context, item store.Item) error {
	document, _ := item.Attrs["d"].(string)
	from, isVersion := strings.CutPrefix(item.Key.Sort, "V/")
	if !isVersion || item.Key.Partition != "programme" {
		return nil // a key; its hash is of use to nobody
	}
	return e.line(KindProgramme, programmeLine{Type: KindProgramme, From: from, Document: json.RawMessage(document)})
}

// card writes a card with its shopper, its whole book and its messages.
func (e *exporter) card(ctx context.Context, item store.Item) error {
	head, isHead, err := store.HeadOf(item)
	if err == nil && !isHead {
		if err := e.merged(ctx, item); err != nil {
			return err
		}
		return e.member(ctx, item)
	}
	if err != nil {
		return err
	}
	opened, err := e.store.Open(ctx, head.ID, true)
	if err != nil {
		return err
	}
	head = opened.Head
	if err := e.line(KindCard, cardOf(head)); err != nil {
		return err
	}
	if opened.ProfileVersion > 0 {
		shopper := ShopperOf(opened.Profile)
		shopper.GivenTier = givenOf(head.Given)
		if err := e.line(KindShopper, shopper); err != nil {
			return err
		}
	}
	return e.history(ctx, head)
}

// merged writes what is left of a card that was merged into another: its book and its messages.
func (e *exporter) merged(ctx context.Context, item store.Item) error {
	head, into, joined, err := store.JoinedOf(item)
	if err != nil || !joined {
		return err
	}
	line := cardOf(head)
	line.Status, line.MergedInto = "merged", into
	if err := e.line(KindCard, line); err != nil {
		return err
	}
	return e.history(ctx, head)
}

// member writes the shopper of a card that shares another's points. The shopper of a merged card is that of the other.
func (e *exporter) member(ctx context.Context, item store.Item) error {
	id, isCard := strings.CutPrefix(item.Key.Partition, "card/")
	if _, into, _, err := store.JoinedOf(item); err != nil || !isCard || into == "" {
		return err
	}
	opened, err := e.store.Open(ctx, id, true)
	if err != nil || opened.Shopper() != id {
		return err
	}
	return e.shopper(ctx, id)
}

// shopper writes what is known of whose the card of an id is.
func (e *exporter) shopper(ctx context.Context, id string) error {
	p, version, err := e.store.Profile(ctx, id)
	if err != nil || version == 0 {
		return err
	}
	return e.line(KindShopper, ShopperOf(p))
}

// history writes the whole book of a card and its messages.
func (e *exporter) history(ctx context.Context, head card.Head) error {
	if err := e.entries(ctx, head.ID, head.Book); err != nil {
		return err
	}
	messages, err := e.store.MessagesOf(ctx, head.ID)
	if err != nil {
		return err
	}
	for _, m := range messages {
		if err := e.line(KindMessage, messageLine{Type: KindMessage, Record: m}); err != nil {
			return err
		}
	}
	return nil
}

// entries writes a whole book from its first entry on, with the balance after each.
func (e *exporter) entries(ctx context.Context, id string, book ledger.Book) error {
	pages, err := e.store.Pages(ctx, id)
	if err != nil {
		return err
	}
	number, balance := int64(0), int64(0)
	write := func(list []ledger.Entry) error {
		for _, entry := range list {
			number++
			balance += entry.Points
			if err := e.line(KindEntry, entryOf(id, number, balance, entry)); err != nil {
				return err
			}
		}
		return nil
	}
	for _, p := range pages {
		if p.Number > book.Pages {
			break // put by a commit that has not won
		}
		if err := write(p.Entries); err != nil {
			return err
		}
	}
	return write(book.Tail)
}

// record writes a receipt and what came back of it.
func (e *exporter) record(ctx context.Context, item store.Item) error {
	name, isReceipt := strings.CutPrefix(item.Key.Partition, "receipt/")
	if !isReceipt || item.Key.Sort != "RECEIPT" {
		return nil
	}
	key, err := receipt.ParseKey(name)
	if err != nil {
		return err
	}
	filed, err := e.store.Receipt(ctx, key)
	if err != nil {
		return err
	}
	if err := e.event(saleOf(filed.Owned())); err != nil { // a claimed receipt is its card's
		return err
	}
	for _, ret := range filed.Returns {
		if err := e.event(returnOf(filed.Receipt, ret)); err != nil {
			return err
		}
	}
	return nil
}

func (e *exporter) event(said events.Event) error {
	return e.line(said.Type, eventLine{Type: said.Type, Metadata: said.Metadata, Data: said.Data})
}

const eventID = 26 // characters

// saleOf is a receipt as the event that would bring it. Its id is made of the receipt, so two exports give it the same.
func saleOf(r receipt.Receipt) events.Event {
	data := events.CheckoutCompleted{
		Receipt: events.ReceiptRef(r.Key), Card: r.Card, Total: r.Total, Tax: r.Tax, Coupons: r.Coupons, Codes: r.Codes, Cart: r.Cart, Reservation: r.Reservation,
	}
	for _, l := range r.Lines {
		data.Lines = append(data.Lines, events.SoldLine{Line: events.Line(l), Goods: events.Goods(r.Goods[l.ID])})
	}
	for _, u := range r.Offers {
		data.Offers = append(data.Offers, events.UsedOffer(u))
	}
	for _, t := range r.Tenders {
		data.Tenders = append(data.Tenders, events.Tender{Kind: t.Kind, Points: t.Points, Hold: t.Hold, Amount: t.Minor, GiftCard: t.GiftCard, Redemption: t.Redemption})
	}
	source := r.Source
	if source == "" {
		source = "till"
	}
	return events.New(events.Metadata{ID: ids.Derive(eventID, "receipt", r.Key.String()), OccurredAt: r.At, Source: source}, data)
}

// returnOf is a return as the event that would bring it: lines, money alone, or the whole of what was left.
func returnOf(r receipt.Receipt, ret receipt.Return) events.Event {
	data := events.CheckoutRefunded{Return: ret.ID, Receipt: events.ReceiptRef(r.Key), Void: ret.Void}
	for _, l := range ret.Lines {
		data.Lines = append(data.Lines, events.ReturnedLine(l))
	}
	if ret.Money != 0 {
		data.Amount = &money.Amount{Minor: ret.Money, Currency: r.Total.Currency}
	}
	source := r.Source
	if source == "" {
		source = "till"
	}
	return events.New(events.Metadata{ID: ids.Derive(eventID, "return", r.Key.String(), ret.ID), OccurredAt: ret.At, Source: source}, data)
}

type messageLine struct {
	Type string `json:"type"`
	message.Record
}
