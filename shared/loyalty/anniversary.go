package loyalty

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/programme"
)

// Tally counts what a run did, one count per card it looked at.
type Tally struct {
	Spoken   int // the campaign spoke
	Repeated int // it had spoken for this occasion before
	PassedBy int // its rule does not hold for the card, the card takes no part, or it was spoken to less than programme.GiftGap days ago
}

// maxFailures is how many cards may fail before a run gives up: by then it is not the cards.
const maxFailures = 10

// firstRun is how far back the very first run looks.
const firstRun = 24 * time.Hour

// Anniversaries speaks for every campaign of dates whose moment has come by now and had not by the last run: to each shopper at the
// campaign's hour on the shopper's own clock. It posts the campaign's entry, once for each year that the day falls into, and what
// follows (coupon, e-mail) comes of the entry. The same run again changes nothing.
//
// A run that was kept waiting speaks late, up to Campaign.Late; what is older is not made good for. A card that fails does not keep the
// others waiting: the error names all that failed, and the next run begins where this one did.
func (s *Service) Anniversaries(ctx context.Context, now time.Time) (Tally, error) {
	r := run{now: now}
	rules, err := s.rules(ctx, now)
	if err != nil {
		return r.Tally, err
	}
	last, version, err := s.Dated.SpokenUntil(ctx)
	if err != nil {
		return r.Tally, fmt.Errorf("read how far campaigns of dates have come: %w", err)
	}
	if version == 0 { // written down before anything is done, so that a first run that fails is made good too
		last, version = now.Add(-firstRun), 1
		if err := s.Dated.PutSpokenUntil(ctx, last, 0); err != nil {
			return r.Tally, fmt.Errorf("store how far campaigns of dates have come: %w", err)
		}
	}
	if !last.Before(now) {
		return r.Tally, nil // a later tick was faster
	}
	for _, k := range rules.Kept(last, now) {
		if may, err := s.maySpeak(ctx, rules, k.Campaign.ID); err != nil {
			return r.Tally, err
		} else if !may {
			continue
		}
		from := last
		if earliest := now.Add(-k.Campaign.Late()); from.Before(earliest) {
			from = earliest
		}
		if err := s.keep(ctx, &r, rules, k, from); err != nil {
			return r.Tally, err
		}
	}
	if len(r.failed) > 0 {
		return r.Tally, errors.Join(r.failed...)
	}
	if err := s.Dated.PutSpokenUntil(ctx, now, version); err != nil && !errors.Is(err, ErrConflict) {
		return r.Tally, fmt.Errorf("store how far campaigns of dates have come: %w", err)
	}
	return r.Tally, nil
}

// run is what one run of the campaigns of dates has come to.
type run struct {
	Tally
	now    time.Time
	failed []error
}

// keep speaks to every shopper who has the day, and on whose clock its moment lies after one moment and not after the run's.
func (s *Service) keep(ctx context.Context, r *run, rules *programme.Programme, k programme.Kept, after time.Time) error {
	for _, date := range k.Dates {
		err := s.Dated.OnDay(ctx, k.Campaign.Date, date.String(), func(id, zone string) error {
			at := k.At(rules.ShopperZone(zone))
			if !at.After(after) || at.After(r.now) {
				return nil
			}
			if err := s.speak(ctx, r, k, id, at); err != nil {
				r.failed = append(r.failed, err)
			}
			if len(r.failed) >= maxFailures || ctx.Err() != nil {
				return errors.New("too many cards failed")
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("campaign %s on %s: %w", k.Campaign.ID, k.Day, errors.Join(append(r.failed, err)...))
		}
	}
	return nil
}

// Greet speaks for the campaigns of dates whose moment was within the last day for this shopper: a date that is told on the day itself
// comes after the run that would have kept it. It does what that run would have done, and once only. For dates that are attributes it sees
// to it that the card is looked at when the next of them comes.
func (s *Service) Greet(ctx context.Context, id string) error {
	r := run{now: s.Now()}
	rules, err := s.rules(ctx, r.now)
	if err != nil {
		return err
	}
	opened, err := s.Cards.Open(ctx, id, true)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("open card %s: %w", id, err)
	}
	if next, comes := rules.NextOwnDate(opened.Profile, r.now); comes && opened.Shopper() == id {
		if err := s.bringForward(ctx, id, next, nil); err != nil {
			return err
		}
	}
	dates := datesOf(opened.Profile)
	for _, k := range rules.Kept(r.now.Add(-firstRun), r.now) {
		at := k.At(rules.ShopperZone(opened.Profile.TimeZone))
		if !slices.Contains(k.Dates, dates[k.Campaign.Date]) || at.After(r.now) || !at.After(r.now.Add(-firstRun)) {
			continue
		}
		if may, err := s.maySpeak(ctx, rules, k.Campaign.ID); err != nil {
			return err
		} else if !may {
			continue
		}
		if err := s.speak(ctx, &r, k, id, at); err != nil {
			return err
		}
	}
	return nil
}

// datesOf is the shopper's days of the year by the names that campaigns know them by.
func datesOf(p card.Profile) map[string]day.Yearly {
	dates := map[string]day.Yearly{"birthday": p.Birthday}
	if p.Since != 0 {
		_, m, d := p.Since.Date()
		dates["enrolled"] = day.Yearly{Month: m, Day: d}
	}
	return dates
}

// errPassedBy ends a posting that the campaign's rule does not allow.
var errPassedBy = errors.New("the campaign passes this card by")

// speak posts the entry of one campaign for one card, by the rules of the moment at which it speaks: a campaign says nothing about days
// before it began.
func (s *Service) speak(ctx context.Context, r *run, k programme.Kept, id string, at time.Time) error {
	rules, err := s.rules(ctx, at)
	if err != nil {
		return err
	}
	opened, err := s.Cards.Open(ctx, id, false)
	if errors.Is(err, ErrNotFound) {
		r.PassedBy++
		return nil
	}
	if err != nil {
		return fmt.Errorf("open card %s: %w", id, err)
	}
	_, known := rules.Campaign(k.Campaign.ID)
	// There was no card that day yet, or the day of its making is no anniversary; or it was merged into a card that has its own dates.
	since := opened.Head.EnrolledOn
	if id != opened.Head.ID {
		since, k = opened.Profile.Since, k.Of(id)
	}
	if !known || opened.Shopper() != id || since > k.SpokenOn() || k.Campaign.Date == "enrolled" && since >= k.Day {
		r.PassedBy++
		return nil
	}
	a, err := s.post(ctx, opened, posting{
		cause:   k.Cause(),
		at:      k.SpokenOn().Start(rules.Zone("")),
		shopper: true,
		decide: func(head card.Head) (card.Head, error) {
			early, err := s.tooEarly(ctx, head, opened.Number, k, rules)
			if err != nil {
				return card.Head{}, err
			}
			next, spoken := rules.Occasion(head, opened.Profile, k, r.now)
			if early || !spoken {
				return card.Head{}, errPassedBy
			}
			return next, nil
		},
	})
	switch {
	case errors.Is(err, errPassedBy):
		r.PassedBy++
	case err != nil:
		return fmt.Errorf("card %s: %w", id, err)
	case a.Repeated:
		r.Repeated++
	default:
		r.Spoken++
	}
	return nil
}

// tooEarly reports whether the campaign spoke to the card less than programme.GiftGap days before: the shopper's date has moved.
func (s *Service) tooEarly(ctx context.Context, head card.Head, number string, k programme.Kept, rules *programme.Programme) (bool, error) {
	gap := (k.SpokenOn() - programme.GiftGap + 1).Start(rules.Zone("")) // an entry that is in the way lies after this
	e, _, found, err := s.recallFor(ctx, head, number, posting{cause: k.CauseBefore(), at: gap, shopper: true})
	return found && !e.At.Before(gap), err
}
