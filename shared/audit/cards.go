package audit

import (
	"context"
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/ledger"
	"github.com/regulars-dev/regulars/shared/message"
	"github.com/regulars-dev/regulars/shared/store"
)

// receiptLife is how long a receipt is kept at least, counted from when it happened. It is filed no earlier than that.
const receiptLife = 3 * 365 * 24 * time.Hour

// card looks at one item of the cards table. Only heads are books; the rest hangs on them.
func (a *auditor) card(ctx context.Context, item store.Item) error {
	head, isHead, err := store.HeadOf(item)
	if err == nil && !isHead {
		a.gift(item)
		return a.merged(ctx, item)
	}
	if err != nil {
		a.fault(Unreadable, item.Key.Partition, "", "the card's head cannot be read: %v", err)
		return nil
	}
	a.count(func(r *Report) { r.Cards++ })
	return a.book(ctx, head)
}

// merged looks at what is left of a card that was merged into another: its book is one like any, and the other card knows of it.
func (a *auditor) merged(ctx context.Context, item store.Item) error {
	head, into, joined, err := store.JoinedOf(item)
	if err != nil {
		a.fault(Unreadable, item.Key.Partition, "", "what is left of the merged card cannot be read: %v", err)
		return nil
	}
	if !joined {
		return nil
	}
	other, err := a.store.Kept(ctx, into)
	if err != nil && !missing(err) {
		return err
	}
	if again, err := a.store.Kept(ctx, head.ID); err == nil && again.Into == into && !other.Head.Leads(head.ID) {
		a.fault(MergeWrong, head.ID, "", "it leads to card %s, which knows nothing of it", into)
	}
	return a.book(ctx, head)
}

// book holds one card's book to what a book must be.
func (a *auditor) book(ctx context.Context, head card.Head) error {
	a.done.Add(1)
	pages, err := a.store.Pages(ctx, head.ID)
	if err != nil {
		a.fault(Unreadable, head.ID, "", "the older entries cannot be read: %v", err)
		return nil
	}
	pages = slices.DeleteFunc(pages, func(p ledger.Page) bool { return p.Number > head.Book.Pages })
	if wrong := head.Book.Sound(pages); wrong != "" {
		a.fault(Unsound, head.ID, "", "%s; keep a copy of the store and report it", wrong)
	}
	var entries []ledger.Entry
	for _, p := range pages {
		entries = append(entries, p.Entries...)
	}
	entries = append(entries, head.Book.Tail...)
	a.count(func(r *Report) {
		r.Points += head.Book.Balance
		r.Entries += int64(len(entries))
		r.Coupons += int64(len(head.Wallet))
	})
	a.coupons(head, entries)
	a.index(ctx, head.ID, entries)
	for _, e := range entries {
		if err := a.backed(ctx, head.ID, e); err != nil {
			return err
		}
	}
	return a.messages(ctx, head.ID)
}

// coupons walks through the entries as they were posted: what is redeemed must have been granted and not redeemed since.
func (a *auditor) coupons(head card.Head, entries []ledger.Entry) {
	live := map[string]bool{}
	for _, e := range entries {
		for _, m := range e.Marks {
			switch m.Kind {
			case card.MarkGranted, card.MarkReinstated, card.MarkCame, card.MarkRedeemed, card.MarkVoided, card.MarkLeft:
			default:
				continue
			}
			c, err := card.CouponOf(m)
			if err != nil {
				a.fault(Unreadable, head.ID, e.Cause, "a coupon of the entry cannot be read: %v", err)
				continue
			}
			if m.Kind == card.MarkRedeemed && !live[c.ID] {
				a.fault(CouponTwice, head.ID, e.Cause, "coupon %s was redeemed when it was not in the wallet", c.ID)
			}
			live[c.ID] = m.Kind == card.MarkGranted || m.Kind == card.MarkReinstated || m.Kind == card.MarkCame
		}
	}
	for _, c := range head.Wallet {
		if !live[c.ID] {
			a.fault(CouponNowhere, head.ID, "", "coupon %s lies in the wallet and no entry has put it there", c.ID)
		}
	}
}

func hashOf(cause string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(cause))
	return h.Sum64()
}

// ofReceipt reports that an entry stands for a receipt or a return, which are one card's alone. Other causes, such as an occasion of a
// campaign, come to many cards.
func ofReceipt(e ledger.Entry) bool { return e.Kind == ledger.Earn || e.Kind == ledger.Reverse }

// index remembers whose each receipt is, and finds those that are on two cards.
func (a *auditor) index(ctx context.Context, id string, entries []ledger.Entry) {
	type clash struct{ cause, other string }
	var clashes []clash
	a.mu.Lock()
	a.cards = append(a.cards, id)
	own := int32(len(a.cards) - 1) //nolint:gosec // a store of two thousand million cards is on no machine
	for _, e := range entries {
		if !ofReceipt(e) {
			continue
		}
		h := hashOf(e.Cause)
		if other, there := a.causes[h]; there && other != own {
			clashes = append(clashes, clash{e.Cause, a.cards[other]})
		}
		a.causes[h] = own
	}
	a.mu.Unlock()
	for _, c := range clashes {
		if found, err := a.find(ctx, c.other, c.cause); err == nil && found { // else only the hashes are the same
			a.fault(CauseTwice, id, c.cause, "it is posted on card %s too; one of the two has points that are not its own", c.other)
		}
	}
}

// find looks a cause up in the book of a card as it is now.
func (a *auditor) find(ctx context.Context, number, cause string) (bool, error) {
	opened, err := a.store.Kept(ctx, number)
	if err != nil {
		return false, err
	}
	if _, _, ok := opened.Head.Book.Find(cause); ok {
		return true, nil
	}
	pages, err := a.store.Pages(ctx, opened.Head.ID)
	for _, p := range pages {
		if _, _, ok := p.Find(cause); ok && p.Number <= opened.Head.Book.Pages {
			return true, nil
		}
	}
	return false, err
}

// backed demands the receipt or return behind an entry, unless it is so old that it may have been cleared away.
func (a *auditor) backed(ctx context.Context, id string, e ledger.Entry) error {
	if !ofReceipt(e) || e.At.Add(receiptLife).Before(a.now) {
		return nil
	}
	key, nth, isReturn := strings.Cut(e.Cause, "~")
	sort, kind := "RECEIPT", NoReceipt
	if isReturn {
		n, err := strconv.Atoi(nth)
		if err != nil {
			return nil //nolint:nilerr // a cause of another make, which has nothing behind it
		}
		sort, kind = fmt.Sprintf("RETURN/%04d", n), NoReturn
	}
	_, err := a.items.Get(ctx, store.Key{Table: store.Records, Partition: "receipt/" + key, Sort: sort}, store.Strong)
	if missing(err) {
		a.fault(kind, id, e.Cause, "the card has %d points for it, and it is not kept", e.Points)
		return nil
	}
	return err
}

// messages demands that each e-mail is the only one of its campaign and occasion, and lies under the id made of them.
func (a *auditor) messages(ctx context.Context, id string) error {
	records, err := a.store.MessagesOf(ctx, id)
	if err != nil {
		a.fault(Unreadable, id, "", "the messages cannot be read: %v", err)
		return nil
	}
	a.count(func(r *Report) { r.Messages += int64(len(records)) })
	seen := map[string]bool{}
	for _, m := range records {
		occasion := m.Campaign + " " + m.Occasion
		if seen[occasion] {
			a.fault(MessageTwice, id, m.ID, "campaign %s speaks twice of %s", m.Campaign, m.Occasion)
		}
		seen[occasion] = true
		if m.Card != id || m.ID != message.OrderID(m.Campaign, m.Occasion, m.Card) {
			a.fault(MessageWrong, id, m.ID, "the message belongs to card %s, campaign %s, occasion %s", m.Card, m.Campaign, m.Occasion)
		}
	}
	return nil
}
