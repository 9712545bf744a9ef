package loyalty

import (
	"context"
	"errors"
	"fmt"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/message"
)

// Suppressions keeps addresses that are not to be written to, apart from who owns them: what stands here outlives the profile, and holds
// for whoever comes with the address next. An address is kept by a keyed hash alone.
type Suppressions interface {
	// AddressSuppression returns what stands against an address. ErrNotFound: nothing does.
	AddressSuppression(ctx context.Context, address string) (card.Suppression, error)

	// SuppressAddress keeps it. What is there already gives way if it is weaker, and the same again changes nothing.
	SuppressAddress(ctx context.Context, address string, s card.Suppression) error

	// LiftSuppression takes it away.
	LiftSuppression(ctx context.Context, address string) error

	// SuppressedAddresses calls each for all that stands, by the hash of the address. It stops at the first error and returns it.
	SuppressedAddresses(ctx context.Context, each func(hash string, s card.Suppression) error) error
}

// Reasons of a suppression, as they are stored. A dead address gets no mail at all; any other reason ends marketing and leaves receipts
// and what concerns the card.
const (
	suppressedByBounce    = "bounce"
	suppressedByComplaint = "complaint"

	// SuppressedByRequest is for addresses that the shop itself was asked not to write to.
	SuppressedByRequest = "request"

	// SuppressedByErasure is for addresses of those who were erased: an old list that is imported again does not bring them back.
	SuppressedByErasure = "erased"
)

// Dead reports that the address takes no mail at all.
func dead(s card.Suppression) bool { return s.Reason == suppressedByBounce }

// Stronger reports whether a suppression takes the place of what stands already: a dead address stays dead.
func Stronger(s, stands card.Suppression) bool { return !dead(stands) && s.Reason != stands.Reason }

// against is what stands against writing to a shopper: by their profile, else by the list. That is read for whom nothing stands in the
// profile alone, once for each e-mail.
func (s *Service) against(ctx context.Context, p card.Profile) (message.Suppression, error) {
	stands := p.Suppressed
	if stands == nil && p.Email != "" && s.Suppressions != nil {
		listed, err := s.Suppressions.AddressSuppression(ctx, p.Email)
		if err == nil {
			stands = &listed
		} else if !errors.Is(err, ErrNotFound) {
			return "", fmt.Errorf("look an address up in the suppression list: %w", err)
		}
	}
	switch {
	case stands == nil:
		return message.NotSuppressed, nil
	case dead(*stands):
		return message.SuppressedAll, nil
	}
	return message.SuppressedMarketing, nil
}

// revived takes what stands against a shopper away if they themselves have allowed mail since: at a till, by a form or behind a link. What a
// file or another system says of them does not, and neither does it make a dead address live.
func revived(before, after card.Profile) (card.Profile, bool) {
	for topic, c := range after.Consents {
		old := before.Consents[topic]
		if !c.Allowed || !c.Own() || old.Allowed && old.At.Equal(c.At) {
			continue
		}
		if after.Suppressed != nil && !dead(*after.Suppressed) && after.Suppressed.At.Before(c.At) {
			after.Suppressed = nil
		}
		return after, after.Suppressed == nil
	}
	return after, false
}

// lift takes the address of a shopper who has allowed mail off the list, unless it is dead.
func (s *Service) lift(ctx context.Context, p card.Profile) error {
	if s.Suppressions == nil || p.Email == "" {
		return nil
	}
	stands, err := s.Suppressions.AddressSuppression(ctx, p.Email)
	if errors.Is(err, ErrNotFound) || err == nil && dead(stands) {
		return nil
	}
	if err == nil {
		err = s.Suppressions.LiftSuppression(ctx, p.Email)
	}
	if err != nil {
		return fmt.Errorf("take an address off the suppression list: %w", err)
	}
	return nil
}
