package till

import (
	"time"

	"github.com/regulars-dev/regulars/shared/giftcard"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/money"
	"github.com/regulars-dev/regulars/shared/programme"
)

// Gift cards are named by their number, as it was scanned or typed, or by their id. A number in a path may stand in somebody's log, so
// tills that scan use POST /v1/gift-cards/find and the id from then on.

type giftBody struct {
	ID     string        `json:"id"`
	Amount *money.Amount `json:"amount"`
	Number string        `json:"number"` // of a printed card
	Card   string        `json:"card"`   // that store credit is bound to
	Reason string        `json:"reason"`
	By     string        `json:"by"`
	Store  string        `json:"store"`
}

type findGiftBody struct {
	Number string `json:"number"`
}

// moveBody moves money of a gift card.
type moveBody struct {
	ID         string        `json:"id"`
	Amount     *money.Amount `json:"amount"`
	Redemption string        `json:"redemption"` // of a refund: what it gives back
	Card       string        `json:"card"`       // of a redemption: the reward card that was shown
	Store      string        `json:"store"`
}

type giftAnswer struct {
	ID        string            `json:"id"`
	Number    string            `json:"number,omitempty"`  // told when it is issued, and at the repeat of that
	Printed   string            `json:"printed,omitempty"` // the number in groups
	Repeated  bool              `json:"repeated"`
	Status    giftcard.Status   `json:"status"`
	Balance   money.Amount      `json:"balance"`
	Moved     *money.Amount     `json:"moved,omitempty"` // by what was asked; below 0: taken off the card
	ExpiresOn string            `json:"expires_on,omitempty"`
	Card      string            `json:"card,omitempty"` // reward card that it is bound to
	Entries   []giftEntryAnswer `json:"entries"`        // the newest few
}

type giftEntryAnswer struct {
	At     time.Time    `json:"at"`
	Kind   string       `json:"kind"`
	Cause  string       `json:"cause"`
	Amount money.Amount `json:"amount"`
	Note   string       `json:"note,omitempty"`
}

const giftEntries = 10

func giftOf(said loyalty.GiftAnswer) giftAnswer {
	c := said.Card
	amount := func(minor int64) money.Amount { return money.Amount{Minor: minor, Currency: c.Currency} }
	a := giftAnswer{
		ID: c.ID, Number: said.Number, Repeated: said.Repeated, Status: c.Status(), Balance: amount(c.Balance()), ExpiresOn: c.ExpiresOn.String(), Card: c.Owner,
		Entries: []giftEntryAnswer{},
	}
	if said.Number != "" {
		a.Printed = giftcard.Printed(said.Number)
	}
	if said.Entry.Kind != 0 {
		moved := amount(said.Entry.Minor)
		a.Moved = &moved
	}
	for i := len(c.Entries) - 1; i >= 0 && len(a.Entries) < giftEntries; i-- {
		e := c.Entries[i]
		a.Entries = append(a.Entries, giftEntryAnswer{At: e.At.UTC(), Kind: e.Kind.String(), Cause: e.Cause, Amount: amount(e.Minor), Note: e.Note})
	}
	return a
}

// issueGift sells a gift card, or gives store credit: 201 the first time, 200 with the same number at a repeat.
func (d *door) issueGift(a *ask) (reply, error) {
	rules, raw, err := d.begin(a)
	if err != nil {
		return reply{}, err
	}
	body, f, err := decode[giftBody](raw, "card")
	if err != nil {
		return reply{}, err
	}
	f.till("/id", body.ID)
	minor := f.positive("/amount", body.Amount, rules.Currency)
	if body.Number != "" {
		f.giftCard("/number", body.Number)
	}
	for pointer, text := range map[string]string{"/reason": body.Reason, "/by": body.By} {
		if text != "" && !loyalty.SaidPlainly(text, loyalty.MaxReason) {
			f.add(pointer, "invalid", "must be at most %d characters on one line", loyalty.MaxReason)
		}
	}
	owner, err := d.shown(a, f, rules, body.Card, body.Store)
	if err != nil {
		return reply{}, err
	}
	note := body.Reason
	if body.By != "" {
		note += " (" + body.By + ")"
	}
	said, err := d.Service.IssueGiftCard(a.Context(), loyalty.GiftIssue{
		ID: body.ID, Store: a.who.storeOf(body.Store), Number: body.Number, Amount: money.Amount{Minor: minor, Currency: rules.Currency}, Owner: owner, Note: note,
	})
	if err != nil {
		return reply{}, err
	}
	afterGift(a, said)
	return created(said.Repeated, giftOf(said)), nil
}

// shown ends the judging of a body and reads the reward card that it may name.
func (d *door) shown(a *ask, f *faults, rules *programme.Programme, card, store string) (string, error) {
	scanned, err := f.scan("/card", card, rules.Numbering())
	if err != nil {
		return "", err
	}
	if store != "" {
		f.store("/store", store)
	}
	if err := f.problem(); err != nil {
		return "", err
	}
	if err := a.who.mayActFor(a.who.storeOf(store)); err != nil {
		return "", err
	}
	return d.number(a.Context(), scanned)
}

// findGift shows the gift card of a number that was scanned or typed.
func (d *door) findGift(a *ask) (reply, error) {
	raw, err := a.read()
	if err != nil {
		return reply{}, err
	}
	body, f, err := decode[findGiftBody](raw, "")
	if err != nil {
		return reply{}, err
	}
	f.missing(body.Number != "", "/number")
	id := f.giftCard("/number", body.Number)
	if err := f.problem(); err != nil {
		return reply{}, err
	}
	return d.gift(a, id)
}

// showGift shows a gift card.
func (d *door) showGift(a *ask) (reply, error) {
	id, err := giftIn(a)
	if err != nil {
		return reply{}, err
	}
	return d.gift(a, id)
}

func (d *door) gift(a *ask, id string) (reply, error) {
	c, err := d.Service.GiftCard(a.Context(), id)
	return ok(giftOf(loyalty.GiftAnswer{Card: c})), err
}

// giftIn is the id of the gift card that a path names.
func giftIn(a *ask) (string, error) {
	f := &faults{}
	id := f.giftCard("", a.PathValue("card"))
	return id, unreadable(f)
}

// moved judges a body that moves money of a gift card and does what it asks for. optional: without an amount all of it moves.
func (d *door) moved(a *ask, optional bool, do func(id string, body moveBody, minor int64, owner string) (loyalty.GiftAnswer, error)) (reply, error) {
	rules, raw, err := d.begin(a)
	if err != nil {
		return reply{}, err
	}
	body, f, err := decode[moveBody](raw, "card")
	if err != nil {
		return reply{}, err
	}
	f.till("/id", body.ID)
	minor := int64(0)
	if body.Amount != nil || !optional {
		minor = f.positive("/amount", body.Amount, rules.Currency)
	}
	owner, err := d.shown(a, f, rules, body.Card, body.Store)
	if err != nil {
		return reply{}, err
	}
	id, err := giftIn(a)
	if err != nil {
		return reply{}, err
	}
	d.beforeGift(a, id)
	said, err := do(id, body, minor, owner)
	if err != nil {
		return reply{}, err
	}
	afterGift(a, said)
	return created(said.Repeated, giftOf(said)), nil
}

// redeemGift pays with a gift card: all that is asked, or nothing and the answer says what is left.
func (d *door) redeemGift(a *ask) (reply, error) {
	return d.moved(a, false, func(id string, body moveBody, minor int64, owner string) (loyalty.GiftAnswer, error) {
		return d.Service.RedeemGiftCard(a.Context(), id, body.ID, minor, owner)
	})
}

// refundGift gives back what a redemption took; without an amount all that is left of it.
func (d *door) refundGift(a *ask) (reply, error) {
	return d.moved(a, true, func(id string, body moveBody, minor int64, _ string) (loyalty.GiftAnswer, error) {
		if body.Redemption == "" {
			return loyalty.GiftAnswer{}, field("/redemption", "missing", "is missing: the id of the redemption that is to come back")
		}
		return d.Service.RefundGiftCard(a.Context(), id, body.ID, body.Redemption, minor)
	})
}

// loadGift pays more money in.
func (d *door) loadGift(a *ask) (reply, error) {
	return d.moved(a, false, func(id string, body moveBody, minor int64, _ string) (loyalty.GiftAnswer, error) {
		return d.Service.LoadGiftCard(a.Context(), id, body.ID, minor)
	})
}

// setGiftStatus blocks a gift card, opens it, or cancels it: its purchase is refunded.
func (d *door) setGiftStatus(a *ask) (reply, error) {
	raw, err := a.read()
	if err != nil {
		return reply{}, err
	}
	body, f, err := decode[statusBody](raw, "")
	if err != nil {
		return reply{}, err
	}
	status := giftcard.Status(body.Status)
	if status != giftcard.StatusOpen && status != giftcard.StatusBlocked && status != giftcard.StatusCancelled {
		f.add("/status", "invalid", "should be open, blocked or cancelled")
	}
	body.judge(f)
	if err := f.problem(); err != nil {
		return reply{}, err
	}
	if err := a.who.mayActFor(a.who.storeOf(body.Store)); err != nil {
		return reply{}, err
	}
	id, err := giftIn(a)
	if err != nil {
		return reply{}, err
	}
	d.beforeGift(a, id)
	by := loyalty.ByHand{ID: body.ID, Reason: body.Reason, By: body.By}
	var said loyalty.GiftAnswer
	if status == giftcard.StatusCancelled {
		said, err = d.Service.CancelGiftCard(a.Context(), id, by)
	} else {
		said, err = d.Service.BlockGiftCard(a.Context(), id, status == giftcard.StatusBlocked, by)
	}
	if err != nil {
		return reply{}, err
	}
	afterGift(a, said)
	return created(said.Repeated, giftOf(said)), nil
}
