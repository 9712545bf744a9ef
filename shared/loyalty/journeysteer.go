package loyalty

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/journey"
)

// Journeyed lists where a card's shopper stands in campaigns with steps. ErrNotFound for a number that no card has.
func (s *Service) Journeyed(ctx context.Context, number string) ([]Placed, error) {
	opened, err := s.Cards.Open(ctx, number, true)
	if err != nil {
		return nil, unknownCard(number, err)
	}
	return s.Places.PlacesOf(ctx, opened.Shopper())
}

// StopJourney ends a card's journey in a campaign, and keeps back what it has ordered and not sent. One that is over already stays as it
// is. ErrNotFound where the card has never entered.
func (s *Service) StopJourney(ctx context.Context, number, campaign, by, why string) error {
	if by == "" || why == "" {
		return refuse(ErrInvalid, "by_missing", "say who stops it and why")
	}
	places, err := s.Journeyed(ctx, number)
	if err != nil {
		return err
	}
	found := false
	for _, p := range places {
		if p.Campaign != campaign {
			continue
		}
		found = true
		err := s.change(ctx, p, func(p journey.Place) journey.Place {
			return p.Over(journey.EndStopped, s.Now(), "stopped by %s: %s", by, why)
		})
		if err != nil {
			return err
		}
	}
	if !found {
		return refuse(ErrNotFound, "not_entered", "card %s has never entered campaign %q", number, campaign)
	}
	return nil
}

// change stores what a place that is not over becomes.
func (s *Service) change(ctx context.Context, p Placed, to func(journey.Place) journey.Place) error {
	for range maxRounds {
		if p.End != "" {
			return nil
		}
		p.Place = to(p.Place)
		_, err := s.Places.PutPlace(ctx, p)
		if err == nil {
			return nil
		}
		if !errors.Is(err, ErrConflict) {
			return fmt.Errorf("store where card %s stands: %w", p.Card, err)
		}
		if p, err = s.Places.Place(ctx, PlaceKey{p.Card, p.Campaign, p.Occasion}); err != nil {
			return fmt.Errorf("read where card %s stands: %w", p.Card, err)
		}
	}
	return errBusy
}

// JourneyMoved is what became of one card that was under way.
type JourneyMoved struct {
	Card string `json:"card"`
	From string `json:"from"`          // step
	To   string `json:"to,omitempty"`  // step; "" if it stays
	Why  string `json:"why,omitempty"` // it stays
}

// MoveJourneys lets the cards that wait in a campaign go on by the version that holds at a moment, each from the step that takes the place
// of its own, and lists them one by one. A wait keeps its end. After an error some have moved; the same call moves the rest.
func (s *Service) MoveJourneys(ctx context.Context, campaign string, at time.Time) ([]JourneyMoved, error) {
	rules, err := s.rules(ctx, at)
	if err != nil {
		return nil, err
	}
	plan, ok := rules.Journey(campaign)
	if !ok {
		return nil, refuse(ErrNotFound, "campaign_unknown", "the version from %s has no campaign %q with steps", rules.From.UTC().Format(time.RFC3339), campaign)
	}
	var list []JourneyMoved
	err = s.eachUnderWay(ctx, campaign, func(page []Placed) error {
		for _, p := range page {
			if p.Version.Equal(rules.From) {
				continue
			}
			moved, err := s.moveOne(ctx, p, plan, rules.From)
			if err != nil {
				return err
			}
			list = append(list, moved)
		}
		return nil
	})
	return list, err
}

// VersionFrom checks that a version holds from a moment, so that nobody is moved to another than was meant. ErrNotFound: none does.
func (s *Service) VersionFrom(ctx context.Context, from time.Time) error {
	rules, err := s.rules(ctx, from)
	if err != nil {
		return err
	}
	if !rules.From.Equal(from) {
		return refuse(ErrNotFound, "version_unknown", "no version holds from %s; the one that held then is that from %s", from.UTC().Format(time.RFC3339), rules.From.UTC().Format(time.RFC3339))
	}
	return nil
}

func (s *Service) moveOne(ctx context.Context, p Placed, plan *journey.Plan, version time.Time) (JourneyMoved, error) {
	told := JourneyMoved{Card: p.Card, From: p.Step}
	_, from, err := s.planOf(ctx, p.Place)
	if err != nil {
		return told, err
	}
	if from == nil {
		told.Why = "the version by which the card has entered is not there any more"
		return told, nil
	}
	next, why := plan.Move(p.Place, from, version, s.Now())
	if why != "" {
		told.Why = why
		return told, nil
	}
	p.Place = next
	_, err = s.Places.PutPlace(ctx, p)
	if errors.Is(err, ErrConflict) {
		told.Why = "it goes on at this moment; move it again"
		return told, nil
	}
	told.To = next.Step
	return told, err
}

// EraseJourneys ends all journeys of a card and of those that were merged into it, whose shopper is being erased, and returns how many went on
// until then.
func (s *Service) EraseJourneys(ctx context.Context, h card.Head) (ended int, err error) {
	cards := []string{h.ID}
	for _, j := range h.Joined {
		if !j.Past {
			cards = append(cards, j.ID)
		}
	}
	for _, id := range cards {
		places, err := s.Places.PlacesOf(ctx, id)
		if err != nil {
			return ended, fmt.Errorf("list where card %s stands: %w", id, err)
		}
		for _, p := range places {
			if p.End != "" {
				continue
			}
			err := s.change(ctx, p, func(p journey.Place) journey.Place {
				return p.Over(journey.EndErased, s.Now(), "the shopper was erased")
			})
			if err != nil {
				return ended, err
			}
			ended++
		}
	}
	return ended, nil
}
