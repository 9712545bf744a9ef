package importer

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/ids"
	"github.com/regulars-dev/regulars/shared/loyalty"
)

// cards gives the card number that a shopper's receipts are booked on. Each worker has its own, so it needs no lock.
type cards struct {
	service *loyalty.Service
	issue   bool
	known   map[string]string
	zone    *time.Location // of the programme; shoppers alone need it
}

const issueTries = 8 // numbers tried for one shopper; a second try is rare

// identityOf is how a shopper of another system is found again.
func identityOf(shopper string) string { return "import:" + shopper }

// asOf is the use cases as they were at a moment of the past, so that a card begins on the day that its owner came. The zero time is now.
func (c *cards) asOf(at time.Time) *loyalty.Service {
	if at.IsZero() {
		return c.service
	}
	then := *c.service
	then.Now = func() time.Time { return at }
	return &then
}

// number is the card of a shopper: what the file says, or a number that is issued to the shopper at the first receipt.
func (c *cards) number(ctx context.Context, shopper string, at time.Time) (string, error) {
	if shopper == "" || !c.issue {
		return shopper, nil
	}
	if number, ok := c.known[shopper]; ok {
		return number, nil
	}
	number, err := c.service.Cards.Find(ctx, identityOf(shopper))
	if errors.Is(err, loyalty.ErrNotFound) {
		number, err = c.enrol(ctx, shopper, card.Profile{}, at)
	}
	if err == nil {
		c.known[shopper] = number
	}
	return number, err
}

// enrol gives a shopper a number derived from the other system's id, so that an import that was killed between the card and its
// owner goes on with the same number.
func (c *cards) enrol(ctx context.Context, shopper string, profile card.Profile, at time.Time) (string, error) {
	identity := identityOf(shopper)
	profile.Identities = append(slices.Clone(profile.Identities), identity)
	rules, err := c.service.Programmes.At(ctx, c.service.Now())
	if err != nil {
		return "", fmt.Errorf("read the programme: %w", err)
	}
	for n := range issueTries {
		number := rules.IssueNumber(bodyOf(shopper, n))
		opened, err := c.service.Cards.Open(ctx, number, true)
		switch {
		case err == nil && slices.Contains(opened.Profile.Identities, identity):
			return opened.Head.ID, nil
		case err == nil && (opened.ProfileVersion > 0 || opened.Head.Book.Posted > 0):
			continue // somebody else's
		case err != nil && !errors.Is(err, loyalty.ErrNotFound):
			return "", fmt.Errorf("look for card %s: %w", number, err)
		}
		made, err := c.asOf(at).Enrol(ctx, loyalty.Enrolment{Number: number, Profile: profile}, nil)
		if loyalty.Code(err) == "card_taken" {
			continue
		}
		return made.Head.ID, err
	}
	return "", errors.New("no free card number found; is the programme's prefix too long for so many cards?")
}

// bodyOf derives the n-th number that a shopper may get.
func bodyOf(shopper string, n int) uint64 {
	body := uint64(0)
	for _, c := range ids.Derive(16, "import", shopper, strconv.Itoa(n)) {
		body = body*31 + uint64(c)
	}
	return body
}
