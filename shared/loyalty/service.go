// Package loyalty is the one room where a decision becomes a commit: each use case reads a card, asks the pure rooms what
// follows, and commits it with one conditional write. What a write sets off (e-mail, public events) is keyed by its cause, so
// that a repeat changes nothing.
package loyalty

import (
	"errors"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/ledger"
	"github.com/regulars-dev/regulars/shared/programme"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// Service holds what the use cases need. A function fills in the ports that its use cases touch and leaves the others nil.
type Service struct {
	Cards      Cards
	Enrolments Enrolments
	Joins      Joins
	Pages      Pages
	Receipts   Receipts
	Programmes Programmes
	Carts      Carts
	Dated      Dated
	Warnings   Warnings
	Watches    Watches
	Catchups   Catchups
	CaughtUp   *CaughtUp // of this process; nil: each tick reads how far it is
	Referrals  Referrals
	Messages   Messages
	Waiting    Waiting
	Overdue    Overdue
	Places     Places
	Admissions Admissions
	Limits     Limits
	Codes      Codes
	GiftCards  GiftCards
	Runs       Runs
	Shoppers   Shoppers
	Scores     Scores
	Lists      Lists
	Controls   Controls // nil: no campaign is steered
	Sheets     Sheets

	Suppressions Suppressions // nil: there is no list beside the profiles
	Acts         Acts         // nil: what people change is recorded nowhere but in the books themselves

	MailQueue Queue
	Bus       Bus
	Hooks     Hooks
	Mailer    Mailer
	Letters   *Letters
	Now       func() time.Time
	Trail     Trail // nil: nobody follows

	Reservations   Reservations
	Agendas        Agendas
	Paces          Paces
	Pacer          *Pacer // the leaves of this process; nil: no sending rate is heeded
	BulkQueue      Queue  // carries orders that go behind the others; nil where there is no such queue
	BroadcastQueue Queue  // carries the parts of runs to the function that looks through them
}

// maxRounds is how often a use case decides anew because somebody else moved the card. Each round means that somebody else succeeded. With
// five, four tills that write to one card without a pause are sent away once in fifteen times; sixteen are enough for as many tills.
const maxRounds = 16

// Answer is what a use case did to a card. A repeat of its cause gets the same answer with Repeated set; Lots and Head alone are of now.
type Answer struct {
	Card       string // id
	Cause      string
	Repeated   bool
	Enrolled   bool // this swipe was the card's first
	Guest      bool // no card was swiped: the receipt is kept and may be claimed
	Points     int64
	Capped     int64               // points that a cap has cut off
	LeftOut    []programme.LeftOut // lines of a receipt that earned nothing, and why; of its checkout alone
	Balance    int64               // after it, without Pending
	Pending    int64               // what the card's last entry left waiting; of a repeat no more than it had then
	Tier       string
	TierBefore string
	Redeemed   []card.Coupon
	Granted    []card.Coupon
	Reinstated []card.Coupon
	Voided     []card.Coupon
	NotTaken   []NotTaken
	Stamps     []card.Stamp    // counted on cards of stamps
	Bonuses    []card.Bonus    // of the points: what no purchase earned
	Uses       []receipt.Use   // codes and offers with limits that the receipt used, or could not use
	Paid       card.Paid       // what was taken in points; below 0 in a return, which gives it back
	Gifts      []GiftPaid      // what was taken off gift cards, or has come back to them, one for each tender
	Activated  int64           // points that were made usable before their day
	Blind      int64           // minor units: the value of goods that came back without a receipt
	Reason     string          // of what was done by hand
	By         string          // who did that
	Status     string          // that the card was given, "" if none
	Given      *card.GivenTier // the tier that a person gave, nil if none
	Head       card.Head       // the card now, also in a repeat
	Lots       []ledger.Lot    // what the balance of the card is made of now, also in a repeat
}

// NotTaken is a coupon named on a receipt that could not be redeemed, and why.
type NotTaken struct{ Coupon, Reason string }

// answer reads an Answer off a ledger entry, so that a repeat can say what was said the first time.
func answer(head card.Head, e ledger.Entry, balance int64, repeated bool) (Answer, error) {
	a := Answer{Card: head.ID, Cause: e.Cause, Repeated: repeated, Points: e.Points, Balance: balance, TierBefore: e.From, Tier: e.To, Head: head, Lots: head.Book.Lots}
	a.Pending = min(head.Book.Pending(0), max(balance, 0))
	a.Balance -= a.Pending
	a.Reason, a.By, a.Status = card.NotedOf(e, card.MarkReason), card.NotedOf(e, card.MarkBy), card.NotedOf(e, card.MarkStatus)
	var err error
	read := func(kind byte) []card.Coupon {
		found, e := card.Coupons(e, kind)
		if e != nil {
			err = e
		}
		return found
	}
	a.Redeemed, a.Granted = read(card.MarkRedeemed), read(card.MarkGranted)
	a.Reinstated, a.Voided = read(card.MarkReinstated), read(card.MarkVoided)
	if capped, e := card.CappedOf(e); e != nil {
		err = e
	} else {
		a.Capped = capped
	}
	if paid, _, e := card.PaidOf(e); e != nil {
		err = e
	} else {
		a.Paid = paid
	}
	if activated, e := card.ActivatedOf(e); e != nil {
		err = e
	} else {
		a.Activated = activated
	}
	if blind, e := card.BlindOf(e); e != nil {
		err = e
	} else {
		a.Blind = blind
	}
	stamps, err1 := card.Stamps(e)
	bonuses, err2 := card.Bonuses(e)
	a.Stamps, a.Bonuses, err = stamps, bonuses, errors.Join(err, err1, err2)
	if given, ok, e := card.GivenOf(e); e != nil {
		err = e
	} else if ok {
		a.Given = &given
	}
	for _, m := range e.Marks {
		switch m.Kind {
		case card.MarkEnrolled:
			a.Enrolled = true
		case card.MarkNotTaken:
			id, reason := card.NotTakenOf(m)
			a.NotTaken = append(a.NotTaken, NotTaken{Coupon: id, Reason: reason})
		}
	}
	return a, err
}
