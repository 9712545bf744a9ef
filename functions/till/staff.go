package till

import (
	"github.com/regulars-dev/regulars/shared/acts"
	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/ids"
	"github.com/regulars-dev/regulars/shared/loyalty"
)

// adjustCard gives or takes points by hand: 201 the first time, 200 at a repeat.
func (d *door) adjustCard(a *ask) (reply, error) {
	return byHand(d, a, func(body adjustBody, f *faults) (handBody, act) {
		if body.Points == 0 || body.Points < -loyalty.MaxAdjustment || body.Points > loyalty.MaxAdjustment {
			f.add("/points", "invalid", "must be a whole number from -%d to %d, and not 0", loyalty.MaxAdjustment, loyalty.MaxAdjustment)
		}
		return body.handBody, func(number string, by loyalty.ByHand) (loyalty.Answer, error) {
			return d.Service.Adjust(a.Context(), number, body.Points, by)
		}
	})
}

// activatePoints makes points usable that wait for their day: 201 the first time, 200 at a repeat.
func (d *door) activatePoints(a *ask) (reply, error) {
	return byHand(d, a, func(body activateBody, f *faults) (handBody, act) {
		points := int64(0) // all that wait
		if body.Points != nil {
			if points = *body.Points; points < 1 || points > loyalty.MaxAdjustment {
				f.add("/points", "invalid", "must be a whole number from 1 to %d; leave it out for all that wait", loyalty.MaxAdjustment)
			}
		}
		return body.handBody, func(number string, by loyalty.ByHand) (loyalty.Answer, error) {
			return d.Service.Activate(a.Context(), number, points, by)
		}
	})
}

// setStatus opens, blocks or closes a card: 201 the first time, 200 at a repeat.
func (d *door) setStatus(a *ask) (reply, error) {
	return byHand(d, a, func(body statusBody, f *faults) (handBody, act) {
		to, ok := card.ParseStatus(body.Status)
		if !ok {
			f.add("/status", "invalid", "should be open, blocked or closed")
		}
		return body.handBody, func(number string, by loyalty.ByHand) (loyalty.Answer, error) {
			return d.Service.SetStatus(a.Context(), number, to, by)
		}
	})
}

// act is what a body asks for, once it is judged.
type act func(number string, by loyalty.ByHand) (loyalty.Answer, error)

// byHand judges a body, does what it asks for and shows the card.
func byHand[T any](d *door, a *ask, read func(T, *faults) (handBody, act)) (reply, error) {
	raw, err := a.read()
	if err != nil {
		return reply{}, err
	}
	body, f, err := decode[T](raw, "")
	if err != nil {
		return reply{}, err
	}
	hand, do := read(body, f)
	hand.judge(f)
	if err := f.problem(); err != nil {
		return reply{}, err
	}
	if err := a.who.mayActFor(a.who.storeOf(hand.Store)); err != nil {
		return reply{}, err
	}
	number, err := d.numberIn(a, a.PathValue("number"))
	if err != nil {
		return reply{}, err
	}
	d.before(a, number)
	said, err := do(number, loyalty.ByHand{ID: hand.ID, Reason: hand.Reason, By: hand.By})
	if err != nil {
		return reply{}, err
	}
	told, err := d.card(a, number)
	acts.Tell(a.Context(), acts.Told{After: standing(told)})
	return created(said.Repeated, actedAnswer{Repeated: said.Repeated, cardAnswer: told}), err
}

func (h handBody) judge(f *faults) {
	f.missing(h.ID != "", "/id")
	if !ids.ValidPart(h.ID) {
		f.add("/id", "invalid", "must be 1 to %d of A-Z a-z 0-9 . _ - #", ids.MaxPart)
	}
	for _, text := range []struct {
		pointer, said string
		most          int
	}{{"/reason", h.Reason, loyalty.MaxReason}, {"/by", h.By, loyalty.MaxBy}} {
		f.missing(text.said != "", text.pointer)
		if !loyalty.SaidPlainly(text.said, text.most) {
			f.add(text.pointer, "invalid", "must be 1 to %d characters on one line", text.most)
		}
	}
	if h.Store != "" {
		f.store("/store", h.Store)
	}
}
