package store_test

import (
	"errors"
	"path/filepath"
	"testing"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/loyalty/loyaltytest"
	"github.com/regulars-dev/regulars/shared/store/bolt"
)

// A vendor's shopper leads to one card. Whoever claims it for a second one is told so, and not to try again.
func TestAnIdentityLeadsToOneCard(t *testing.T) {
	t.Parallel()
	db, err := bolt.Open(filepath.Join(t.TempDir(), "regulars.db"), now, bolt.Unsynced())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	s := loyaltytest.NewService(t, db, now)
	rules, err := s.Programmes.At(t.Context(), now())
	if err != nil {
		t.Fatal(err)
	}
	enrol := func(n uint64, identities ...string) error {
		_, err := s.Enrol(t.Context(), loyalty.Enrolment{Number: rules.IssueNumber(n), Store: "0042", Profile: card.Profile{Identities: identities}}, nil)
		return err
	}
	if err := errors.Join(enrol(1, "shopify:81"), enrol(2)); err != nil {
		t.Fatal(err)
	}
	_, _, update := s.UpdateProfile(t.Context(), rules.IssueNumber(2), func(p card.Profile) (card.Profile, error) {
		p.Identities = []string{"shopify:81"}
		return p, nil
	})
	for what, err := range map[string]error{"enrolling": enrol(3, "shopify:81"), "updating": update} {
		if !errors.Is(err, loyalty.ErrConflict) || loyalty.Code(err) != "identity_taken" {
			t.Errorf("%s: %v", what, err)
		}
	}
}
