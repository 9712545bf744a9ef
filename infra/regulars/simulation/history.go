package simulation

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/ledger"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/message"
	"github.com/regulars-dev/regulars/shared/programme"
)

// What a Row may be about.
const (
	aMail   = "mail"
	aCoupon = "coupon"
	aPoints = "points"
	aLeave  = "left alone" // held out, at an occasion that would have brought a coupon or points

	aRefusal = "no coupon" // at a checkout or on a date, because of the budget
)

// outcomeSent is the outcome of an e-mail that the mail service took; every other is a reason.
const outcomeSent = "sent"

func count(h card.Head) int64 { return int64(h.Book.Pages)*ledger.PageSize + int64(len(h.Book.Tail)) }

// history reads off the copy what the game has brought each card, and gives it to the reckoning card by card.
func (g *game) history(ctx context.Context, rules *programme.Programme, r *reckoning) error {
	looked := int64(0)
	for after, more := "", true; more; more = after != "" {
		cards, next, err := g.shop.Store.CardsOf(ctx, 0, 1, after)
		if err != nil {
			return err
		}
		for _, o := range cards {
			rows, err := g.rowsOf(ctx, rules, o)
			if err != nil {
				return fmt.Errorf("read what became of card %s: %w", o.Head.ID, err)
			}
			if err := g.add(r, rows); err != nil {
				return err
			}
			looked++
		}
		g.tell("adding up", looked, g.copied.cards)
		after = next
	}
	return nil
}

func (g *game) add(r *reckoning, rows []Row) error {
	for _, row := range rows {
		if !g.ask.Rows {
			break
		}
		if err := g.each(row); err != nil {
			return err
		}
	}
	r.card(rows)
	return nil
}

// rowsOf lists what happened to a card within the days that are counted. Days are those of the shopper's own clock.
func (g *game) rowsOf(ctx context.Context, rules *programme.Programme, o loyalty.Opened) ([]Row, error) {
	zone := rules.ShopperZone(o.Profile.TimeZone)
	var rows []Row
	add := func(at time.Time, row Row) {
		on := day.Of(at, zone)
		if on < g.from || on > g.to {
			return
		}
		row.At, row.Day, row.Card = at.UTC(), on.String(), o.Head.ID
		rows = append(rows, row)
	}
	entries, err := g.newEntries(ctx, o.Head)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if err := g.entry(rules, o.Head, e, add); err != nil {
			return nil, err
		}
	}
	for _, id := range append(o.Head.Members(), o.Head.ID) {
		list, err := g.shop.Store.MessagesOf(ctx, id)
		if err != nil {
			return nil, err
		}
		for _, rec := range list {
			mail(rec, g.begins, add)
		}
	}
	return rows, nil
}

// newEntries are those that the game has added to a book.
func (g *game) newEntries(ctx context.Context, h card.Head) ([]ledger.Entry, error) {
	fresh := count(h) - g.copied.entries[h.ID]
	if fresh <= int64(len(h.Book.Tail)) {
		return h.Book.Tail[int64(len(h.Book.Tail))-max(0, fresh):], nil
	}
	pages, err := g.shop.Store.Pages(ctx, h.ID)
	if err != nil {
		return nil, err
	}
	var every []ledger.Entry
	for _, p := range pages {
		if p.Number <= h.Book.Pages {
			every = append(every, p.Entries...)
		}
	}
	every = append(every, h.Book.Tail...)
	return every[max(0, int64(len(every))-fresh):], nil
}

// entry tells what campaigns have done with an entry.
func (g *game) entry(rules *programme.Programme, h card.Head, e ledger.Entry, add func(time.Time, Row)) error {
	at := e.At
	if at.Before(g.begins) {
		at = g.begins // what a game makes good for counts on its first day
	}
	coupons, err := card.Coupons(e, card.MarkGranted)
	if err != nil {
		return err
	}
	for _, c := range coupons {
		add(at, Row{Campaign: c.Campaign, What: aCoupon, Offer: c.Offer, Occasion: e.Cause, Worth: g.worth(rules, h, c.Offer)})
	}
	bonuses, err := card.Bonuses(e)
	if err != nil {
		return err
	}
	for _, b := range bonuses {
		if _, campaign := rules.Campaign(b.By); campaign && b.Points > 0 {
			add(at, Row{Campaign: b.By, What: aPoints, Points: b.Points, Occasion: e.Cause})
		}
	}
	for _, m := range e.Marks {
		if m.Kind == card.MarkHeldOut {
			add(at, Row{Campaign: m.Text, What: aLeave, Outcome: string(message.HeldOut), Occasion: e.Cause})
		}
		if campaign, reason := card.NotTakenOf(m); m.Kind == card.MarkNotTaken && reason == programme.CouponBudgetSpent && !minted(e) {
			add(at, Row{Campaign: campaign, What: aRefusal, Outcome: reason, Occasion: e.Cause})
		}
	}
	return nil
}

// minted reports whether an e-mail has brought the entry, whose record says what became of it.
func minted(e ledger.Entry) bool { return strings.HasPrefix(e.Cause, "mail~") }

// mail tells what became of an e-mail, if that was in the game.
func mail(rec message.Record, begins time.Time, add func(time.Time, Row)) {
	row := Row{Campaign: rec.Campaign, Occasion: rec.Occasion, What: aMail}
	at := rec.SettledAt
	switch {
	case !rec.SentAt.IsZero():
		at, row.Outcome = rec.SentAt, outcomeSent
	case rec.State == message.StateDeferred:
		at, row.Outcome = rec.NotBefore, "waits: "+string(rec.Reason)
	default:
		row.Outcome = string(rec.Reason)
	}
	if !at.Before(begins) {
		add(at, row)
	}
}

// worth is what a coupon may take off: at most, where the offer bounds it, else about as much as its share of what the card, or the shop
// where the card has bought nothing, pays on average.
func (g *game) worth(rules *programme.Programme, h card.Head, offer string) int64 {
	if most, bounded := rules.MostOff(offer); bounded {
		return most
	}
	visits, spent := h.Habits.Visits, h.Habits.Spent
	if visits == 0 {
		visits, spent = g.copied.visits, g.copied.spent
	}
	return rules.UsuallyOff(offer, max(0, spent)/max(1, visits))
}
