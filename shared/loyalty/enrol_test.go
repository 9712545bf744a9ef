package loyalty_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/receipt"
)

func (s *shop) replace(old, number string) (string, error) {
	s.t.Helper()
	r, err := s.Replace(s.t.Context(), old, number, s.Clock(), nil)
	return r.Number, err
}

// A card that is lost twice is one card: each old number leads to it, none of them earns any more, and the same call again says the same.
func TestCardIsLostTwice(t *testing.T) {
	t.Parallel()
	s := open(t)
	first, second, third := s.Enrol(1, "", "offers"), s.Number(2), s.Number(3)
	for _, row := range []struct{ old, number, want, code string }{
		{first, second, second, ""}, {first, second, second, ""}, {first, third, "", "card_lost"}, {second, first, "", "card_taken"},
		{second, second, "", "card_taken"},                            // a number takes nobody's place as itself
		{second, third, third, ""}, {third, second, "", "card_taken"}, // nor does one that is lost
		{s.Number(8), s.Number(9), "", "card_unknown"},
	} {
		got, err := s.replace(row.old, row.number)
		code := ""
		if err != nil {
			code = loyalty.Code(err)
		}
		if got != row.want || code != row.code {
			t.Errorf("%s by %s: %q %v, want %q %s", row.old, row.number, got, err, row.want, row.code)
		}
		s.Wait(time.Minute)
	}
	late := s.sale("late", first, 1000)
	late.At = late.At.Add(-time.Hour)
	s.checkout(late)
	for n, number := range []string{first, second} {
		if _, err := s.Checkout(t.Context(), s.sale(number, number, 500)); loyalty.Code(err) != "card_lost" {
			t.Errorf("lost number %d: %v", n, err)
		}
	}
	s.checkout(s.sale("new", third, 700))
	for _, number := range []string{first, second, third} {
		s.check(number, s.Book(number), "+10 0042/1/late, +7 0042/1/new")
	}
	// What was bought with a number that is lost since goes back all the same.
	if _, err := s.Return(t.Context(), late.Key, receipt.Return{ID: "a", At: s.Clock()}); err != nil {
		t.Fatal(err)
	}
	s.check("returned", s.Book(third), "+10 0042/1/late, +7 0042/1/new, -10 0042/1/late~1")
}

// The new number is swiped while reads still miss it: it is no new card.
func TestNumberThatWasJustReplaced(t *testing.T) {
	t.Parallel()
	s := open(t)
	ana := s.Enrol(1, "", "offers")
	if _, err := s.replace(ana, s.Number(2)); err != nil {
		t.Fatal(err)
	}
	s.Service.Cards = lagging{s.Service.Cards}
	if a := s.checkout(s.sale("1", s.Number(2), 700)); a.Card != ana || a.Enrolled {
		t.Errorf("%+v", a)
	}
	s.check("book", s.Book(ana), "+7 0042/1/1")
}

// lagging is a table whose stale reads have seen nothing yet.
type lagging struct{ loyalty.Cards }

func (l lagging) Open(ctx ctx, number string, fresh bool) (loyalty.Opened, error) {
	if !fresh {
		return loyalty.Opened{}, loyalty.ErrNotFound
	}
	return l.Cards.Open(ctx, number, fresh)
}

// A receipt on a blocked card is kept and earns nothing; its return takes nothing, and one of earlier does.
func TestReturnsOnABlockedCard(t *testing.T) {
	t.Parallel()
	s := open(t)
	ana := s.Enrol(1, "", "offers")
	before := s.sale("1", ana, 1000)
	s.checkout(before)
	o, err := s.Store.Open(t.Context(), ana, true)
	if err != nil {
		t.Fatal(err)
	}
	o.Head.Status = card.Blocked
	if _, err := s.Store.PutHead(t.Context(), o.Head, o.HeadVersion); err != nil {
		t.Fatal(err)
	}
	blocked := s.sale("2", ana, 900)
	if _, err := s.Checkout(t.Context(), blocked); loyalty.Code(err) != "card_blocked" {
		t.Fatal(err)
	}
	for _, r := range []receipt.Receipt{before, blocked} {
		if _, err := s.Return(t.Context(), r.Key, receipt.Return{ID: "a", At: s.Clock()}); err != nil {
			t.Fatal(err)
		}
	}
	s.check("book", s.Book(ana), "+10 0042/1/1, -10 0042/1/1~1")
}

func TestOneOwnerForACard(t *testing.T) {
	t.Parallel()
	s := open(t)
	ana := s.Enrol(1, "12-24", "offers")
	swiped := s.Number(2)
	s.checkout(s.sale("1", swiped, 1000))
	enrol := func(number, email string) error {
		_, err := s.Service.Enrol(t.Context(), loyalty.Enrolment{Number: number, Store: "0042", Profile: card.Profile{Email: email}}, nil)
		return err
	}
	for _, row := range []struct{ number, email, code string }{
		{ana, "new@shopper.example", "card_taken"}, {swiped, "ANA1@shopper.example", "email_taken"}, {swiped, "ben@shopper.example", ""},
		{swiped, "ben@shopper.example", ""}, {ana, "ben@shopper.example", "email_taken"}, {"0400000000000", "", "card_unknown"},
	} {
		err := enrol(row.number, row.email)
		if row.code == "" && err != nil || row.code != "" && loyalty.Code(err) != row.code {
			t.Errorf("%s for %s: %v, want %s", row.number, row.email, err, row.code)
		}
	}
	s.check("what was earned before", s.Book(swiped), "+10 0042/1/1")
	bodies := []uint64{1, 2, 3} // the first two are given out
	o, err := s.Service.Enrol(t.Context(), loyalty.Enrolment{Store: "0042"}, func() (uint64, error) {
		body := bodies[0]
		bodies = bodies[1:]
		return body, nil
	})
	if err != nil || o.Head.ID != s.Number(3) {
		t.Errorf("%s %v", o.Head.ID, err)
	}
}

func TestProfileTellsWhatChanged(t *testing.T) {
	t.Parallel()
	s := open(t)
	ana := s.Enrol(1, "12-24", "offers")
	yes := card.Consent{Allowed: true, At: s.Clock().Add(time.Minute), Source: "web"}
	abroad := yes
	abroad.At = yes.At.In(time.FixedZone("", -3600))
	for i, row := range []struct {
		change func(p *card.Profile)
		want   string
	}{
		{func(*card.Profile) {}, ""},
		{func(p *card.Profile) { p.Given, p.Email = "Anna", "anna@shopper.example" }, "given_name email "},
		{func(p *card.Profile) { *p = p.Decide("news", yes) }, "consent "},
		{func(p *card.Profile) { *p = p.Decide("news", abroad) }, ""}, // the same moment, told in another zone
		{func(p *card.Profile) { p.Suppressed = &card.Suppression{At: s.Clock(), Reason: "complaint"} }, "suppressed "},
		{func(p *card.Profile) { p.Suppressed = &card.Suppression{At: s.Clock(), Reason: "bounce"} }, "suppressed "},
		{func(p *card.Profile) { p.Email = "ana@shopper.example" }, "email "},
	} {
		o, changed, err := s.UpdateProfile(t.Context(), ana, func(p card.Profile) (card.Profile, error) { row.change(&p); return p, nil })
		got := ""
		for _, name := range changed {
			got += name + " "
		}
		if err != nil || got != row.want {
			t.Errorf("row %d: %q, want %q (%v)", i, got, row.want, err)
		}
		if i == 6 && o.Profile.Suppressed != nil {
			t.Error("a new address is as dead as the old one")
		}
	}
	refusal := errors.New("no")
	for _, tags := range [][]string{{""}, {"vip", "very important"}, {strings.Repeat("x", card.MaxTag+1)}} {
		if _, _, err := s.UpdateProfile(t.Context(), ana, func(p card.Profile) (card.Profile, error) { p.Tags = tags; return p, nil }); !errors.Is(err, loyalty.ErrInvalid) {
			t.Errorf("the tags %q are taken: %v", tags, err)
		}
	}
	if _, _, err := s.UpdateProfile(t.Context(), ana, func(p card.Profile) (card.Profile, error) { return p, refusal }); !errors.Is(err, refusal) {
		t.Error(err)
	}
}
