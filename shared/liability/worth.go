package liability

import "github.com/regulars-dev/regulars/shared/money"

// Worth is what points are worth in the books and how many of them are expected to be redeemed, as the programme says it for a day.
type Worth struct {
	Minor    int64 // what so many points are worth
	Points   int64 // 1 or more
	Expected int64 // of all that are issued and kept, in basis points
}

// Of is what points are worth, to the nearest minor unit.
func (w Worth) Of(points int64) int64 { return money.MulDiv(points, w.Minor, max(w.Points, 1)) }

// Money values a sheet. Each side is worth what all its points are together, and its accounts share in that by largest remainder: so the
// two sides are the same in money as they are in points. What is out is one account to that, whatever of it waits or is held; what it is worth
// is then told apart, with the rest under available.
func (w Worth) Money(s Sheet) Sheet {
	pending, held := s[Pending], s[Held]
	s[Available], s[Pending], s[Held] = s.Outstanding(), 0, 0
	var left, right []money.Share // what is below 0 and what is above it
	var sum int64
	for a, n := range s {
		right = append(right, money.Share{Key: names[a], Weight: max(n, 0), Cap: money.NoCap})
		left = append(left, money.Share{Key: names[a], Weight: max(-n, 0), Cap: money.NoCap})
		sum += max(n, 0)
	}
	total := w.Of(sum)
	above, _ := money.Prorate(total, right)
	below, _ := money.Prorate(total, left)
	var in Sheet
	for a := range in {
		in[a] = above[a] - below[a]
	}
	in.Post(Posting{Available, Pending, w.Of(pending)})
	in.Post(Posting{Available, Held, w.Of(held)})
	return in
}

// Redeemable is how many of the points that are out are expected to be redeemed yet: of what was issued and not taken back the share that
// is expected, less what was redeemed already. The others are breakage.
func (w Worth) Redeemable(s Sheet) int64 {
	kept := s.Issued() - s[ClawedBack] - s[WrittenOff] - s[Adjusted]
	return min(max(money.Percent(kept, w.Expected)-s[Redeemed], 0), max(s.Outstanding(), 0))
}

// Share splits what a sale brought over the goods and the points that came with them, by their stand-alone prices. The two are together
// exactly the sale.
//
// It is the way of IFRS 15 (B39 to B43) and ASC 606-10-55-42 for points that are a material right.
func (w Worth) Share(sale, points int64) (revenue, deferred int64) {
	alone := w.Of(money.Percent(points, w.Expected))
	if alone <= 0 || sale <= 0 {
		return sale, 0
	}
	parts, _ := money.Prorate(sale, []money.Share{{Key: "goods", Weight: sale, Cap: money.NoCap}, {Key: "points", Weight: alone, Cap: money.NoCap}})
	return parts[0], parts[1]
}

// Recognised is how much of what was deferred has become revenue once so many points are redeemed of those that are now expected to be: all
// of it if more were. What a period brings is the difference to what was recognised before it, so a new expectation is caught up with at once.
func Recognised(deferred, redeemed, expected int64) int64 {
	if redeemed >= expected {
		return deferred
	}
	return money.MulDiv(deferred, redeemed, expected)
}
