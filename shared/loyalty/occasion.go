package loyalty

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/regulars-dev/regulars/events"
	"github.com/regulars-dev/regulars/shared/ids"
	"github.com/regulars-dev/regulars/shared/programme"
)

// Asked is what has become of an occasion that somebody has asked for.
type Asked struct {
	Card     string // id
	Campaign string
	Occasion string
	Said
}

// SpeakTo lets a campaign that waits to be asked speak to the card of a number, on an occasion that the caller names: once for each, however
// often it is asked.
//
// ErrInvalid: the occasion is none. ErrNotFound: there is no such card or campaign. ErrRefused: the campaign speaks on something else.
func (s *Service) SpeakTo(ctx context.Context, campaign, number, occasion string) (Asked, error) {
	if !ids.ValidPart(occasion) {
		return Asked{}, refuse(ErrInvalid, "occasion", "the occasion must be 1 to %d of A-Z a-z 0-9 . _ - #", ids.MaxPart)
	}
	now := s.Now()
	rules, err := s.rules(ctx, now)
	if err != nil {
		return Asked{}, err
	}
	c, known := rules.Campaign(campaign)
	if !known {
		return Asked{}, refuse(ErrNotFound, "campaign_unknown", "the programme that holds now has no campaign %q", campaign)
	}
	if c.On != programme.OnAPI {
		return Asked{}, refuse(ErrRefused, "campaign_not_asked", "campaign %s speaks on: %s; only one on: %s is asked to", campaign, c.On, programme.OnAPI)
	}
	opened, err := s.Cards.Open(ctx, number, true)
	if err != nil {
		return Asked{}, unknownCard(number, err)
	}
	told, err := s.speakOnce(ctx, opened, rules, programme.Moment{Campaign: campaign, Occasion: occasion}, now)
	if err != nil {
		return Asked{}, fmt.Errorf("card %s: %w", opened.Head.ID, err)
	}
	return Asked{Card: opened.Head.ID, Campaign: campaign, Occasion: occasion, Said: told}, nil
}

// hearTouched lets the campaigns speak that wait for a touch. The event's own id is the occasion, so a repeat changes nothing; one that
// comes later than Campaign.Late says nothing any more.
func (s *Service) hearTouched(ctx context.Context, m events.Metadata, data events.ShopperTouched) error {
	now := s.Now()
	rules, err := s.rules(ctx, now)
	if err != nil {
		return err
	}
	if err := s.hearTouch(ctx, rules, m.OccurredAt, data); err != nil {
		return fmt.Errorf("touch %s: %w", m.ID, err)
	}
	moments := rules.Touched(data.Touch, data.Campaign, ids.Derive(touchLength, m.Source, m.ID))
	if len(moments) == 0 {
		return nil
	}
	for _, moment := range moments {
		moment.At = m.OccurredAt
		if err := s.speakOf(ctx, data.Card, rules, moment, now); err != nil {
			return fmt.Errorf("touch %s: %w", m.ID, err)
		}
	}
	return nil
}

// touchLength is the characters of an occasion that is named after an event.
const touchLength = 16

func (s *Service) speakOf(ctx context.Context, number string, rules *programme.Programme, m programme.Moment, now time.Time) error {
	opened, err := s.Cards.Open(ctx, number, true)
	if errors.Is(err, ErrNotFound) {
		return unknownCard(number, err)
	}
	if err != nil {
		return fmt.Errorf("open card %s: %w", number, err)
	}
	r := run{now: now}
	return s.speakAt(ctx, &r, opened, rules, m)
}
