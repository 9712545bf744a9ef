// Package card is the reward card: what is true of it now (Head), who its shopper is (Profile), and the coupons in its wallet.
package card

import (
	"slices"
	"time"

	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/ledger"
	"github.com/regulars-dev/regulars/shared/limit"
)

// MaxWallet is how many live coupons one card holds; a campaign's grant beyond it is left out and said so. Five fit into HEAD's
// first write unit, twenty into its second.
const MaxWallet = 20 // coupons

// Head is what is true of a card now. ID is the first number the card ever had; it never changes, whatever is swiped later.
type Head struct {
	ID         string
	EnrolledOn day.Day
	Status     Status
	Book       ledger.Book
	Tier       string // name of the tier; "" is the base
	Qualifying Qualifying
	Standing   Standing  // in place of Qualifying, where the programme says more of tiering
	Given      GivenTier // by a person; the zero value is none
	Wallet     []Coupon
	Habits     Habits
	Uses       limit.Counts // of offers that a card may use so often only
	Lost       []Lost       // numbers that must not earn any more
	Holds      []Hold       // points that tills keep for baskets
	Joined     []Joined     // cards that were merged into this one, and books where its causes may stand
	Counters   []Counter    // by ID and window

	Assignments []Assignment // campaigns that are measured on this card
	Spoken      []Spoken     // campaigns that may speak so often only

	// Past is the older entries, where somebody has read them up for a decision that looks back. It is stored nowhere.
	Past []ledger.Page

	// Elsewhere is what the shopper was given by other books lately, where somebody has read it up. It is stored nowhere.
	Elsewhere []ledger.Entry
}

// Status says whether a card takes part.
type Status byte

const (
	Open    Status = 0
	Blocked Status = 'b' // by staff; receipts are kept and earn nothing
	Closed  Status = 'c' // by the shopper
)

func (s Status) String() string {
	switch s {
	case Blocked:
		return "blocked"
	case Closed:
		return "closed"
	}
	return "open"
}

// ParseStatus reads what String writes.
func ParseStatus(text string) (Status, bool) {
	for _, s := range []Status{Open, Blocked, Closed} {
		if s.String() == text {
			return s, true
		}
	}
	return Open, false
}

// Lost is a number that was replaced, from when, and by which: receipts of an earlier moment still count.
type Lost struct {
	Number string
	At     time.Time
	By     string
}

// Qualifying counts points earned towards a tier, in one calendar year and in the year before it. Reversals are taken off the year
// of their receipt. Spending and expiry do not touch it.
type Qualifying struct {
	Year   int
	Points int64
	Before int64
}

// Add counts points for a receipt of year. A year older than the one before the newest no longer counts.
func (q Qualifying) Add(year int, points int64) Qualifying {
	switch {
	case year == q.Year+1:
		return Qualifying{Year: year, Points: points, Before: q.Points}
	case year > q.Year:
		return Qualifying{Year: year, Points: points}
	case year == q.Year:
		q.Points += points
	case year == q.Year-1:
		q.Before += points
	}
	return q
}

// In is the count of a year, as far as it is still known.
func (q Qualifying) In(year int) int64 {
	switch year {
	case q.Year:
		return q.Points
	case q.Year - 1:
		return q.Before
	}
	return 0
}

// Best is the larger count of the year and the year before it: a tier once reached holds to the end of the next year. Of the year
// before the newest only its own count is still known.
func (q Qualifying) Best(year int) int64 {
	switch year {
	case q.Year:
		return max(q.Points, q.Before)
	case q.Year + 1:
		return q.Points
	case q.Year - 1:
		return q.Before
	}
	return 0
}

// Habits sums up what the card bought.
type Habits struct {
	Visits  int64   // receipts that were not returned whole
	Spent   int64   // minor units paid, less what was paid back
	FirstOn day.Day // day of the first receipt
	LastOn  day.Day // day of the newest receipt

	// MostVisits and MostSpent are what Visits and Spent once were, where a return has left less: what was reached is not reached again.
	MostVisits int64
	MostSpent  int64
}

// Coupon is one right to one offer. Live coupons lie in the wallet; ExpiresOn is the last day.
type Coupon struct {
	ID        string // unique on its card; what the shopper shows
	Offer     string
	Campaign  string
	ExpiresOn day.Day
}

// Find returns the live coupon of that id.
func (h Head) Find(id string) (Coupon, bool) {
	for _, c := range h.Wallet {
		if c.ID == id {
			return c, true
		}
	}
	return Coupon{}, false
}

// Put adds a coupon to the wallet. It reports false, and leaves the wallet alone, when MaxWallet is reached.
func (h Head) Put(c Coupon) (Head, bool) {
	if len(h.Wallet) >= MaxWallet {
		return h, false
	}
	h.Wallet = append(slices.Clone(h.Wallet), c)
	return h, true
}

// Take removes a coupon from the wallet.
func (h Head) Take(id string) Head {
	h.Wallet = slices.DeleteFunc(slices.Clone(h.Wallet), func(c Coupon) bool { return c.ID == id })
	return h
}

// Sweep removes coupons whose last day lies before today. Their grant stays in the ledger.
func (h Head) Sweep(today day.Day) Head {
	h.Wallet = slices.DeleteFunc(slices.Clone(h.Wallet), func(c Coupon) bool { return c.ExpiresOn < today })
	return h
}

// Number is the number that the card has now.
func (h Head) Number() string { return h.NumberOf(h.ID) }

// NumberOf is the number that the card of an id has now: this one, or one that is joined to it.
func (h Head) NumberOf(id string) string {
	number := id
	for _, l := range h.Lost { // the lost numbers of merged cards stand among them
		if l.Number == number {
			number = l.By
		}
	}
	return number
}

// LostAt is the moment from which number must not earn on this card.
func (h Head) LostAt(number string) (time.Time, bool) {
	for _, l := range h.Lost {
		if l.Number == number {
			return l.At, true
		}
	}
	return time.Time{}, false
}
