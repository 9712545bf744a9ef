package loyaltytest

import (
	"errors"
	"fmt"
	"math/big"
	"slices"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/ledger"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/receipt"
	"github.com/regulars-dev/regulars/shared/store"
)

// ErrLost and ErrDoubled say that an accepted message stands in no book, or in more than one place.
var (
	ErrLost    = errors.New("lost")
	ErrDoubled = errors.New("doubled")
)

// rates are the points a euro of the test programme, by category.
var rates = map[string]int64{"food": 1, "beans": 2, "tobacco": 0}

// worth is what a receipt earns after returns, and what is paid for what is left, reckoned piece by piece as slowly and plainly as
// can be. gone reports that nothing is left.
func worth(r receipt.Receipt, returns []receipt.Return) (earned *big.Rat, paid int64, gone bool) {
	back, money := map[string]int64{}, int64(0)
	for _, ret := range returns {
		if len(ret.Lines) == 0 && ret.Money == 0 {
			return new(big.Rat), 0, true
		}
		money += ret.Money
		for _, l := range ret.Lines {
			back[l.ID] += l.Quantity
		}
	}
	net, pieces := int64(0), int64(0)
	earned = new(big.Rat)
	for _, l := range r.Lines {
		for n := range l.Quantity {
			if n < back[l.ID] {
				continue
			}
			price := share(l.Amount, l.Quantity, n) - share(l.Discount, l.Quantity, n)
			net += price
			pieces++
			earned.Add(earned, big.NewRat(rates[l.Category]*price, 100))
		}
	}
	if net > 0 {
		earned.Mul(earned, big.NewRat(net-money, net))
	}
	return earned, net - money, net == money && (pieces == 0 || money > 0)
}

// whole is what is left of a fraction without its part below a point.
func whole(exact *big.Rat) int64 { return new(big.Int).Quo(exact.Num(), exact.Denom()).Int64() }

// share is the n-th of so many pieces' share of an amount: the first ones carry the spare units.
func share(amount, pieces, n int64) int64 {
	s := amount / pieces
	if n < amount%pieces {
		s++
	}
	return s
}

// posting is what one accepted message has to have brought into its card's book, where each receipt is rounded by itself.
type posting struct {
	cause  string
	points int64
}

// check holds the end of a history against the oracle.
func (h *history) check(stored *store.Store) error {
	want := map[string][]posting{}
	habits := map[string]card.Habits{}
	for _, s := range h.sales {
		if err := h.expect(s, want, habits); err != nil {
			return err
		}
	}
	for _, number := range h.cards {
		if err := h.checkCard(stored, number, want[number], habits[number]); err != nil {
			return fmt.Errorf("card %s: %w", number, err)
		}
	}
	return nil
}

// expect adds up what a sale should have brought.
func (h *history) expect(s *sale, want map[string][]posting, habits map[string]card.Habits) error {
	accepted := s.first
	if s.twin != nil {
		if (s.first.refused == nil) == (s.twin.refused == nil) {
			return fmt.Errorf("of two receipts with the number %s one is accepted; here %v and %v", s.key, s.first.refused, s.twin.refused)
		}
		if s.first.refused != nil {
			accepted = s.twin
		}
	}
	if accepted.refused != nil {
		return fmt.Errorf("%w: %s was refused: %w", ErrLost, accepted, accepted.refused)
	}
	h.tally.Checkouts++
	returns, err := s.taken()
	if err != nil {
		return err
	}
	h.tally.Returns += len(returns)
	r := accepted.receipt
	earned, paid, gone := worth(r, nil)
	want[r.Card] = append(want[r.Card], posting{s.key.String(), whole(earned)})
	for n := range returns {
		before := earned
		earned, paid, gone = worth(r, returns[:n+1])
		want[r.Card] = append(want[r.Card], posting{fmt.Sprintf("%s~%d", s.key, n+1), whole(earned) - whole(before)})
	}
	h.worth[r.Card] = h.worth[r.Card].Plus(ledger.WorthOf(earned))
	b := habits[r.Card]
	if b.Spent += paid; !gone {
		b.Visits++
	}
	habits[r.Card] = b
	return nil
}

// taken lists the returns of a sale that were accepted, by their numbers.
func (s *sale) taken() ([]receipt.Return, error) {
	var list []*delivery
	for _, d := range s.returns {
		switch {
		case d.refused == nil:
			list = append(list, d)
		case !errors.Is(d.refused, loyalty.ErrRefused):
			return nil, fmt.Errorf("%s: %w", d, d.refused)
		}
	}
	slices.SortFunc(list, func(a, b *delivery) int { return a.number - b.number })
	var returns []receipt.Return
	for n, d := range list {
		if d.number != n+1 {
			return nil, fmt.Errorf("%s has the number %d; there are %d before it", d, d.number, n)
		}
		returns = append(returns, *d.back)
	}
	return returns, nil
}

// checkCard holds one card's book against what should stand in it.
func (h *history) checkCard(stored *store.Store, number string, want []posting, habits card.Habits) error {
	opened, err := stored.Open(h.ctx, number, true)
	if errors.Is(err, loyalty.ErrNotFound) && len(want) == 0 {
		return nil
	}
	if err != nil {
		return err
	}
	book := opened.Head.Book
	pages, err := stored.Pages(h.ctx, opened.Head.ID)
	if err != nil {
		return err
	}
	// A page that was put by a commit that did not win belongs to no book yet.
	pages = slices.DeleteFunc(pages, func(p ledger.Page) bool { return p.Number > book.Pages })
	if wrong := book.Sound(pages); wrong != "" {
		return fmt.Errorf("the book is not sound: %s", wrong)
	}
	var entries []ledger.Entry
	for _, p := range pages {
		entries = append(entries, p.Entries...)
	}
	entries = append(entries, book.Tail...)
	sum, err := compare(entries, want, !h.setting.Carry)
	if err != nil {
		return err
	}
	if h.setting.Carry {
		sum = h.worth[number].Points
		if carried := h.worth[number].Grains; book.Carried != carried {
			return fmt.Errorf("%d grains are carried; the oracle says %d", book.Carried, carried)
		}
	}
	if book.Balance != sum || opened.Head.Qualifying.Points != sum {
		return fmt.Errorf("the balance is %d and %d count for the tier; the oracle says %d", book.Balance, opened.Head.Qualifying.Points, sum)
	}
	if want := h.tierOf(sum); opened.Head.Tier != want {
		return fmt.Errorf("the tier is %q with %d points; the oracle says %q", opened.Head.Tier, sum, want)
	}
	if got := opened.Head.Habits; got.Visits != habits.Visits || got.Spent != habits.Spent {
		return fmt.Errorf("%d visits for %d; the oracle says %d for %d", got.Visits, got.Spent, habits.Visits, habits.Spent)
	}
	h.tally.Pages += book.Pages
	h.tally.Points += book.Balance
	h.countLate(entries)
	return h.checkWallet(entries, opened.Head.Wallet)
}

// tierOf is the tier of what was earned within the year of a history: the highest that it reaches.
func (h *history) tierOf(earned int64) (tier string) {
	most := int64(0)
	for _, t := range h.tiers {
		if t.Points <= earned && t.Points > most {
			tier, most = t.ID, t.Points
		}
	}
	return tier
}

// compare holds entries against postings, cause by cause and, where each stands for itself, point by point. It returns the sum of the
// postings.
func compare(entries []ledger.Entry, want []posting, pointwise bool) (sum int64, err error) {
	times, points := map[string]int{}, map[string]int64{}
	for _, e := range entries {
		times[e.Cause]++
		points[e.Cause] = e.Points
	}
	for _, p := range want {
		sum += p.points
		switch n := times[p.cause]; {
		case n == 0:
			return 0, fmt.Errorf("%w: %s was accepted and stands in no book", ErrLost, p.cause)
		case n > 1:
			return 0, fmt.Errorf("%w: %s stands in the book %d times", ErrDoubled, p.cause, n)
		case pointwise && points[p.cause] != p.points:
			return 0, fmt.Errorf("%s brought %d; the oracle says %d", p.cause, points[p.cause], p.points)
		}
		delete(times, p.cause)
	}
	for cause := range times {
		return 0, fmt.Errorf("%w: %s stands in a book and should not", ErrDoubled, cause)
	}
	return sum, nil
}

// countLate counts receipts that were posted after a newer one had left the tail at the earliest.
func (h *history) countLate(entries []ledger.Entry) {
	for i, e := range entries {
		if i > ledger.TailMax && e.Kind == ledger.Earn && slices.ContainsFunc(entries[:i-ledger.TailMax], func(old ledger.Entry) bool { return old.At.After(e.At) }) {
			h.tally.Late++
		}
	}
}

// checkWallet follows each coupon through the book: granted once, redeemed only while it is live, and in the wallet if it still is.
func (h *history) checkWallet(entries []ledger.Entry, wallet []card.Coupon) error {
	live := map[string]bool{}
	known := map[string]bool{}
	for _, e := range entries {
		for _, m := range e.Marks {
			c, err := card.CouponOf(m)
			if err != nil {
				continue // a mark of another kind
			}
			switch m.Kind {
			case card.MarkGranted:
				if known[c.ID] {
					return fmt.Errorf("%w: coupon %s was granted again by %s", ErrDoubled, c.ID, e.Cause)
				}
				known[c.ID], live[c.ID] = true, true
			case card.MarkReinstated:
				if live[c.ID] || !known[c.ID] {
					return fmt.Errorf("%w: %s gives back coupon %s, which nobody has used", ErrDoubled, e.Cause, c.ID)
				}
				live[c.ID] = true
			case card.MarkRedeemed, card.MarkVoided:
				if !live[c.ID] {
					return fmt.Errorf("%w: %s uses coupon %s, which is not live", ErrDoubled, e.Cause, c.ID)
				}
				live[c.ID] = false
				if m.Kind == card.MarkRedeemed {
					h.tally.Redeemed++
				}
			}
		}
	}
	for _, c := range wallet {
		if !live[c.ID] {
			return fmt.Errorf("coupon %s lies in the wallet and is not live by the book", c.ID)
		}
		delete(live, c.ID)
	}
	for id, is := range live {
		if is {
			return fmt.Errorf("%w: coupon %s is live by the book and does not lie in the wallet", ErrLost, id)
		}
	}
	return nil
}
