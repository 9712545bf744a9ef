package kit

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/regulars-dev/regulars/shared/audit"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/message"
	"github.com/regulars-dev/regulars/shared/receipt"
	"github.com/regulars-dev/regulars/shared/store"
)

// fault notes that something is wrong with the world.
func (w *World) fault(format string, args ...any) {
	w.broken = append(w.broken, fmt.Sprintf("%s: %s", w.Now().UTC().Format(time.DateTime), fmt.Sprintf(format, args...)))
}

// Broken tells what is wrong so far.
func (w *World) Broken() []string { return w.broken }

// look holds every book that was written since the last look to what a book must be: the balance is the sum of its entries, and of its
// lots less its debts.
func (w *World) look(ctx context.Context) error {
	for _, id := range slices.Sorted(maps.Keys(w.touched)) {
		kept, err := w.Shop.Store.Kept(ctx, id)
		if errors.Is(err, loyalty.ErrNotFound) || errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return fmt.Errorf("look at card %s: %w", id, err)
		}
		pages, err := w.Shop.Store.Pages(ctx, kept.Head.ID)
		if err != nil {
			return fmt.Errorf("look at the pages of card %s: %w", id, err)
		}
		for n, p := range pages {
			if p.Number > kept.Head.Book.Pages { // put aside by a turn that was not committed
				pages = pages[:n]
				break
			}
		}
		if wrong := kept.Head.Book.Sound(pages); wrong != "" {
			w.fault("card %s: %s", id, wrong)
		}
	}
	clear(w.touched)
	return nil
}

// mayMail holds an e-mail, at the moment at which the mail service gets it, to what its shopper wants and to what has become of its cart.
func (w *World) mayMail(ctx context.Context, id string) {
	number, err := w.Shop.Store.MessageCard(ctx, id)
	if err != nil {
		w.fault("an e-mail goes out, and nothing is known of message %q: %v", id, err)
		return
	}
	rec, _, err := w.Shop.Store.Message(ctx, number, id)
	if err != nil {
		w.fault("an e-mail goes out, and message %s cannot be read: %v", id, err)
		return
	}
	if w.mails[id] > 0 && !rec.Repeatable {
		w.fault("message %s of campaign %s goes out a second time", id, rec.Campaign)
	}
	if rec.State != message.StateClaimed {
		w.fault("message %s goes out and is %s", id, rec.State)
	}
	opened, err := w.Shop.Store.Open(ctx, number, true)
	switch {
	case err != nil:
		w.fault("message %s goes out, and its card cannot be read: %v", id, err)
	case rec.Topic != message.TopicService && !opened.Profile.Consents[rec.Topic].Allowed:
		w.fault("message %s of campaign %s goes out without consent to %s", id, rec.Campaign, rec.Topic)
	case opened.Profile.Suppressed != nil:
		w.fault("message %s goes out to an address that is not written to", id)
	}
	if rec.Cart == "" {
		return
	}
	if cart, _, err := w.Shop.Store.Cart(ctx, rec.Cart); err != nil || cart.State != loyalty.CartOpen && cart.State != loyalty.CartReminded {
		w.fault("message %s reminds of cart %s, which is %s (%v)", id, rec.Cart, cart.State, err)
	}
}

// audit holds the whole world to what must be when all is done.
func (w *World) audit(ctx context.Context) error {
	report, err := audit.Run(ctx, w.Shop.Items, w.Now(), func(string, int64) {})
	if err != nil {
		return fmt.Errorf("audit: %w", err)
	}
	for _, f := range report.Faults {
		w.fault("%s: card %s, cause %s: %s", f.Kind, f.Card, f.Cause, f.Detail)
	}
	waiting, err := w.waiting(ctx)
	if err != nil {
		return err
	}
	lost := 0
	for _, name := range slices.Sorted(maps.Keys(w.sold)) {
		key, err := receipt.ParseKey(name)
		if err != nil {
			return err
		}
		_, err = w.Shop.Store.Receipt(ctx, key)
		switch {
		case err == nil:
		case !errors.Is(err, loyalty.ErrNotFound):
			return fmt.Errorf("look for receipt %s: %w", name, err)
		case w.sold[name]:
			lost++ // it came over the bus, where a person may have to look at it
		default:
			w.fault("receipt %s was accepted and is nowhere", name)
		}
	}
	if lost > waiting {
		w.fault("%d receipts of the bus are nowhere, and %d things wait for a person", lost, waiting)
	}
	return nil
}

// waiting counts what lies in the inbox and in the dead letters.
func (w *World) waiting(ctx context.Context) (int, error) {
	letters, err := w.Shop.Store.Letters(ctx, time.Time{}, store.MaxPage)
	if err != nil {
		return 0, fmt.Errorf("read the inbox: %w", err)
	}
	queues, err := w.Shop.Run.Queues()
	if err != nil {
		return 0, fmt.Errorf("count the queues: %w", err)
	}
	sum := len(letters)
	for _, q := range queues {
		if sum += q.Messages; q.Messages > 0 && !strings.HasSuffix(q.ID, "DeadLetters") {
			w.fault("all is done, and %d messages wait in %s", q.Messages, q.ID)
		}
	}
	return sum, nil
}
