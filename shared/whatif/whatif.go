// Package whatif plays past receipts through the rules of a programme as if it had held then, and through those of another beside it: what
// would have been taken off and earned, what it would have cost, and which shoppers it would have been better or worse for.
//
// The decisions are those of the tills, over cards that lie in memory alone. What it cannot know it says: that shoppers would have bought
// the same, and that each coupon is used at the first chance, of as many coupons as Input.Redeem says.
package whatif

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/programme"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// MaxLines is how many lines of receipts one run holds: a million take about half a gigabyte.
const MaxLines = 5_000_000

// Sale is a past receipt with what came back of it, in the order in which it came back. Prices are those before discounts: the discounts
// of its own day belong to the rules of that day.
type Sale struct {
	Receipt receipt.Receipt
	Returns []receipt.Return
}

// Input is what is played.
type Input struct {
	Draft   *programme.Programme
	Against *programme.Programme // nil: the draft alone
	Sales   []Sale               // in any order
	Shopper card.Profile         // who every shopper is taken to be: campaigns ask for consents

	// What happened from From on and before Until is counted; a zero Until is no end. What happened before From is played all the same, so
	// that balances, tiers and coupons are those of that day.
	From, Until time.Time

	Redeem  int // per cent of the coupons that are ever used
	Workers int // cards that are played at once; 1 if 0

	Told func(done, total int64) // is told how many receipts have been played; may be nil
	Stop func() bool             // is asked between two cards whether to end with what there is; may be nil
}

// Run plays all sales, card by card in the order of time.
func Run(in Input) Report {
	groups := grouped(in)
	results, done := make([]result, max(1, in.Workers)), atomic.Int64{}
	var next atomic.Int64
	total := int64(0)
	for _, g := range groups {
		total += int64(len(g))
	}
	var group sync.WaitGroup
	for w := range results {
		results[w] = newResult(in)
		group.Go(func() {
			for {
				n := int(next.Add(1)) - 1
				if n >= len(groups) || in.Stop != nil && in.Stop() {
					return
				}
				results[w].card(in, groups[n])
				if now := done.Add(int64(len(groups[n]))); in.Told != nil {
					in.Told(now, total)
				}
			}
		})
	}
	group.Wait()
	return in.report(results, done.Load(), total)
}

// guestsTogether is how many receipts of guests make one piece of work.
const guestsTogether = 256

// grouped lists the sales of each card, those of guests in handfuls. Sales that lie behind the time that is counted are left out.
func grouped(in Input) [][]*Sale {
	at, groups := map[string]int{}, [][]*Sale(nil)
	for i := range in.Sales {
		s := &in.Sales[i]
		if !in.Until.IsZero() && !s.Receipt.At.Before(in.Until) {
			continue
		}
		n, known := at[s.Receipt.Card]
		if !known || s.Receipt.Card == "" && len(groups[n]) == guestsTogether {
			n = len(groups)
			at[s.Receipt.Card], groups = n, append(groups, nil)
		}
		groups[n] = append(groups[n], s)
	}
	return groups
}

// moment is a sale or one of its returns, at the time when it is played: no return comes before its sale.
type moment struct {
	at   time.Time
	sale *Sale
	back int // how many returns have come with this one; 0 is the sale itself
}

// moments lists what happened to a card in the order of time.
func moments(sales []*Sale) []moment {
	var list []moment
	for _, s := range sales {
		at := s.Receipt.At
		list = append(list, moment{at: at, sale: s})
		for i, ret := range s.Returns {
			if ret.At.After(at) {
				at = ret.At
			}
			list = append(list, moment{at: at, sale: s, back: i + 1})
		}
	}
	slices.SortStableFunc(list, func(a, b moment) int { return a.at.Compare(b.at) })
	return list
}

// counts reports whether what happens at a moment is counted.
func (in Input) counts(at time.Time) bool {
	return !at.Before(in.From) && in.inTime(at)
}

func (in Input) inTime(at time.Time) bool { return in.Until.IsZero() || at.Before(in.Until) }

// result is what one worker has played.
type result struct {
	draft, against *Side
	movers         []Mover
	moves          map[Move]int64
	played         Played
}

func newResult(in Input) result {
	r := result{draft: newSide(in.Draft), moves: map[Move]int64{}}
	if in.Against != nil {
		r.against = newSide(in.Against)
	}
	return r
}

// card plays what happened to one card, or to a handful of guests, by both programmes.
func (r *result) card(in Input, sales []*Sale) {
	list := moments(sales)
	for _, m := range list {
		r.played.count(in, m)
	}
	if sales[0].Receipt.Card == "" {
		for _, side := range []*Side{r.draft, r.against} {
			if side != nil {
				side.guests(in, list)
			}
		}
		return
	}
	m := Mover{Card: sales[0].Receipt.Card}
	now := play(in, r.draft, list)
	m.Discount, m.Points = now.discount, now.points
	if r.against != nil {
		was := play(in, r.against, list)
		m.Discount -= was.discount
		m.Points -= was.points
		r.moves[Move{was.tier, now.tier}]++
		r.movers = append(r.movers, m)
	}
}
