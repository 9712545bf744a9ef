package kit

import (
	"context"
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
		kept, err := w.Store.Kept(ctx, id)
		if missing(err) {
			continue
		}
		if err != nil {
			return fmt.Errorf("look at card %s: %w", id, err)
		}
		pages, err := w.pages(ctx, kept.Head)
		if err != nil {
			return err
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
	number, err := w.Store.MessageCard(ctx, id)
	if err != nil {
		w.fault("an e-mail goes out, and nothing is known of message %q: %v", id, err)
		return
	}
	rec, _, err := w.Store.Message(ctx, number, id)
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
	opened, err := w.Store.Open(ctx, number, true)
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
	if cart, _, err := w.Store.Cart(ctx, rec.Cart); err != nil || cart.State != loyalty.CartOpen && cart.State != loyalty.CartReminded {
		w.fault("message %s reminds of cart %s, which is %s (%v)", id, rec.Cart, cart.State, err)
	}
}

// Audit holds the whole world to what must be at any moment: every book, all of them together, limits and budgets. What nobody was answered
// for yet may lie there half done.
func (w *World) Audit(ctx context.Context) error { return w.audit(ctx, false) }

func (w *World) audit(ctx context.Context, over bool) error {
	report, err := audit.Run(ctx, w.Items, w.Now(), func(string, int64) {})
	if err != nil {
		return fmt.Errorf("audit: %w", err)
	}
	for _, f := range report.Faults {
		if byBus, known := w.sold[f.Cause]; !over && f.Kind == audit.NotPosted && (byBus || !known) {
			continue
		}
		w.fault("%s: card %s, cause %s: %s", f.Kind, f.Card, f.Cause, f.Detail)
	}
	return w.books(ctx)
}

// Replay decides every receipt, return and expiry of the world again by the rules of its own day, and demands that it comes out as it is
// recorded. It tells how many were decided again, and of how many nobody has written down all that they hung on.
func (w *World) Replay(ctx context.Context) (audit.Replayed, error) {
	told, err := audit.Replay(ctx, w.Items, w.Now(), func(string, int64) {})
	if err != nil {
		return told, fmt.Errorf("decide everything again: %w", err)
	}
	for _, d := range told.Differences {
		w.fault("decided again, %s of card %s comes out otherwise: %s", d.Cause, d.Card, strings.Join(d.Says, "; "))
	}
	return told, nil
}

// found holds what was accepted to where it has to be when all is done: in the store, or where a person has to look at it.
func (w *World) found(ctx context.Context) error {
	waits, err := w.waiting(ctx)
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(w.sold)) {
		key, err := receipt.ParseKey(name)
		if err != nil {
			return err
		}
		_, err = w.Store.Receipt(ctx, key)
		switch {
		case err == nil:
		case !missing(err):
			return fmt.Errorf("look for receipt %s: %w", name, err)
		case !w.sold[name]:
			w.fault("receipt %s was answered for and is nowhere", name)
		case !slices.ContainsFunc(waits, func(text string) bool { return tells(text, key) }):
			w.fault("receipt %s was taken by the bus and is nowhere", name)
		}
	}
	for _, back := range slices.Sorted(maps.Keys(w.back)) {
		name, id, _ := strings.Cut(back, "~")
		key, err := receipt.ParseKey(name)
		if err != nil {
			return err
		}
		filed, err := w.Store.Receipt(ctx, key)
		if err != nil && !missing(err) {
			return fmt.Errorf("look for return %s: %w", back, err)
		}
		if !slices.ContainsFunc(filed.Returns, func(r receipt.Return) bool { return r.ID == id }) {
			w.fault("return %s of receipt %s was answered for and is nowhere", id, name)
		}
	}
	return nil
}

// tells reports that a text tells of a receipt.
func tells(text string, key receipt.Key) bool {
	plain := strings.ReplaceAll(text, `\"`, `"`)
	return strings.Contains(plain, fmt.Sprintf(`"store":%q,"till":%q,"number":%q`, key.Store, key.Till, key.Number))
}

// waiting is what lies in the inbox and in the dead letters, for a person to look at. Nothing else may lie anywhere when all is done.
func (w *World) waiting(ctx context.Context) (texts []string, err error) {
	for before := (time.Time{}); ; {
		letters, err := w.Store.Letters(ctx, before, store.MaxPage)
		if err != nil {
			return nil, fmt.Errorf("read the inbox: %w", err)
		}
		for _, l := range letters {
			texts = append(texts, string(l.Message))
		}
		if len(letters) < store.MaxPage {
			break
		}
		before = letters[len(letters)-1].At
	}
	queues, err := w.Shop.Run.Queues()
	if err != nil {
		return nil, fmt.Errorf("count the queues: %w", err)
	}
	for _, q := range queues {
		if q.Messages == 0 {
			continue
		}
		if !strings.HasSuffix(q.ID, "DeadLetters") {
			w.fault("all is done, and %d messages wait in %s", q.Messages, q.ID)
		}
		bodies, err := w.Shop.Run.Lying(q.ID)
		if err != nil {
			return nil, err
		}
		texts = append(texts, bodies...)
	}
	return texts, nil
}
