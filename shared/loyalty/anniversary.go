package loyalty

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/programme"
)

// Tally counts what a run did, one count per card it looked at.
type Tally struct {
	Spoken   int // the campaign spoke
	Repeated int // it had spoken for this occasion before
	PassedBy int // its rule does not hold for the card, or the card takes no part
}

// maxFailures is how many cards may fail before a run gives up: by then it is not the cards.
const maxFailures = 10

// Anniversaries speaks for every campaign of dates to the cards whose date falls on today: it posts the campaign's entry, once a
// year, and what follows (coupon, e-mail) comes of the entry. now chooses the rules. The same day again changes nothing.
//
// A card that fails does not keep the others waiting. The error names all that failed; call again for the same day.
func (s *Service) Anniversaries(ctx context.Context, today day.Day, now time.Time) (Tally, error) {
	var tally Tally
	rules, err := s.rules(ctx, now)
	if err != nil {
		return tally, err
	}
	var failed []error
	for _, campaign := range rules.Anniversaries() {
		for _, date := range day.KeptOn(today) {
			err := s.Dated.OnDay(ctx, campaign.Date, date.String(), func(id string) error {
				err := s.speak(ctx, rules, campaign, id, today, now, &tally)
				if err == nil {
					return nil
				}
				if failed = append(failed, err); len(failed) >= maxFailures || ctx.Err() != nil {
					return errors.New("too many cards failed")
				}
				return nil
			})
			if err != nil {
				return tally, fmt.Errorf("campaign %s on %s: %w", campaign.ID, today, errors.Join(append(failed, err)...))
			}
		}
	}
	return tally, errors.Join(failed...)
}

// errPassedBy ends a posting that the campaign's rule does not allow.
var errPassedBy = errors.New("the campaign passes this card by")

func (s *Service) speak(ctx context.Context, rules *programme.Programme, c programme.Campaign, id string, today day.Day, now time.Time, tally *Tally) error {
	opened, err := s.Cards.Open(ctx, id, false)
	if errors.Is(err, ErrNotFound) {
		tally.PassedBy++
		return nil
	}
	if err != nil {
		return fmt.Errorf("open card %s: %w", id, err)
	}
	if since := opened.Head.EnrolledOn; since > today || c.Date == "enrolled" && since == today {
		tally.PassedBy++ // there was no card that day yet, or the day itself is no anniversary
		return nil
	}
	cause := fmt.Sprintf("%s~%d", c.ID, today.Year())
	a, err := s.post(ctx, opened, posting{
		cause: cause,
		at:    today.Start(rules.Zone("")),
		decide: func(head card.Head) (card.Head, error) {
			next, spoken := rules.Occasion(head, opened.Profile, c, cause, today, now)
			if !spoken {
				return card.Head{}, errPassedBy
			}
			return next, nil
		},
	})
	switch {
	case errors.Is(err, errPassedBy):
		tally.PassedBy++
	case err != nil:
		return fmt.Errorf("card %s: %w", id, err)
	case a.Repeated:
		tally.Repeated++
	default:
		tally.Spoken++
	}
	return nil
}
