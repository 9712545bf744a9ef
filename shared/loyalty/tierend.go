package loyalty

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/regulars-dev/regulars/shared/programme"
)

// moveTier posts what time has made of a card's tier, and nothing where it has made nothing: the fact, and campaigns of a change of tier, follow
// from the entry. It is an entry as any write would have brought it, so whoever writes first posts it, and nobody a second time.
func (s *Service) moveTier(ctx context.Context, o Opened, rules *programme.Programme, now time.Time) (Opened, error) {
	for range maxRounds {
		next := rules.AsOf(o.Head, now)
		if next.Tier == o.Head.Tier {
			return o, nil
		}
		next, err := s.turnPage(ctx, o.Head, next)
		if err != nil {
			return o, err
		}
		stored, err := s.Cards.PutHead(ctx, next, o.HeadVersion)
		var moved *Moved
		switch {
		case err == nil:
			o.Head, o.HeadVersion = next, stored
			return o, nil
		case errors.As(err, &moved) && sameJoined(o.Head, moved.Head):
			o.Head, o.HeadVersion = moved.Head, moved.Version
		case errors.As(err, &moved), errors.Is(err, ErrMerged):
			return o, errBusy // the next tick finds where the number leads now
		default:
			return o, fmt.Errorf("store the card: %w", err)
		}
	}
	return o, errBusy
}
