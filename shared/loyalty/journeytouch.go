package loyalty

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/regulars-dev/regulars/events"
	"github.com/regulars-dev/regulars/shared/journey"
	"github.com/regulars-dev/regulars/shared/programme"
)

// hearTouch tells the places of a card's shopper that wait for a touch, now or at a later step. No book knows of touches, so it is written
// into the place itself, over its version: a wait that is being written down at this moment finds it there. A click concerns the campaign
// whose e-mail it was in.
func (s *Service) hearTouch(ctx context.Context, rules *programme.Programme, at time.Time, data events.ShopperTouched) error {
	if !rules.HasJourneys() {
		return nil
	}
	opened, err := s.Cards.Open(ctx, data.Card, true)
	if errors.Is(err, ErrNotFound) {
		return nil // who speaks of it says so, if somebody does
	}
	if err != nil {
		return fmt.Errorf("open card %s: %w", data.Card, err)
	}
	cards := []string{opened.Shopper()}
	for _, j := range opened.Head.Joined {
		if !j.Past && opened.Head.ShopperOf(j.ID) == opened.Shopper() {
			cards = append(cards, j.ID)
		}
	}
	happening := journey.Happening{Event: programme.TouchHeard(data.Touch), At: at}
	for _, id := range cards {
		places, err := s.Places.PlacesOf(ctx, id)
		if err != nil {
			return fmt.Errorf("list where card %s stands: %w", id, err)
		}
		for _, p := range places {
			if happening.Event == programme.HeardClick && p.Campaign != data.Campaign {
				continue
			}
			if err := s.tellPlace(ctx, p, happening); err != nil {
				return err
			}
		}
	}
	return nil
}

// tellPlace writes a happening into a place that waits for it.
func (s *Service) tellPlace(ctx context.Context, p Placed, h journey.Happening) error {
	for range maxRounds {
		if p.End != "" {
			return nil
		}
		_, plan, err := s.planOf(ctx, p.Place)
		if err != nil || plan == nil {
			return err
		}
		next, concerned := plan.Hear(p.Place, h, s.Now())
		if !concerned {
			return nil
		}
		p.Place = next
		if _, err = s.Places.PutPlace(ctx, p); !errors.Is(err, ErrConflict) {
			return err
		}
		if p, err = s.Places.Place(ctx, PlaceKey{p.Card, p.Campaign, p.Occasion}); err != nil {
			return fmt.Errorf("read where card %s stands in campaign %s: %w", p.Card, p.Campaign, err)
		}
	}
	return errBusy
}
