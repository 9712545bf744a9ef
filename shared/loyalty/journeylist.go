package loyalty

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/regulars-dev/regulars/shared/together"
)

// Travellers are the cards that are under way in campaigns with steps.
type Travellers struct {
	Cards int64      // all of them
	Steps []Standing // how many stand where, by campaign and step
	Next  []Placed   // those that move next, at most MaxTravellers
}

// Standing is how many cards stand at a step.
type Standing struct {
	Campaign string `json:"campaign"`
	Step     string `json:"step"`
	Cards    int64  `json:"cards"`
}

// MaxTravellers is how many places Travellers tells one by one.
const MaxTravellers = 1_000

// UnderWay counts and lists the places that go on, of one campaign or of all ("" for that). It reads every place once, a page at a time; what
// has entered this very moment may be missing.
func (s *Service) UnderWay(ctx context.Context, campaign string) (Travellers, error) {
	var t Travellers
	count := map[Standing]int64{}
	err := s.eachUnderWay(ctx, campaign, func(page []Placed) error {
		for _, p := range page {
			t.Cards++
			count[Standing{Campaign: p.Campaign, Step: p.Step}]++
		}
		t.Next = append(t.Next, page...)
		slices.SortFunc(t.Next, func(a, b Placed) int {
			return cmp.Or(a.Due.Compare(b.Due), cmp.Compare(a.Card, b.Card), cmp.Compare(a.Campaign, b.Campaign))
		})
		t.Next = t.Next[:min(len(t.Next), MaxTravellers)]
		return nil
	})
	for at, n := range count {
		at.Cards = n
		t.Steps = append(t.Steps, at)
	}
	slices.SortFunc(t.Steps, func(a, b Standing) int {
		return cmp.Or(cmp.Compare(a.Campaign, b.Campaign), cmp.Compare(a.Step, b.Step))
	})
	return t, err
}

// readAtOnce is how many places are read at the same time.
const readAtOnce = 16

// eachUnderWay gives the places that go on, page by page, each once.
func (s *Service) eachUnderWay(ctx context.Context, campaign string, each func([]Placed) error) error {
	seen := map[PlaceKey]bool{}
	return s.Places.EachPlace(ctx, func(keys []PlaceKey) error {
		keys = slices.DeleteFunc(keys, func(k PlaceKey) bool {
			twice := seen[k]
			seen[k] = true
			return twice || campaign != "" && k.Campaign != campaign
		})
		places, errs := make([]Placed, len(keys)), make([]error, len(keys))
		together.Each(ctx, len(keys), readAtOnce, func(i int) { places[i], errs[i] = s.Places.Place(ctx, keys[i]) })
		page := places[:0]
		for i, p := range places {
			if errors.Is(errs[i], ErrNotFound) || errs[i] == nil && p.End != "" {
				continue
			}
			if errs[i] != nil {
				return fmt.Errorf("read where card %s stands: %w", keys[i].Card, errs[i])
			}
			page = append(page, p)
		}
		return each(page)
	})
}
