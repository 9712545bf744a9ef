package till

import (
	"fmt"
	"net/http"
	"time"

	"github.com/regulars-dev/regulars/events"
	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/giftcard"
	"github.com/regulars-dev/regulars/shared/ids"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/money"
	"github.com/regulars-dev/regulars/shared/programme"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// tenderBody is a part of the total that was paid with points or a gift card.
type tenderBody struct {
	Kind       string        `json:"kind"`
	Points     int64         `json:"points"`
	Hold       string        `json:"hold"`      // the till's id of the hold that the points settle
	Amount     *money.Amount `json:"amount"`    // of a gift card
	GiftCard   string        `json:"gift_card"` // its number as scanned, or its id
	Redemption string        `json:"redemption"`
}

// tenderAnswer is what became of a tender: what was taken, or in a return what goes back.
type tenderAnswer struct {
	Kind          string        `json:"kind"`                // points, gift_card, or other: what was paid in another way
	GiftCard      string        `json:"gift_card,omitempty"` // its id
	Points        int64         `json:"points,omitempty"`
	Amount        money.Amount  `json:"amount"`
	Missing       *money.Amount `json:"missing,omitempty"` // the till took it and it was not there; of a return: it was never paid
	MissingPoints int64         `json:"points_missing,omitempty"`
	OwedPoints    int64         `json:"points_owed,omitempty"` // of the points: the card did not have them and owes them now
	Reason        string        `json:"reason,omitempty"`
}

type payableAnswer struct {
	Points int64        `json:"points"`
	Amount money.Amount `json:"amount"`
}

type holdBody struct {
	ID      string `json:"id"`
	Points  int64  `json:"points"`
	Minutes int64  `json:"minutes"`
	Store   string `json:"store"`
}

type holdAnswer struct {
	Card      string    `json:"card"`
	ID        string    `json:"id"`
	Points    int64     `json:"points"`
	Until     time.Time `json:"until"`
	Available int64     `json:"available"`
	Repeated  bool      `json:"repeated"`
}

// tenders turns what a till says of its tenders into those of the contract, which knows gift cards by their ids alone.
func (f *faults) tenders(said []tenderBody, in money.Currency) []events.Tender {
	f.atMost("/tenders", len(said), receipt.MaxTenders)
	var list []events.Tender
	for i, t := range said[:min(len(said), receipt.MaxTenders)] {
		at := fmt.Sprintf("/tenders/%d", i)
		told := events.Tender{Kind: t.Kind, Points: t.Points, Hold: t.Hold, Amount: f.minor(at+"/amount", t.Amount, in), Redemption: t.Redemption}
		if t.Kind == receipt.TenderGiftCard {
			f.missing(t.GiftCard != "", at+"/gift_card")
			f.missing(t.Amount != nil, at+"/amount")
			told.GiftCard = f.giftCard(at+"/gift_card", t.GiftCard)
		}
		list = append(list, told)
	}
	return list
}

// giftCard is the id of a gift card that was scanned, typed or named.
func (f *faults) giftCard(pointer, text string) string {
	if giftcard.ParseID(text) {
		return text
	}
	number, ok := giftcard.ParseNumber(text)
	if !ok {
		f.add(pointer, "gift_card_number", "is no number of a gift card; scan it again")
		return ""
	}
	return giftcard.IDOf(number)
}

// tendersOf tells what became of the tenders of a receipt, or what goes back to them.
func tendersOf(said loyalty.Answer, in money.Currency, back bool) []tenderAnswer {
	amount := func(minor int64) money.Amount { return money.Amount{Minor: minor, Currency: in} }
	missing := func(minor int64) *money.Amount {
		if minor == 0 {
			return nil
		}
		a := amount(minor)
		return &a
	}
	var list []tenderAnswer
	if p := said.Paid; p.Points != 0 || p.Minor != 0 || p.Missing != 0 || p.Unpaid != 0 {
		sign := int64(1)
		if back {
			sign = -1
		}
		t := tenderAnswer{
			Kind: receipt.TenderPoints, Points: sign * p.Points, Amount: amount(sign * p.Minor), Missing: missing(sign * p.Unpaid), MissingPoints: p.Missing, OwedPoints: p.Owed,
		}
		if p.Missing > 0 || p.Owed > 0 {
			t.Reason = "points_missing"
		}
		list = append(list, t)
	}
	for _, g := range said.Gifts {
		list = append(list, tenderAnswer{Kind: receipt.TenderGiftCard, GiftCard: g.ID, Amount: amount(g.Minor), Missing: missing(g.Missing), Reason: g.Reason})
	}
	return list
}

// refundsOf splits a refund: nothing is told where all of it goes back as it was paid.
func refundsOf(said loyalty.Returned, in money.Currency) []tenderAnswer {
	list := tendersOf(said.Answer, in, true)
	if said.Other == said.Refund.Amount && len(list) == 0 {
		return nil
	}
	return append(list, tenderAnswer{Kind: "other", Amount: money.Amount{Minor: said.Other, Currency: in}})
}

func payableOf(q loyalty.Quoted, rules *programme.Programme) *payableAnswer {
	if q.Payable == 0 {
		return nil
	}
	return &payableAnswer{Points: q.Payable, Amount: money.Amount{Minor: rules.PointsWorth(q.Payable), Currency: rules.Currency}}
}

// holdPoints keeps points of a card for a basket: 201 the first time, 200 at a repeat.
func (d *door) holdPoints(a *ask) (reply, error) {
	raw, err := a.read()
	if err != nil {
		return reply{}, err
	}
	body, f, err := decode[holdBody](raw, "")
	if err != nil {
		return reply{}, err
	}
	f.till("/id", body.ID)
	if body.Points < 1 || body.Points > events.MaxPoints {
		f.add("/points", "invalid", "must be a whole number from 1 to %d", int64(events.MaxPoints))
	}
	if most := int64(loyalty.MaxHold.Minutes()); body.Minutes < 0 || body.Minutes > most {
		f.add("/minutes", "invalid", "must be from 1 to %d; leave it out for as long as the programme says", most)
	}
	number, err := d.actor(a, f, body.Store)
	if err != nil {
		return reply{}, err
	}
	h, err := d.Service.HoldPoints(a.Context(), number, body.ID, body.Points, time.Duration(body.Minutes)*time.Minute)
	if err != nil {
		return reply{}, err
	}
	return created(h.Repeated, holdAnswer{Card: h.Card, ID: h.ID, Points: h.Points, Until: h.Until, Available: h.Available, Repeated: h.Repeated}), nil
}

// releasePoints ends a hold. One that is gone is released.
func (d *door) releasePoints(a *ask) (reply, error) {
	number, err := d.numberIn(a, a.PathValue("number"))
	if err != nil {
		return reply{}, err
	}
	return reply{status: http.StatusNoContent}, d.Service.ReleasePoints(a.Context(), number, a.PathValue("id"))
}

// actor ends the judging of a body that acts for a store, and reads the card of the path.
func (d *door) actor(a *ask, f *faults, store string) (number string, err error) {
	if store != "" {
		f.store("/store", store)
	}
	if err := f.problem(); err != nil {
		return "", err
	}
	if err := a.who.mayActFor(a.who.storeOf(store)); err != nil {
		return "", err
	}
	return d.numberIn(a, a.PathValue("number"))
}

// till judges an id of the till's own.
func (f *faults) till(pointer, id string) {
	f.missing(id != "", pointer)
	if !ids.ValidPart(id) {
		f.add(pointer, "invalid", "must be 1 to %d of A-Z a-z 0-9 . _ - #", ids.MaxPart)
	}
}

// positive judges an amount that moves money.
func (f *faults) positive(pointer string, a *money.Amount, in money.Currency) int64 {
	f.missing(a != nil, pointer)
	minor := f.minor(pointer, a, in)
	if a != nil && (minor < 1 || minor > money.MaxMinor) {
		f.add(pointer+"/amount", "invalid", "must be from 1 to %d", int64(money.MaxMinor))
	}
	return minor
}

// unreadable is the answer to a path that names no gift card.
func unreadable(f *faults) error {
	if len(f.list) == 0 {
		return nil
	}
	return edge.Problem{Status: http.StatusUnprocessableEntity, Code: f.list[0].Code, Detail: sentence("the path " + f.list[0].Detail)}
}
