package programme

import (
	"strings"

	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/ledger"
	"github.com/regulars-dev/regulars/shared/liability"
)

// Books says what points stand for in the shop's own books. It changes nothing for a shopper. Like all of the programme it is dated: a report of
// a day values the points by the version of that day, and the versions are its history.
//
// Which policy is right is for the shop's accountant to choose.
type Books struct {
	Worth  Decimal `json:"worth,omitempty"`  // what Points points are worth, "0.01"; what they pay for if missing
	Points int64   `json:"points,omitempty"` // 1 if missing

	// Expected is the percent of all points that shoppers are expected to redeem in the end; the rest is breakage. 100 if missing.
	Expected Decimal `json:"expected,omitempty"`
}

func (c *compiler) books() {
	books := c.p.Points.Books
	c.p.expected = wholePercent
	if books == nil {
		return
	}
	const at = "/points/books"
	if c.p.bookWorth = c.amount(at+"/worth", books.Worth); c.p.bookWorth > maxPayWorth {
		c.fault(at+"/worth", "at most %d minor units are possible", maxPayWorth)
	}
	if books.Points < 0 || books.Points > maxRate {
		c.fault(at+"/points", "must be from 1 to %d", maxRate)
	}
	if books.Points > 0 && books.Worth == "" {
		c.fault(at+"/worth", "what so many points are worth is missing, such as \"1.00\"")
	}
	if books.Expected != "" {
		c.p.expected = c.percent(at+"/expected", books.Expected)
	}
}

// Worth is what points are worth in the books: nothing where the programme says neither that nor what they pay for.
func (p *Programme) Worth() liability.Worth {
	w := liability.Worth{Points: 1, Expected: p.expected}
	switch books, pay := p.Points.Books, p.Points.Pay; {
	case books != nil && books.Worth != "":
		w.Minor, w.Points = p.bookWorth, max(books.Points, 1)
	case pay != nil:
		w.Minor, w.Points = p.payWorth, max(pay.Points, 1)
	}
	return w
}

// Usable is the first day on which the points of a receipt's entry can be spent, by the rules of this version.
func (p *Programme) Usable(e ledger.Entry) day.Day {
	store, _, _ := strings.Cut(e.Cause, "/")
	return day.Of(e.At, p.Zone(store)) + day.Day(p.Points.PendingDays)
}
