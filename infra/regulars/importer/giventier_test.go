package importer_test

import (
	"strings"
	"testing"

	"github.com/regulars-dev/regulars/infra/regulars/importer"
	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/store"
)

const tierMap = `
columns: {shopper: id, given_name: name, tier: tier, tier_until: until}
card: issue
time: YYYY-MM-DD
`

// shoppers imports a file of shoppers and tells what came of it.
func (b books) shoppers(m *importer.Map, file string) importer.ShopperReport {
	b.t.Helper()
	im := importer.Import{Service: b.service(), Map: m, Now: atNoon, Progress: func(string, int64, int64) {}, Dir: b.dir}
	r, err := im.Shoppers(b.t.Context(), strings.NewReader(file), int64(len(file)))
	if err != nil {
		b.t.Fatal(err)
	}
	return r
}

// given is the tier that the shopper of another system has been given here.
func (b books) given(shopper string) (number string, tier card.GivenTier) {
	b.t.Helper()
	s := store.New(b.db, atNoon)
	number, err := s.Find(b.t.Context(), "import:"+shopper)
	if err != nil {
		b.t.Fatal(err)
	}
	opened, err := s.Open(b.t.Context(), number, true)
	if err != nil {
		b.t.Fatal(err)
	}
	return number, opened.Head.Given
}

// A tier that another system's staff gave comes along with its shopper, once; what our staff decides after it stays. It leaves with an export,
// and comes back with its import.
func TestAGivenTierIsBroughtAlong(t *testing.T) {
	t.Parallel()
	b, m := open(t), readMap(t, "shoppers", tierMap)
	file := "id,name,tier,until\n1,Ana,gold,2027-12-31\n2,Ben,gold,\n3,Cleo,gold,2026-01-31\n4,Dan,,\n5,Eve,diamond,\n"
	r := b.shoppers(m, file)
	if r.Enrolled != 4 || r.Rejected != 1 || r.Rejects[0].Reason != importer.TierUnknown || r.Rejects[0].Row != 6 {
		t.Errorf("%+v", r)
	}
	until := day.Date(2027, 12, 31)
	for shopper, want := range map[string]card.GivenTier{"1": {Tier: "gold", Until: until}, "2": {Tier: "gold"}, "3": {}, "4": {}} {
		if _, got := b.given(shopper); got != want {
			t.Errorf("shopper %s: %+v, want %+v", shopper, got, want)
		}
	}
	ben, _ := b.given("2")
	if _, err := b.service().SetTier(t.Context(), ben, card.GivenTier{}, loyalty.ByHand{ID: "t1", Reason: "A mistake", By: "Mira"}); err != nil {
		t.Fatal(err)
	}
	if r := b.shoppers(m, file); r.Unchanged != 4 || r.Changed != 0 {
		t.Errorf("again: %+v", r)
	}
	if _, got := b.given("2"); got.Tier != "" {
		t.Errorf("a tier that was taken back is given again: %+v", got)
	}
	other := open(t)
	if r := other.shoppers(nil, b.everything()); r.Enrolled != 4 || r.Rejected != 0 {
		t.Errorf("elsewhere: %+v", r)
	}
	if _, got := other.given("1"); got != (card.GivenTier{Tier: "gold", Until: until}) {
		t.Errorf("elsewhere: %+v", got)
	}
	if _, got := other.given("2"); got.Tier != "" {
		t.Errorf("elsewhere: %+v", got)
	}
}
