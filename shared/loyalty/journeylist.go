package loyalty

import (
	"context"
	"errors"
	"fmt"
)

// UnderWay lists the places that go on, of one campaign or of all ("" for that), the one that moves next first. It looks at 20,000 places at
// most, and what has entered this very moment may be missing.
func (s *Service) UnderWay(ctx context.Context, campaign string) ([]Placed, error) {
	keys, err := s.Places.DuePlaces(ctx, s.Now().Add(farOff), maxMoved)
	if err != nil {
		return nil, fmt.Errorf("list journeys: %w", err)
	}
	var list []Placed
	for _, key := range keys {
		if campaign != "" && key.Campaign != campaign {
			continue
		}
		p, err := s.Places.Place(ctx, key)
		if errors.Is(err, ErrNotFound) || err == nil && p.End != "" {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("read where card %s stands: %w", key.Card, err)
		}
		list = append(list, p)
	}
	return list, nil
}
