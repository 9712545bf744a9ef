package loyalty

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/ids"
	"github.com/regulars-dev/regulars/shared/limit"
	"github.com/regulars-dev/regulars/shared/offer"
	"github.com/regulars-dev/regulars/shared/programme"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// How long a till may hold what a basket uses.
const (
	ReserveFor = 15 * time.Minute // where the till says nothing
	MaxReserve = 2 * time.Hour
)

// maxPricings is how often a quote is reckoned anew because nothing was left of an offer or code. Each time it goes without one more.
const maxPricings = 50

// errShort ends a hold of which a part cannot be had.
var errShort = errors.New("nothing is left")

// pricing is a quote at work: the basket with the codes that may still be used, and the offers of which nothing is left.
type pricing struct {
	rules   *programme.Programme
	head    card.Head
	shopper card.Profile
	basket  receipt.Receipt
	goods   programme.Catalogue
	on      day.Day
	now     time.Time
	until   time.Time // of the hold; zero where nothing is held
	spent   programme.Spent
	codes   []receipt.Use // all that were shown, with why one cannot be used
	prior   []string      // tallies that the same reservation held a part of before
	wanted  []want
}

// want is what the basket would use of one offer.
type want struct {
	offer, code string
	counters    []limit.Counter
	take        limit.Take
}

// price prices a basket with what is left of its offers. With until it also holds that for the till: all of it, or the price is
// another one. What the till's own reservation holds already never stands in its way.
func (s *Service) price(ctx context.Context, p *pricing) (offer.Priced, int64, error) {
	var err error
	if p.codes, err = s.codesOf(ctx, p.basket, p.rules); err != nil {
		return offer.Priced{}, 0, err
	}
	p.on = day.Of(p.basket.At, p.rules.Zone(p.basket.Key.Store))
	p.spent = p.rules.SpentByCard(p.head, p.basket.Card != "", p.on)
	if err = s.withoutStopped(ctx, p.spent); err != nil {
		return offer.Priced{}, 0, err
	}
	if !p.until.IsZero() {
		if p.prior, err = s.Reservations.Reservation(ctx, p.basket.Holder()); err != nil {
			return offer.Priced{}, 0, fmt.Errorf("read reservation %s: %w", p.basket.Reservation, err)
		}
	}
	for range maxPricings {
		p.basket.Uses = slices.DeleteFunc(slices.Clone(p.codes), func(u receipt.Use) bool { return u.Reason != "" })
		priced, points, err := p.rules.QuoteWithout(p.spent, p.head, p.shopper, p.basket, p.goods, p.now)
		if err != nil {
			return priced, points, err
		}
		p.wants(priced)
		if err = s.secure(ctx, p); !errors.Is(err, errShort) {
			return priced, points, err
		}
	}
	return offer.Priced{}, 0, errBusy
}

// wants lists what the offers that apply would use.
func (p *pricing) wants(priced offer.Priced) {
	p.wanted = nil
	for _, c := range priced.Considered {
		if !c.Applied {
			continue
		}
		w, uses := want{offer: c.Offer, take: limit.Take{Uses: 1, Money: c.Amount}}, int64(0)
		if i := slices.IndexFunc(p.codes, func(u receipt.Use) bool { return c.Coupon != "" && u.Code == c.Coupon }); i >= 0 {
			w.code, uses = c.Coupon, p.codes[i].Uses
		}
		w.counters = p.rules.Counters(c.Offer, w.code, uses, p.basket.Key.Store, p.on)
		if most, period := p.rules.CardLimit(c.Offer, p.on); most > 0 {
			left := most - p.head.Uses.Of(c.Offer, period)
			w.counters = append(w.counters, limit.Counter{Key: "card/" + p.head.ID + "/" + period + "/" + c.Offer, Limit: limit.Limit{Uses: left}})
		}
		if c.Coupon != "" && w.code == "" {
			w.counters = append(w.counters, limit.Counter{Key: "card/" + p.head.ID + "/coupon/" + c.Coupon, Limit: limit.Limit{Uses: 1}})
		}
		if len(w.counters) > 0 {
			p.wanted = append(p.wanted, w)
		}
	}
}

// keys are the tallies of all that is wanted, and of what was held before, each once.
func (p *pricing) keys() []string {
	keys := slices.Clone(p.prior)
	for _, w := range p.wanted {
		for _, c := range w.counters {
			if !slices.Contains(keys, c.Key) {
				keys = append(keys, c.Key)
			}
		}
	}
	return keys
}

// secure asks whether all that is wanted can be had, and holds it. errShort says that an offer or code has gone out of the basket.
func (s *Service) secure(ctx context.Context, p *pricing) error {
	keys := p.keys()
	if p.until.IsZero() {
		if len(p.wanted) == 0 {
			return nil
		}
		tallies, err := s.Limits.Tallies(ctx, keys)
		if err != nil {
			return fmt.Errorf("read limits: %w", err)
		}
		_, err = p.hold(keys, tallies)
		return err
	}
	if len(keys) == 0 {
		return nil
	}
	if len(keys) > maxCounters {
		return refuse(ErrRefused, "too_many_limits", "the basket uses %d limits at once, at most %d can be held; quote it without reserve", len(keys), maxCounters)
	}
	if err := s.Reservations.PutReservation(ctx, p.basket.Holder(), keys, p.until); err != nil {
		return fmt.Errorf("store reservation %s: %w", p.basket.Reservation, err)
	}
	return s.Limits.ChangeTallies(ctx, keys, func(tallies []limit.Tally) ([]limit.Tally, error) { return p.hold(keys, tallies) })
}

// hold holds all that is wanted on the tallies, and releases what is not wanted any more. Where a part cannot be had, it goes out of the
// basket, and errShort says so.
func (p *pricing) hold(keys []string, tallies []limit.Tally) ([]limit.Tally, error) {
	b, holder := book{}, p.basket.Holder()
	for i, key := range keys {
		b[key] = tallies[i].Release(holder, p.now)
	}
	short := false
	for _, w := range p.wanted {
		for _, c := range w.counters {
			h := limit.Hold{ID: holder, Take: w.take, Until: p.until}
			next, why := b[c.Key].Hold(c.Limit, h, p.now)
			if b[c.Key] = next; why != "" {
				p.without(w, c.Key, why)
				short = true
				break
			}
		}
	}
	if short {
		return nil, errShort
	}
	next := make([]limit.Tally, len(keys))
	for i, key := range keys {
		next[i] = b[key]
	}
	return next, nil
}

// without takes a code, or an offer, out of the basket.
func (p *pricing) without(w want, key string, why limit.Reason) {
	for i := range p.codes {
		if w.code != "" && p.codes[i].Code == w.code && key == programme.CodeTally(w.code) {
			p.codes[i].Reason = string(why)
			return
		}
	}
	p.spent[w.offer] = offer.Reason(why)
}

// Release gives back at once what a till holds for a basket, under the id that it gave to the quote. Doing so again changes nothing.
// ErrInvalid: the id cannot be one.
func (s *Service) Release(ctx context.Context, store, till, id string) error {
	if !ids.ValidPart(store) || !ids.ValidPart(till) || !ids.ValidPart(id) {
		return refuse(ErrInvalid, "reservation", "a reservation is named by store, till and id, each 1 to %d of A-Z a-z 0-9 . _ - #", ids.MaxPart)
	}
	holder := receipt.Receipt{Key: receipt.Key{Store: store, Till: till}, Reservation: id}.Holder()
	keys, err := s.Reservations.Reservation(ctx, holder)
	if err != nil || len(keys) == 0 {
		return err
	}
	now := s.Now()
	return s.Limits.ChangeTallies(ctx, keys, func(tallies []limit.Tally) ([]limit.Tally, error) {
		next := make([]limit.Tally, len(tallies))
		for i, t := range tallies {
			next[i] = t.Release(holder, now)
		}
		return next, nil
	})
}
