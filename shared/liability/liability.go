// Package liability keeps the double-entry book of points: where every point that was ever issued has gone, and what those that are still
// out are worth. It draws postings from ledger entries and decides nothing; which policy a shop's accounts follow is its accountant's choice.
package liability

import (
	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/ledger"
)

// Account is one account of the book. A posting takes points from one and brings them to another, so all accounts together are always 0.
type Account int

// The accounts. Points come from the first four, lie in the next three while they are out, and end in the others.
const (
	Earned     Account = iota // by receipts
	Granted                   // by campaigns, coupons of points and stamps
	Given                     // by a person's hand
	Joined                    // the fractions of a point that two cards make a whole of when they are merged; 0 beside them
	Available                 // less what cards owe
	Pending                   // their first day has not come
	Held                      // kept by a till for a basket
	Redeemed                  // paid with, less what returns gave back
	Expired                   // also where the card's own book has yet to be told
	ClawedBack                // taken back by returns
	WrittenOff                // less than nothing: what returns took beyond the programme's floor, and were not to
	Adjusted                  // taken by a person's hand
	accounts                  // how many there are
)

var names = [accounts]string{
	"earned", "granted", "given", "joined", "available", "pending", "held", "redeemed", "expired", "clawed_back", "written_off", "adjusted",
}

func (a Account) String() string { return names[a] }

// source reports an account from which points come.
func (a Account) source() bool { return a <= Joined }

// Posting moves points from one account to another. Below 0 they go the other way.
type Posting struct {
	From, To Account
	Points   int64
}

// Of is the posting of a ledger entry; false for one that moves no points. An entry of a kind that this book does not know stands under
// Adjusted, so that nothing is left out of the sum.
func Of(e ledger.Entry) (Posting, bool) {
	p := Posting{From: Available, To: Adjusted, Points: -e.Points}
	switch e.Kind {
	case ledger.Earn:
		p.To = Earned
	case ledger.Grant:
		p.To = Granted
	case ledger.Reverse:
		p.To = ClawedBack
	case ledger.Spend:
		p.To = Redeemed
	case ledger.Expire:
		p.To = Expired
	case ledger.Move:
		p.To = Joined
	case ledger.Adjust:
		switch {
		case forgiven(e):
			p.To = WrittenOff
		case e.Points > 0:
			p.To = Given
		}
	}
	if p.Points < 0 {
		p.From, p.To, p.Points = p.To, p.From, -p.Points
	}
	return p, e.Points != 0
}

// forgiven reports the entry of what a return took beyond the programme's floor.
func forgiven(e ledger.Entry) bool {
	for _, m := range e.Marks {
		if m.Kind == card.MarkWrittenOff {
			return true
		}
	}
	return false
}

// Sheet is what lies in each account. Sources are below 0 by what has come from them.
type Sheet [accounts]int64

// Post books a posting.
func (s *Sheet) Post(p Posting) {
	s[p.From] -= p.Points
	s[p.To] += p.Points
}

// Plus is the sum, account by account.
func (s Sheet) Plus(o Sheet) Sheet {
	for a := range s {
		s[a] += o[a]
	}
	return s
}

// Points is what an account tells: of a source what has come from it, of another what lies in it.
func (s Sheet) Points(a Account) int64 {
	if a.source() {
		return -s[a]
	}
	return s[a]
}

// Issued is all that ever came from the sources.
func (s Sheet) Issued() int64 { return -s[Earned] - s[Granted] - s[Given] - s[Joined] }

// Outstanding is what is still out: the sum of the cards' balances, less what has expired and is not posted in them.
func (s Sheet) Outstanding() int64 { return s[Available] + s[Pending] + s[Held] }

// Ties reports whether both sides are the same: issued = available + pending + held + redeemed + expired + clawed back + written off +
// adjusted.
func (s Sheet) Ties() bool {
	var sum int64
	for _, n := range s {
		sum += n
	}
	return sum == 0
}

// Accounts lists them all, in the order in which a report shows them.
func Accounts() []Account {
	list := make([]Account, accounts)
	for a := range list {
		list[a] = Account(a)
	}
	return list
}
