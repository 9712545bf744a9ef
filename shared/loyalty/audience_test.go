package loyalty_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/loyalty"
)

// In however many parts the cards are looked through, the audience is the same: what would become of each adds up to it, and ten are named.
func TestAnAudienceIsCountedOnceForEveryPartOfTheCards(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.enrolMany(30)
	young := card.Profile{
		Given: "Ana", Email: "ana@shopper.example", Birthday: day.Yearly{Month: 2, Day: 3}, BirthYear: 2012,
		Consents: map[string]card.Consent{"offers": {Allowed: true, At: s.Clock(), Source: "test"}},
	}
	if _, err := s.Service.Enrol(t.Context(), loyalty.Enrolment{Number: s.Number(31), Store: "0042", Profile: young}, nil); err != nil {
		t.Fatal(err)
	}
	pair := weekly(mondays)
	pair[1] = strings.Replace(pair[1], "mail:\n", "ages: {}\nmail:\n", 1)
	s.publish(pair...)
	rules, err := s.Programmes.At(t.Context(), s.Clock())
	if err != nil {
		t.Fatal(err)
	}
	k, _ := rules.Campaign("weekly")
	for _, parts := range []int{1, 3, 8} {
		var told []int64
		a, err := s.Audience(t.Context(), rules, k, parts, func(cards int64) { told = append(told, cards) })
		if err != nil {
			t.Fatal(err)
		}
		s.check(fmt.Sprintf("in %d parts", parts), fmt.Sprint(a.Cards, a.In, a.Would, len(a.Sample)), "31 21 map[sent:20 too_young:1] 10")
		if len(told) < parts || !slices.IsSorted(told) || told[len(told)-1] != 31 {
			t.Errorf("told of %v", told)
		}
	}
	birthday, _ := rules.Campaign("birthday")
	if a, err := s.Audience(t.Context(), rules, birthday, 2, nil); a != nil || err != nil {
		t.Errorf("for whoever comes: %+v %v", a, err)
	}
	s.Shoppers = brokenShoppers{s.Shoppers}
	if _, err := s.Audience(t.Context(), rules, k, 3, nil); !errors.Is(err, errDown) {
		t.Error(err)
	}
}

// brokenShoppers fails behind the first page of one part, while others go on.
type brokenShoppers struct{ loyalty.Shoppers }

func (b brokenShoppers) CardsOf(ctx context.Context, part, parts int, after string) ([]loyalty.Opened, string, error) {
	if part == 1 {
		return nil, "", errDown
	}
	return b.Shoppers.CardsOf(ctx, part, parts, after)
}
