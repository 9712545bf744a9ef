package admin

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/regulars-dev/regulars/functions/ingest"
	"github.com/regulars-dev/regulars/shared/exporter"
	"github.com/regulars-dev/regulars/shared/ids"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/person"
	"github.com/regulars-dev/regulars/shared/store"
	"github.com/regulars-dev/regulars/shared/vendor"
)

const (
	maxDocument  = 300_000             // bytes of an export that lies in the inbox, which is one item of a table
	handOver     = 30 * 24 * time.Hour // the time that vendors give for what shoppers ask
	letterLength = 20                  // characters of a letter's id
)

// fulfil does what a vendor asks for a shopper, because a person has said so by replaying the letter. A shopper whom nobody knows is done
// with a note. What no program can do stays asked.
func (h *handler) fulfil(ctx context.Context, l store.Letter, out Outcome) (Outcome, error) {
	if out.Asked == vendor.RequestEraseShop {
		done, err := h.persons().Forget(ctx, l.Vendor, l.Shop)
		if err != nil {
			return Outcome{}, err
		}
		return Outcome{Done: fmt.Sprintf("the ids of %s were taken from %d shoppers, and %d letters emptied; cards stay", l.Vendor, done.Shoppers, done.Letters)}, nil
	}
	if out.Asked != vendor.RequestErase && out.Asked != vendor.RequestExport {
		return out, nil
	}
	number, err := ingest.ByIdentity(h.store).CardFor(ctx, out.asks.Shopper)
	if errors.Is(err, loyalty.ErrNotFound) {
		return Outcome{Done: "no card belongs to the shopper whom it names"}, nil
	}
	if err != nil {
		return Outcome{}, err
	}
	if out.Asked == vendor.RequestExport {
		return h.document(ctx, l, number)
	}
	by := loyalty.ByHand{ID: "erase-" + number, Reason: "asked by " + l.Topic, By: l.Vendor}
	if _, err := h.persons().EraseAll(ctx, number, by, nil); err != nil {
		return Outcome{}, err
	}
	return Outcome{Done: "the shopper of card " + number + " was erased"}, nil
}

// document puts all that is held about a shopper into the inbox, once for a letter that asks for it.
func (h *handler) document(ctx context.Context, l store.Letter, number string) (Outcome, error) {
	_, names, err := person.Find(ctx, h.store, number)
	if err != nil {
		return Outcome{}, err
	}
	var doc bytes.Buffer
	if err := exporter.WriteShopper(ctx, h.Items, h.Now, names, &doc); err != nil {
		return Outcome{}, err
	}
	if doc.Len() > maxDocument {
		return Outcome{Problem: fmt.Sprintf("is %d bytes, more than the inbox holds: `regulars person export %s --out FILE`, then drop this", doc.Len(), number)}, nil
	}
	id := ids.Derive(letterLength, l.Vendor, l.ID, "document")
	err = h.store.Park(ctx, loyalty.Parked{
		ID: id, Vendor: "regulars", Topic: "person export", Shop: l.Shop, At: l.At, Message: doc.Bytes(),
		Reason: fmt.Sprintf("holds everything about the shopper of card %s: hand it over by %s, then drop this", number, l.At.Add(handOver).Format(time.DateOnly)),
	})
	return Outcome{Done: "everything about the shopper of card " + number + " lies in letter " + id}, err
}

// settled writes down that a letter was replayed. What asked for a shopper's data or erasure names them, and is emptied with it.
func (h *handler) settled(ctx context.Context, l store.Letter, out Outcome, note string) (store.Letter, error) {
	if out.Done != "" {
		now, err := h.store.Letter(ctx, l.Name()) // an erasure has emptied it
		if err != nil {
			return l, err
		}
		l, l.Message = now, []byte("emptied: "+note)
	}
	if err := h.store.SettleLetter(ctx, l, store.LetterReplayed, note); err != nil {
		return l, err
	}
	l.State, l.Note = store.LetterReplayed, note
	return l, nil
}
