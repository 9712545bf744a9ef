// Package giftcard keeps the account book of one gift card or store credit: money that a shop owes to whoever holds the card's number.
// Entries are added, never changed, and the balance is their sum; it never goes below zero and never above what was paid in.
//
// It reads no clock and decides no rule; callers bring the moment, the amount and the cause.
package giftcard

import (
	"fmt"
	"time"

	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/money"
)

// Kind says why money moved. The letters are stored; they never change their meaning.
type Kind byte

const (
	Issue  Kind = 'i' // sold, or given as store credit
	Load   Kind = 'l' // more was paid in
	Redeem Kind = 'r' // paid with
	Refund Kind = 'f' // what was paid with it came back, or the payment was void
	Cancel Kind = 'c' // its purchase was refunded: what was left went back, and the card has ended
	Expire Kind = 'x' // its last day passed
	Block  Kind = 'b' // by staff
	Open   Kind = 'o' // by staff, after it was blocked
)

func (k Kind) String() string {
	switch k {
	case Issue:
		return "issue"
	case Load:
		return "load"
	case Redeem:
		return "redeem"
	case Refund:
		return "refund"
	case Cancel:
		return "cancel"
	case Expire:
		return "expire"
	case Block:
		return "block"
	case Open:
		return "open"
	}
	return "unknown"
}

// Limits of one card's book, which lies in one item. Refunds are taken up to MaxRefunded entries, so that no return finds the book full.
const (
	MaxEntries  = 500
	MaxRefunded = 2 * MaxEntries
	backFor     = 30 // days that money which comes back to an expired card is good
)

// Entry is one change of a card's money with its cause. A card holds at most one entry of a cause. Of is the cause of the redemption that a
// refund gives back. Asked is what a redemption was asked for, where it took less.
type Entry struct {
	Cause string
	Kind  Kind
	At    time.Time // whole seconds
	Minor int64
	Of    string
	Asked int64
	Note  string // why and who, of what staff did
}

// Status says what a card is good for.
type Status string

const (
	StatusOpen      Status = "open"
	StatusBlocked   Status = "blocked"   // pays nothing; money that comes back waits on it
	StatusCancelled Status = "cancelled" // ended for ever
)

// Card is a gift card with its whole book. Owner is the reward card that store credit is bound to, "" where whoever has the number may pay.
type Card struct {
	ID        string
	Currency  money.Currency
	Owner     string
	ExpiresOn day.Day // last day; 0: never
	Entries   []Entry // in the order they were posted; the first is Issue
}

// Refusal says why a card does not do what it is asked. Left is what it has.
type Refusal struct {
	Code string // stable: see the codes
	Left int64
}

// Codes of refusals.
const (
	CodeBlocked     = "gift_card_blocked"
	CodeCancelled   = "gift_card_cancelled"
	CodeExpired     = "gift_card_expired"
	CodeEmpty       = "gift_card_empty"    // nothing is left
	CodeShort       = "gift_card_short"    // less is left than was asked for
	CodeFull        = "gift_card_full"     // its book, or more than one amount may be
	CodeOther       = "id_conflict"        // the cause is known with other content
	CodeNoPayment   = "redemption_unknown" // what is to come back was not paid with this card
	CodeTooMuchBack = "refund_exceeded"    // more comes back than was paid
)

func (r *Refusal) Error() string { return fmt.Sprintf("%s, %d minor units left", r.Code, r.Left) }

// Balance is the sum of the entries.
func (c Card) Balance() (minor int64) {
	for _, e := range c.Entries {
		minor += e.Minor
	}
	return minor
}

// Status is what the newest entry that says anything about it has made of the card.
func (c Card) Status() Status {
	status := StatusOpen
	for _, e := range c.Entries {
		switch e.Kind {
		case Cancel:
			return StatusCancelled
		case Block:
			status = StatusBlocked
		case Open:
			status = StatusOpen
		}
	}
	return status
}

// Find returns the entry of a cause.
func (c Card) Find(cause string) (Entry, bool) {
	for _, e := range c.Entries {
		if e.Cause == cause {
			return e, true
		}
	}
	return Entry{}, false
}

// post adds an entry. It is the one place where a book grows.
func (c Card) post(e Entry) Card {
	e.At = e.At.UTC().Truncate(time.Second)
	c.Entries = append(c.Entries[:len(c.Entries):len(c.Entries)], e)
	return c
}

// AsOf is the card on a day: what was left when its last day passed has expired.
func (c Card) AsOf(today day.Day, zone *time.Location) Card {
	if left := c.Balance(); c.ExpiresOn != 0 && c.ExpiresOn < today && left > 0 {
		c = c.post(Entry{Cause: fmt.Sprintf("expired~%s~%d", c.ExpiresOn, len(c.Entries)), Kind: Expire, At: (c.ExpiresOn + 1).Start(zone), Minor: -left})
	}
	return c
}

// mayPay refuses a card that pays nothing today.
func (c Card) mayPay(today day.Day) *Refusal {
	switch {
	case c.Status() == StatusCancelled:
		return &Refusal{Code: CodeCancelled}
	case c.Status() == StatusBlocked:
		return &Refusal{Code: CodeBlocked, Left: c.Balance()}
	case c.ExpiresOn != 0 && c.ExpiresOn < today:
		return &Refusal{Code: CodeExpired, Left: c.Balance()}
	}
	return nil
}

// Redeem takes what is asked off the card, which has been brought to today. Where that is more than there is it takes nothing and returns
// a *Refusal that says what is left.
func (c Card) Redeem(e Entry, asked int64, today day.Day) (Card, error) {
	if refused := c.mayPay(today); refused != nil {
		return c, refused
	}
	switch left := c.Balance(); {
	case len(c.Entries) >= MaxEntries:
		return c, &Refusal{CodeFull, left}
	case left == 0:
		return c, &Refusal{CodeEmpty, 0}
	case left < asked:
		return c, &Refusal{CodeShort, left}
	}
	e.Kind, e.Minor, e.Asked = Redeem, -asked, asked
	return c.post(e), nil
}

// RedeemUpTo takes as much of what is asked as the card has, for goods that are gone already: nothing from a card that pays nothing, and
// an entry stands for that too, so that a repeat finds the same.
func (c Card) RedeemUpTo(e Entry, asked int64, today day.Day) Card {
	take := min(asked, c.Balance())
	if c.mayPay(today) != nil || len(c.Entries) >= MaxRefunded {
		take = 0
	}
	e.Kind, e.Minor, e.Asked = Redeem, -take, asked
	return c.post(e)
}

// Load adds money that was paid in.
func (c Card) Load(e Entry, minor int64, today day.Day) (Card, error) {
	if refused := c.mayPay(today); refused != nil {
		return c, refused
	}
	if left := c.Balance(); len(c.Entries) >= MaxEntries || left+minor > money.MaxMinor {
		return c, &Refusal{CodeFull, left}
	}
	e.Kind, e.Minor = Load, minor
	return c.post(e), nil
}

// Back is what has come back of a redemption so far.
func (c Card) Back(redemption string) (minor int64) {
	for _, e := range c.Entries {
		if e.Kind == Refund && e.Of == redemption {
			minor += e.Minor
		}
	}
	return minor
}

// Refund gives back a part of what a redemption took: all refunds of one are together no more than that. A blocked card takes it and stays
// blocked. Money that comes back to an expired card is good for backFor days. A cancelled one takes nothing: a *Refusal.
func (c Card) Refund(e Entry, minor int64, today day.Day) (Card, error) {
	paid, ok := c.Find(e.Of)
	switch {
	case c.Status() == StatusCancelled:
		return c, &Refusal{Code: CodeCancelled}
	case !ok || paid.Kind != Redeem:
		return c, &Refusal{CodeNoPayment, c.Balance()}
	case c.Back(e.Of)+minor > -paid.Minor:
		return c, &Refusal{CodeTooMuchBack, -paid.Minor - c.Back(e.Of)}
	case len(c.Entries) >= MaxRefunded:
		return c, &Refusal{CodeFull, c.Balance()}
	}
	if c.ExpiresOn != 0 && c.ExpiresOn < today {
		c.ExpiresOn = today + backFor
	}
	e.Kind, e.Minor = Refund, minor
	return c.post(e), nil
}

// Cancel ends the card because its purchase is refunded: what is left goes back, and nothing more than that.
func (c Card) Cancel(e Entry) (Card, error) {
	if c.Status() == StatusCancelled {
		return c, &Refusal{Code: CodeCancelled}
	}
	e.Kind, e.Minor = Cancel, -c.Balance()
	return c.post(e), nil
}

// SetBlocked blocks the card, or opens it again. A cancelled one stays so.
func (c Card) SetBlocked(e Entry, blocked bool) (Card, error) {
	if c.Status() == StatusCancelled {
		return c, &Refusal{Code: CodeCancelled}
	}
	if len(c.Entries) >= MaxRefunded {
		return c, &Refusal{CodeFull, c.Balance()}
	}
	if e.Kind = Open; blocked {
		e.Kind = Block
	}
	return c.post(e), nil
}

// New is the card that a sale or a gift of the shop issues.
func New(id string, e Entry, a money.Amount, owner string, expiresOn day.Day) Card {
	e.Kind, e.Minor = Issue, a.Minor
	return Card{ID: id, Currency: a.Currency, Owner: owner, ExpiresOn: expiresOn}.post(e)
}

// Sums is what has moved on one card or many, each sum zero or more.
type Sums struct {
	Issued    int64 `json:"issued"` // and loaded
	Redeemed  int64 `json:"redeemed"`
	Refunded  int64 `json:"refunded"`
	Expired   int64 `json:"expired"`
	Cancelled int64 `json:"cancelled"`
	Balance   int64 `json:"balance"`
}

// Add returns the sum.
func (s Sums) Add(o Sums) Sums {
	return Sums{s.Issued + o.Issued, s.Redeemed + o.Redeemed, s.Refunded + o.Refunded, s.Expired + o.Expired, s.Cancelled + o.Cancelled, s.Balance + o.Balance}
}

// Ties reports whether what is left is what was paid in, less what was taken out: the two sides of the book.
func (s Sums) Ties() bool {
	return s.Balance == s.Issued-s.Redeemed+s.Refunded-s.Expired-s.Cancelled
}

// Sums adds a card's entries up by kind.
func (c Card) Sums() Sums {
	s := Sums{Balance: c.Balance()}
	for _, e := range c.Entries {
		switch e.Kind {
		case Issue, Load:
			s.Issued += e.Minor
		case Redeem:
			s.Redeemed -= e.Minor
		case Refund:
			s.Refunded += e.Minor
		case Expire:
			s.Expired -= e.Minor
		case Cancel:
			s.Cancelled -= e.Minor
		}
	}
	return s
}

// Sound reports what is wrong with the book, "" for nothing: the first entry issues, no cause stands twice, the balance was never below zero
// nor above what was paid in, no redemption came back beyond itself, and nothing but nothing follows the end.
func (c Card) Sound() string {
	seen := map[string]Entry{}
	back := map[string]int64{}
	var balance, paidIn int64
	for i, e := range c.Entries {
		if (i == 0) != (e.Kind == Issue) {
			return "it does not begin with one issue"
		}
		if _, twice := seen[e.Cause]; twice {
			return "cause " + e.Cause + " stands twice"
		}
		seen[e.Cause] = e
		balance += e.Minor
		if e.Kind == Issue || e.Kind == Load {
			paidIn += e.Minor
		}
		if e.Kind == Refund {
			if back[e.Of] += e.Minor; back[e.Of] > -seen[e.Of].Minor {
				return "more of " + e.Of + " came back than it took"
			}
		}
		if balance < 0 || balance > paidIn {
			return "the balance was below zero or above what was paid in"
		}
		if i > 0 && e.Minor != 0 && e.Kind != Cancel && (Card{Entries: c.Entries[:i]}).Status() == StatusCancelled {
			return "money moved after its end"
		}
	}
	if !c.Sums().Ties() {
		return "an entry is of no known kind"
	}
	return ""
}
