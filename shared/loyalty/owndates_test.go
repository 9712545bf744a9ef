package loyalty_test

import (
	"strings"
	"testing"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/loyalty"
)

// tell stores what a shopper says of an attribute, "kids" and "05-17,2019-02-03"; nothing takes it back. The stream tells it twice.
func (s *shop) tell(number string, said ...string) {
	s.t.Helper()
	var values []string
	if len(said) > 1 {
		values = strings.Split(said[1], ",")
	}
	_, _, err := s.UpdateProfile(s.t.Context(), number, func(p card.Profile) (card.Profile, error) {
		if said[0] == "zone" {
			p.TimeZone = said[1]
			return p, nil
		}
		p.Attributes = p.Attributes.With(said[0], values)
		return p, nil
	})
	for range 2 {
		if err == nil {
			err = s.Greet(s.t.Context(), number)
		}
	}
	if err != nil {
		s.t.Fatal(err)
	}
}

// B-1, B-2, B-3, B-7, B-8 and B-10, for dates that the shop has thought of itself.
func TestCampaignsKeepDatesOfTheShoppersOwn(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ campaign, rows string }{
		"every year, at the hour, by the shopper's own clock": {`on: anniversary, date: attribute.wedding, at: "09:00"`, `
			2026-12-01T10:00 tell wedding 2019-12-24        ->
			2026-12-24T08:45 tick                           ->
			2026-12-24T09:00 tick                           -> +0 said~2026
			2027-01-05T10:00 tell zone America/New_York     ->
			2027-12-24T14:45 tick                           ->
			2027-12-24T15:00 tick                           -> +0 said~2027
			2028-12-24T15:00 tick                           -> +0 said~2028`},
		"a week before": {`on: anniversary, date: attribute.wedding, days_before: 7`, `
			2026-12-01T10:00 tell wedding 01-05             ->
			2026-12-29T06:45 tick                           ->
			2026-12-29T07:00 tick                           -> +0 said~2027
			2027-12-29T07:00 tick                           -> +0 said~2028`},
		"ten days behind, over a year's end": {`on: anniversary, date: attribute.wedding, days_after: 10`, `
			2026-12-01T10:00 tell wedding 12-24             ->
			2026-12-24T10:00 tick                           ->
			2027-01-03T07:00 tick                           -> +0 said~2026
			2028-01-03T07:00 tick                           -> +0 said~2027`},
		"a leap day": {`on: anniversary, date: attribute.wedding`, `
			2026-12-01T10:00 tell wedding 02-29             ->
			2027-02-28T07:00 tick                           -> +0 said~2027
			2027-03-01T07:00 tick                           ->
			2028-02-28T07:00 tick                           ->
			2028-02-29T07:00 tick                           -> +0 said~2028`},
		"in its own year alone": {`on: anniversary, date: attribute.wedding, once: true`, `
			2026-12-01T10:00 tell wedding 2028-05-17        ->
			2027-05-17T07:00 tick                           ->
			2028-05-17T07:00 tick                           -> +0 said~2028
			2029-05-17T07:00 tick                           ->`},
		"told on the day itself; told the day after": {`on: anniversary, date: attribute.kids`, `
			2026-12-24T10:00 tell kids 2020-12-24,2018-12-23 ->
			2026-12-24T10:15 tick                           -> +0 said~2026-1224
			2027-12-23T07:00 tick                           -> +0 said~2027-1223`},
		"each child has a day, and no more days than there are children": {`on: anniversary, date: attribute.kids`, `
			2026-12-01T10:00 tell kids 2020-12-10,2022-12-20,2024-12-20 ->
			2026-12-10T07:00 tick                           -> +0 said~2026-1210
			2026-12-20T07:00 tick                           -> +0 said~2026-1220
			2026-12-21T10:00 tell kids 2020-12-24,2022-12-20 ->
			2026-12-24T07:00 tick                           ->
			2027-12-08T10:00 tell kids 2020-12-09,2022-12-20 ->
			2027-12-09T07:00 tick                           -> +0 said~2027-1209
			2027-12-20T07:00 tick                           -> +0 said~2027-1220
			2027-12-26T10:00 tell kids 2020-12-09,2022-12-20,2027-12-25 ->
			2028-12-08T07:00 tick                           ->
			2028-12-09T07:00 tick                           -> +0 said~2028-1209
			2028-12-20T07:00 tick                           -> +0 said~2028-1220
			2028-12-25T07:00 tick                           -> +0 said~2028-1225`},
		"who tells another day does not celebrate twice": {`on: anniversary, date: attribute.wedding`, `
			2026-12-01T10:00 tell wedding 12-10             ->
			2026-12-10T07:00 tick                           -> +0 said~2026
			2026-12-11T10:00 tell wedding 12-20             ->
			2026-12-20T07:00 tick                           ->
			2026-12-21T10:00 tell wedding 01-05             ->
			2027-01-05T07:00 tick                           ->
			2027-02-01T10:00 tell wedding 12-09             ->
			2027-12-09T07:00 tick                           -> +0 said~2027
			2028-02-01T10:00 tell wedding 12-06             ->
			2028-12-06T07:00 tick                           ->
			2028-12-06T10:00 tell wedding 12-07             ->
			2028-12-07T07:00 tick                           -> +0 said~2028`},
		"three days late, and no later": {`on: anniversary, date: attribute.wedding`, `
			2026-12-01T10:00 tell wedding 12-10             ->
			2026-12-13T06:45 tick                           -> +0 said~2026
			2027-12-13T07:00 tick                           ->
			2028-12-10T07:00 tick                           -> +0 said~2028`},
		"a date that is taken back": {`on: anniversary, date: attribute.wedding`, `
			2026-12-01T10:00 tell wedding 12-10             ->
			2026-12-09T10:00 tell wedding                   ->
			2026-12-10T07:00 tick                           ->`},
		"a first purchase that a late receipt moves": {`on: anniversary, date: first_purchase`, `
			2026-12-10T10:00 buy b 10                       -> +0 0042/1/b
			2027-12-10T07:00 tick                           -> +0 said~2027
			2027-12-10T10:00 late a 10 2026-12-05T10:00     -> +0 0042/1/a
			2028-12-05T07:00 tick                           ->
			2029-12-05T07:00 tick                           -> +0 said~2029`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, number := watching(t, c.campaign)
			live(t, s, number, c.rows)
		})
	}
}

// A household has one book, and each of its members days of their own.
func TestMembersOfAHouseholdKeepTheirOwnDates(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.Publish("campaigns:\n", "household: {members: 4}\nattributes: [{id: wedding, type: date}]\ncampaigns:\n  - {id: said, on: anniversary, date: attribute.wedding, message: {template: note, topic: offers}}\n")
	holder, member := s.Enrol(1, "", "offers"), s.Enrol(2, "", "offers")
	s.tell(holder, "wedding", "12-10")
	s.tell(member, "wedding", "12-20")
	if _, err := s.JoinHousehold(t.Context(), member, holder, loyalty.ByHand{ID: "join", By: "Mira", Reason: "one family"}); err != nil {
		t.Fatal(err)
	}
	for _, at := range []string{"2026-12-10T07:00", "2026-12-20T07:00", "2027-12-10T07:00", "2027-12-20T07:00"} {
		s.Set(at)
		for range 2 {
			if _, err := s.LookAtDue(t.Context(), s.Clock()); err != nil {
				t.Fatal(err)
			}
		}
	}
	if book, own := s.Book(holder), s.head(member).Number(); strings.Count(book, "said~") != 4 || strings.Count(book, "@"+member) != 2 || own != holder {
		t.Errorf("%s", book)
	}
	s.relay(holder)
	s.send()
	if a, b := s.Messages(holder), s.Messages(member); !strings.Contains(a, "said") || !strings.Contains(b, "said") {
		t.Errorf("%q and %q", a, b)
	}
}

// Who had two cards celebrates once: what the merged card was given counts, and so does what was given in a household that was left.
func TestTwoCardsOfOneShopperCelebrateOnce(t *testing.T) {
	t.Parallel()
	const campaigns = "household: {members: 4}\nattributes: [{id: wedding, type: date}]\ncampaigns:\n  - {id: said, on: anniversary, date: attribute.wedding, message: {template: note, topic: offers}}\n"
	tick := func(s *shop, at string) {
		s.t.Helper()
		s.Set(at)
		if _, err := s.LookAtDue(s.t.Context(), s.Clock()); err != nil {
			s.t.Fatal(err)
		}
	}
	count := func(s *shop, number string, want int) {
		s.t.Helper()
		if book := s.Book(number); strings.Count(book, "said~") != want {
			s.t.Errorf("want %d times said:\n%s", want, book)
		}
	}
	s := open(t)
	s.Publish("campaigns:\n", campaigns)
	one, two, third := s.Enrol(1, "", "offers"), s.Enrol(2, "", "offers"), s.Enrol(3, "", "offers")
	s.tell(one, "wedding", "01-05")
	s.tell(two, "wedding", "12-10")
	s.tell(third, "wedding", "12-20")
	tick(s, "2026-12-10T07:00")
	if _, err := s.Merge(t.Context(), two, one, loyalty.ByHand{ID: "m", By: "Mira", Reason: "one shopper"}); err != nil {
		t.Fatal(err)
	}
	tick(s, "2026-12-20T07:00")
	tick(s, "2027-01-05T07:00")
	count(s, one, 0)
	count(s, third, 1)
	tick(s, "2028-01-05T07:00")
	count(s, one, 1)
	if _, err := s.JoinHousehold(t.Context(), third, one, loyalty.ByHand{ID: "j", By: "Mira", Reason: "one family"}); err != nil {
		t.Fatal(err)
	}
	tick(s, "2028-12-20T07:00")
	if _, err := s.LeaveHousehold(t.Context(), third, loyalty.ByHand{ID: "l", By: "Mira", Reason: "moved out"}); err != nil {
		t.Fatal(err)
	}
	before := strings.Count(s.Book(third), "said~")
	s.tell(third, "wedding", "01-05")
	tick(s, "2029-01-05T07:00")
	count(s, third, before)
}
