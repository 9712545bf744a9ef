package store_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/store"
)

var ctx = context.Background()

func owner(id, email string, identities ...string) card.Profile {
	return card.Profile{ID: id, Since: day.Date(2026, 11, 21), Email: email, Identities: identities}
}

// enrolled stores a card with its owner.
func enrolled(s *store.Store, p card.Profile) error {
	if _, err := s.PutHead(ctx, card.Head{ID: p.ID, EnrolledOn: p.Since}, 0); err != nil {
		return err
	}
	_, err := s.PutProfile(ctx, p, 0)
	return err
}

// Two shoppers claim one address at the same moment: one has it, the other is told.
func TestOneAddressLeadsToOneCard(t *testing.T) {
	t.Parallel()
	s := store.New(fresh(t), now)
	const crowd = 8
	var wait sync.WaitGroup
	errs := make([]error, crowd)
	for n := range crowd {
		wait.Go(func() { errs[n] = enrolled(s, owner(fmt.Sprint(n), "ana@shopper.example")) })
	}
	wait.Wait()
	won := -1
	for n, err := range errs {
		switch {
		case err == nil && won < 0:
			won = n
		case !errors.Is(err, loyalty.ErrConflict) && !errors.Is(err, store.ErrBusy):
			t.Errorf("shopper %d: %v beside %d", n, err, won)
		}
	}
	if got, err := s.Find(ctx, loyalty.EmailIdentity("Ana@shopper.example ")); err != nil || got != fmt.Sprint(won) {
		t.Errorf("the address leads to %q, %v; shopper %d has it", got, err, won)
	}
}

func TestAddressChangedAndChangedBack(t *testing.T) {
	t.Parallel()
	s := store.New(fresh(t), now)
	p := owner("1", "ana@shopper.example")
	if err := enrolled(s, p); err != nil {
		t.Fatal(err)
	}
	for i, email := range []string{"new@shopper.example", "ANA@shopper.example", "ana@shopper.example", "", "ana@shopper.example"} {
		p.Email = email
		if _, err := s.PutProfile(ctx, p, loyalty.Version(i+1)); err != nil {
			t.Fatalf("%q: %v", email, err)
		}
		for _, other := range []string{"new@shopper.example", "ana@shopper.example"} {
			got, err := s.Find(ctx, loyalty.EmailIdentity(other))
			if mine := strings.EqualFold(other, email); mine && got != "1" || !mine && !errors.Is(err, loyalty.ErrNotFound) {
				t.Errorf("with address %q, %q leads to %q, %v", email, other, got, err)
			}
		}
	}
	if _, err := s.PutProfile(ctx, p, 2); !errors.Is(err, loyalty.ErrConflict) {
		t.Errorf("over an older version: %v", err)
	}
	if err := enrolled(s, owner("2", "new@shopper.example")); err != nil {
		t.Errorf("an address that was given up is taken: %v", err)
	}
}

// The most that one change can touch fits into one transaction; a vendor id that is named twice is one.
func TestEverythingOfAShopperChangesAtOnce(t *testing.T) {
	t.Parallel()
	s := store.New(fresh(t), now)
	ids := func(kind string) []string {
		var list []string
		for n := range card.MaxIdentity {
			list = append(list, fmt.Sprintf("%s:%d", kind, n))
		}
		return list
	}
	p := owner("1", "ana@shopper.example", ids("shopify")...)
	if err := enrolled(s, p); err != nil {
		t.Fatal(err)
	}
	p.Email, p.Identities, p.Birthday, p.Since = "new@shopper.example", ids("square"), day.Yearly{Month: 2, Day: 29}, p.Since+1
	if _, err := s.PutProfile(ctx, p, 1); err != nil {
		t.Fatal(err)
	}
	p.Identities = append(slices.Clone(p.Identities[1:]), "square:1", "woo:1", "woo:1", "email:new@shopper.example")
	if _, err := s.PutProfile(ctx, p, 2); err != nil {
		t.Error(err)
	}
	for identity, want := range map[string]string{"shopify:3": "", "square:0": "", "square:1": "1", "woo:1": "1", "email:new@shopper.example": "1"} {
		if got, err := s.Find(ctx, identity); got != want || (err != nil) != (want == "") {
			t.Errorf("%s leads to %q, %v", identity, got, err)
		}
	}
}

func TestDatesFollowTheShopper(t *testing.T) {
	t.Parallel()
	s := store.New(fresh(t), now)
	p := owner("1", "")
	p.Birthday = day.Yearly{Month: 12, Day: 24}
	if err := enrolled(s, p); err != nil {
		t.Fatal(err)
	}
	on := func(kind, date string) string {
		var found []string
		if err := s.OnDay(ctx, kind, date, func(id, _ string) error { found = append(found, id); return nil }); err != nil {
			t.Fatal(err)
		}
		return strings.Join(found, " ")
	}
	if on("birthday", "12-24") != "1" || on("enrolled", "11-21") != "1" || on("birthday", "11-21") != "" {
		t.Error("the shopper is not found on her days")
	}
	p.Birthday = day.Yearly{Month: 2, Day: 29}
	if _, err := s.PutProfile(ctx, p, 1); err != nil {
		t.Fatal(err)
	}
	if on("birthday", "12-24") != "" || on("birthday", "02-29") != "1" {
		t.Error("the birthday has not moved")
	}
	p.Birthday = day.Yearly{}
	if _, err := s.PutProfile(ctx, p, 2); err != nil {
		t.Fatal(err)
	}
	if on("birthday", "02-29") != "" || on("enrolled", "11-21") != "1" {
		t.Error("a birthday that was taken back is kept")
	}
	stop := errors.New("stop")
	if err := s.OnDay(ctx, "enrolled", "11-21", func(string, string) error { return stop }); !errors.Is(err, stop) {
		t.Error(err)
	}
}

func TestAliasLeadsToTheCard(t *testing.T) {
	t.Parallel()
	s := store.New(fresh(t), now)
	if err := errors.Join(enrolled(s, owner("1", "")), enrolled(s, owner("2", ""))); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := s.PutAlias(ctx, "10", "1"); err != nil {
			t.Fatal(err)
		}
	}
	if o, err := s.Open(ctx, "10", false); err != nil || o.Head.ID != "1" || o.Number != "10" {
		t.Errorf("%+v %v", o, err)
	}
	for number, id := range map[string]string{"10": "2", "2": "1"} {
		if err := s.PutAlias(ctx, number, id); !errors.Is(err, loyalty.ErrConflict) {
			t.Errorf("number %s for card %s: %v", number, id, err)
		}
	}
}
