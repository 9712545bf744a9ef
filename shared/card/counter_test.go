package card_test

import (
	"reflect"
	"testing"

	"github.com/regulars-dev/regulars/shared/card"
)

// The counters of two cards are those of one, and what came in can be taken out again.
func TestCountersOfTwoCards(t *testing.T) {
	t.Parallel()
	one := []card.Counter{
		{ID: "coffee", Sum: 7, Given: 1}, {ID: "may", Since: 20_000, Sum: 3_000, Places: []card.Place{{Name: "a", Visits: 1, Sum: 3_000}}},
	}
	other := []card.Counter{
		{ID: "coffee", Sum: 5, Recent: []int64{9}}, {ID: "may", Since: 20_000, Sum: 500, Places: []card.Place{{Name: "a", Visits: 1, Sum: 500}}}, {ID: "tea", Sum: 1},
	}
	sum := card.MergeCounters(one, other)
	want := []card.Counter{
		{ID: "coffee", Sum: 12, Given: 1, Recent: []int64{9}}, {ID: "may", Since: 20_000, Sum: 3_500, Places: []card.Place{{Name: "a", Visits: 2, Sum: 3_500}}}, {ID: "tea", Sum: 1},
	}
	if !reflect.DeepEqual(sum, want) || !reflect.DeepEqual(card.MergeCounters(other, one), want) {
		t.Errorf("merged: %+v", sum)
	}
	back := card.UnmergeCounters(sum, other)
	for i, c := range back {
		if c.ID != one[i].ID || c.Sum != one[i].Sum || c.Given != one[i].Given || len(c.Recent) != 0 || len(c.Places) != len(one[i].Places) {
			t.Errorf("parted: %+v, was %+v", c, one[i])
		}
	}
}
