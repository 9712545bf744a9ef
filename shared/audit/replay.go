package audit

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/ledger"
	"github.com/regulars-dev/regulars/shared/programme"
	"github.com/regulars-dev/regulars/shared/store"
)

// Difference is an entry that is decided otherwise today, by the rules of its own day and of the same receipt. After the first one of a
// card the next may follow from it.
type Difference struct {
	Card  string   `json:"card"`
	Cause string   `json:"cause"`
	Says  []string `json:"says"` // what differs, in words
}

// Replayed is what deciding everything again came to.
type Replayed struct {
	Cards       int64        `json:"cards"`
	Receipts    int64        `json:"receipts"` // decided again
	Returns     int64        `json:"returns"`
	Expiries    int64        `json:"expiries"`
	Others      int64        `json:"others"`     // entries of campaigns and staff, which are taken as they stand
	Gone        int64        `json:"gone"`       // entries whose receipt is cleared away by now, taken as they stand
	Unprovable  int64        `json:"unprovable"` // receipts that came out with something that nobody has written down, see Replay
	Wrong       int64        `json:"wrong"`
	Differences []Difference `json:"differences"`
}

// Sound reports that every answer came out as it was recorded.
func (r Replayed) Sound() bool { return r.Wrong == 0 }

// replayer decides all cards again. It follows the programme's own functions: what they learn, it knows.
type replayer struct {
	*auditor
	versions []store.Version
	mu       sync.Mutex
	found    Replayed
}

// Replay decides every stored receipt, return and expiry of every card again, in the order in which they were posted, and holds what comes of
// it against what is recorded: points, what a receipt was worth, caps, tiers, coupons with their ids.
//
// A decision reads what is stored, and three things that are not, or not whole. The moment at which it was made is when the receipt was
// filed; one that was posted later (after a crash, a claim, or a block that was lifted) is tried at the moments at which that can have
// been. The rules are the version of the receipt's day, of those published by then. Who the shopper was is not kept: campaigns whose
// condition asks for it are tried with who it is now, with nobody and with all consents, and where none of that brings the recorded
// coupon, it is taken as it stands and counted as unprovable. What other tills held of a card's points at that moment is not kept either:
// where a receipt was forgiven points, as many are taken to have been held as make it so, and it is counted as unprovable too. A card that was merged or parted is taken as it stands: what
// it found was in two books.
func Replay(ctx context.Context, items store.Items, now time.Time, progress Progress) (Replayed, error) {
	a := &auditor{items: items, store: store.New(items, func() time.Time { return now }), now: now, progress: progress}
	r := &replayer{auditor: a, found: Replayed{Differences: []Difference{}}}
	versions, err := a.store.Versions(ctx)
	if err != nil {
		return r.found, err
	}
	r.versions = slices.DeleteFunc(versions, func(v store.Version) bool { return v.Fault != nil })
	err = a.each(ctx, store.Cards, "replaying", r.card)
	return r.found, err
}

// card decides one card again.
func (r *replayer) card(ctx context.Context, item store.Item) error {
	head, isHead, err := store.HeadOf(item)
	if err != nil || !isHead {
		return nil //nolint:nilerr // the audit tells of heads that cannot be read
	}
	r.done.Add(1)
	opened, err := r.store.Open(ctx, head.ID, true)
	if err != nil {
		return fmt.Errorf("open card %s: %w", head.ID, err)
	}
	head = opened.Head // pages and tail of one moment
	pages, err := r.store.Pages(ctx, head.ID)
	if err != nil {
		return fmt.Errorf("read the pages of card %s: %w", head.ID, err)
	}
	var entries []ledger.Entry
	for _, p := range pages {
		if p.Number <= head.Book.Pages {
			entries = append(entries, p.Entries...)
		}
	}
	entries = append(entries, head.Book.Tail...)
	if slices.ContainsFunc(entries, func(e ledger.Entry) bool { return e.Kind == ledger.Move }) {
		r.add(func(f *Replayed) { f.Cards++; f.Others += int64(len(entries)) })
		return nil
	}
	t := &retold{replayer: r, shopper: opened.Profile, sold: map[string]ledger.Entry{}, head: card.Head{ID: head.ID}}
	if !swipeEnrolled(entries) {
		t.head.EnrolledOn = head.EnrolledOn
	}
	for _, e := range entries {
		if err := t.again(ctx, e); err != nil {
			return err
		}
	}
	r.add(func(f *Replayed) { f.Cards++ })
	return nil
}

// swipeEnrolled reports that the card's first receipt made it a card.
func swipeEnrolled(entries []ledger.Entry) bool {
	return slices.ContainsFunc(entries, func(e ledger.Entry) bool {
		return slices.ContainsFunc(e.Marks, func(m ledger.Mark) bool { return m.Kind == card.MarkEnrolled })
	})
}

func (r *replayer) add(count func(*Replayed)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	count(&r.found)
}

// differs counts an entry that came out otherwise, and lists the first of them.
func (r *replayer) differs(card, cause string, says []string) {
	r.add(func(f *Replayed) {
		f.Wrong++
		if len(f.Differences) < maxFound {
			f.Differences = append(f.Differences, Difference{Card: card, Cause: cause, Says: says})
		}
	})
}

// heeded is how long a published version may be unknown to a function that works already.
const heeded = 30 * time.Second

var endOfTime = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

// rules lists the versions by which a receipt of the moment at may have been decided at the moment then: the one that held, of those that
// were published and heeded by then. The last is the one that holds for it today, for moments of publishing are by the clock of whoever
// published, and of old versions nobody knows them.
func (r *replayer) rules(at, then time.Time) []*programme.Programme {
	var list []*programme.Programme
	for _, known := range []time.Time{then, then.Add(-heeded), endOfTime} {
		var holds *programme.Programme
		for _, v := range r.versions {
			if v.PublishedAt.After(known) {
				continue
			}
			if holds == nil || !v.From.After(at) {
				holds = v.Rules
			}
		}
		if holds != nil && !slices.Contains(list, holds) {
			list = append(list, holds)
		}
	}
	return list
}
