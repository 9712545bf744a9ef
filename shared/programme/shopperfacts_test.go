package programme_test

import (
	"testing"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
)

// An offer may ask who the shopper is: each row is an offer's condition, and what the quote of one basket says of it.
func TestOffersAskAboutTheShopper(t *testing.T) {
	t.Parallel()
	now := at(t, "2026-11-21T10:00")
	ana := card.Head{
		ID: "7001", Qualifying: card.Qualifying{Year: 2026, Points: 150}, EnrolledOn: day.Date(2025, 3, 1),
		Habits: card.Habits{Visits: 4, Spent: 12_000, FirstOn: day.Date(2025, 3, 1), LastOn: day.Date(2026, 11, 1)},
	}
	fresh := card.Head{ID: "7002", EnrolledOn: day.Date(2026, 11, 21)}
	told := card.Profile{
		ID: "7001", Language: "de", Email: "ana@shopper.example", Birthday: day.Yearly{Month: 11, Day: 3},
		Consents: map[string]card.Consent{"offers": {Allowed: true, At: now}},
	}
	for _, c := range []struct{ when, ana, fresh, guest string }{
		{`{field: card.tier, op: eq, value: silver}`, "applied", "card.tier is unknown, wanted silver", "card.tier is unknown, wanted silver"},
		{`{field: card.first_purchase, op: eq, value: true}`, "card.first_purchase is false, wanted true", "applied", "card.first_purchase is unknown, wanted true"},
		{`{field: card.visits, op: gte, value: 5}`, "applied", "card.visits is 1, wanted at least 5", "card.visits is unknown, wanted at least 5"},
		{`{field: card.spent, op: gt, value: "100.00"}`, "applied", "card.spent is 0.00 EUR, wanted more than 100.00 EUR", "card.spent is unknown, wanted more than 100.00 EUR"},
		{`{field: card.days_since_visit, op: gte, value: 20}`, "applied", "card.days_since_visit is unknown, wanted at least 20", "card.days_since_visit is unknown, wanted at least 20"},
		{`{field: card.enrolled_on, op: lt, value: "2026-01-01"}`, "applied", "card.enrolled_on is 2026-11-21, wanted less than 2026-01-01", "card.enrolled_on is unknown, wanted less than 2026-01-01"},
		{`{field: shopper.birthday_month, op: eq, value: 11}`, "applied", "shopper.birthday_month is unknown, wanted 11", "shopper.birthday_month is unknown, wanted 11"},
		{`{field: shopper.language, op: eq, value: de}`, "applied", "shopper.language is unknown, wanted de", "shopper.language is unknown, wanted de"},
		{`{field: shopper.consents, op: contains, value: offers}`, "applied", "shopper.consents is empty, wanted offers in it", "shopper.consents is unknown, wanted offers in it"},
	} {
		p := rules(t, onePoint+tiers+"offers: [{id: ten, name: Ten, percent: 10, on: basket, when: "+c.when+"}]\n")
		r := sale("1", now, 2_000)
		for who, row := range map[string]struct {
			head    card.Head
			profile card.Profile
			want    string
		}{"Ana": {ana, told, c.ana}, "a new card": {fresh, card.Profile{}, c.fresh}, "a guest": {card.Head{}, card.Profile{}, c.guest}} {
			priced, _, err := p.QuoteWithout(nil, row.head, row.profile, r, nil, now)
			if err != nil {
				t.Fatal(err)
			}
			got := priced.Considered[0].Detail
			if priced.Considered[0].Applied {
				got = "applied"
			}
			if got != row.want {
				t.Errorf("%s, %s: %q, want %q", c.when, who, got, row.want)
			}
		}
	}
}
