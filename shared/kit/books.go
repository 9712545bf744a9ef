package kit

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/ledger"
	"github.com/regulars-dev/regulars/shared/liability"
	"github.com/regulars-dev/regulars/shared/limit"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/receipt"
	"github.com/regulars-dev/regulars/shared/store"
)

// sums is what all books and receipts of a world come to.
type sums struct {
	tally   *liability.Tally
	granted map[string]int64      // coupons ever, by campaign
	used    map[string]limit.Take // redeemed and not given back, by tally
	counts  map[string]limit.Counter
}

// books holds what all books say together to what must be: the book of points ties out, no limit and no budget is passed by one, and each
// tally is what the receipts say that it is.
func (w *World) books(ctx context.Context) error {
	zone := w.Rules.Zone("")
	s := sums{granted: map[string]int64{}, used: map[string]limit.Take{}, counts: map[string]limit.Counter{}, tally: liability.NewTally(liability.Reckoning{
		Days: []day.Day{day.Of(w.Now(), zone)}, Zone: zone, Now: w.Now(), Usable: func(e ledger.Entry) day.Day { return w.Rules.Usable(e) },
	})}
	if err := w.scan(ctx, store.Cards, func(item store.Item) error { return w.book(ctx, &s, item) }); err != nil {
		return fmt.Errorf("read all books: %w", err)
	}
	if err := w.scan(ctx, store.Records, func(item store.Item) error { return w.uses(ctx, &s, item) }); err != nil {
		return fmt.Errorf("read all receipts: %w", err)
	}
	if wrong := s.tally.Check(0); wrong != "" {
		w.fault("the book of points does not tie: %s", wrong)
	}
	for _, f := range s.tally.Faults {
		w.fault("the book of points: %s", f)
	}
	return w.bounds(ctx, s)
}

// scan reads a table whole, as it is.
func (w *World) scan(ctx context.Context, table store.Table, each func(store.Item) error) error {
	in := store.ScanInput{Table: table, Segments: 1, Read: store.Strong}
	for {
		page, err := w.Items.Scan(ctx, in)
		for n := 0; n < len(page.Items) && err == nil; n++ {
			err = each(page.Items[n])
		}
		if err != nil || page.Next == "" {
			return err
		}
		in.After = page.Next
	}
}

// book adds the book of a card, also of one that was merged into another.
func (w *World) book(ctx context.Context, s *sums, item store.Item) error {
	head, isHead, err := store.HeadOf(item)
	if err == nil && !isHead {
		head, _, isHead, err = store.JoinedOf(item)
	}
	if err != nil || !isHead {
		return err
	}
	pages, err := w.pages(ctx, head)
	if err != nil {
		return err
	}
	s.tally.Card(head, pages)
	for _, c := range head.Uses {
		if most, period := w.Rules.CardLimit(c.Offer, day.Of(w.Now(), w.Rules.Zone(""))); most > 0 && c.Uses > most && len(head.Joined) == 0 { // two cards have each
			w.fault("card %s has used offer %s %d times in %q, and may %d times (%s)", head.ID, c.Offer, c.Uses, c.Period, most, period)
		}
	}
	for _, p := range append(pages, ledger.Page{Entries: head.Book.Tail}) {
		for _, e := range p.Entries {
			coupons, err := card.Coupons(e, card.MarkGranted)
			if err != nil {
				return fmt.Errorf("card %s: %w", head.ID, err)
			}
			for _, c := range coupons {
				s.granted[c.Campaign]++
			}
		}
	}
	return nil
}

// pages are those of a card that belong to its book: one that was put aside by a turn that was not committed does not.
func (w *World) pages(ctx context.Context, head card.Head) ([]ledger.Page, error) {
	if head.Book.Pages == 0 {
		return nil, nil
	}
	pages, err := w.Store.Pages(ctx, head.ID)
	if err != nil {
		return nil, fmt.Errorf("the pages of card %s: %w", head.ID, err)
	}
	return slices.DeleteFunc(pages, func(p ledger.Page) bool { return p.Number > head.Book.Pages }), nil
}

// uses adds what a receipt has used of limited offers, unless all of it came back.
func (w *World) uses(ctx context.Context, s *sums, item store.Item) error {
	name, isReceipt := strings.CutPrefix(item.Key.Partition, "receipt/")
	if !isReceipt || item.Key.Sort != "RECEIPT" {
		return nil
	}
	key, err := receipt.ParseKey(name)
	if err != nil {
		return err
	}
	filed, err := w.Store.Receipt(ctx, key)
	if errors.Is(err, loyalty.ErrNotFound) {
		return nil // what comes back of it has come first, and waits for it here
	}
	if err != nil || len(filed.Receipt.Uses) == 0 {
		return err
	}
	left, err := filed.Receipt.After(filed.Returns)
	if err != nil {
		return fmt.Errorf("returns of receipt %s: %w", name, err)
	}
	on := day.Of(filed.Receipt.At, w.Rules.Zone(key.Store))
	for _, u := range filed.Receipt.Uses {
		back := len(filed.Returns) > 0 && left.Nothing() && w.Rules.GivesBack(u.Offer, filed.Returns[len(filed.Returns)-1])
		if !u.Redeemed() || back {
			continue
		}
		for _, c := range w.Rules.Counters(u.Offer, u.Code, u.Uses, key.Store, on) {
			s.counts[c.Key] = c
			s.used[c.Key] = s.used[c.Key].Plus(limit.Take{Uses: 1, Money: u.Amount})
		}
	}
	return nil
}

// bounds holds limits and budgets to what was used of them.
func (w *World) bounds(ctx context.Context, s sums) error {
	for _, key := range slices.Sorted(maps.Keys(s.used)) {
		tallies, err := w.Store.Tallies(ctx, []string{key})
		if err != nil {
			return fmt.Errorf("the tally %s: %w", key, err)
		}
		used, most := tallies[0].Used, s.counts[key].Limit
		if used != s.used[key] {
			w.fault("tally %s says %v, and the receipts say %v", key, used, s.used[key])
		}
		if most.Uses > 0 && used.Uses > most.Uses || most.Money > 0 && used.Money > most.Money {
			w.fault("tally %s is beyond its limit: %v of %v", key, used, most)
		}
	}
	for _, campaign := range slices.Sorted(maps.Keys(s.granted)) {
		budget, bounded := w.Rules.Budget(campaign)
		if !bounded {
			continue
		}
		tallies, err := w.Store.Tallies(ctx, []string{budget.Tally})
		if err != nil {
			return fmt.Errorf("the budget of campaign %s: %w", campaign, err)
		}
		if used := tallies[0].Used.Uses; used < s.granted[campaign] || budget.Limit.Uses > 0 && used > budget.Limit.Uses {
			w.fault("campaign %s has granted %d coupons, has %d on its budget, and may %d", campaign, s.granted[campaign], used, budget.Limit.Uses)
		}
	}
	return nil
}
