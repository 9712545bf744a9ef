package programme_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/programme"
)

// What two cards have counted towards a tier is one sum after a merge, month by month, and each has its own again when they part.
func TestAMergeAddsStandingsUp(t *testing.T) {
	t.Parallel()
	p := rules(t, rolling(""))
	a, b := bought(t, p, "2026-03-10T10:00 400", "2026-05-10T10:00 200"), bought(t, p, "2026-03-20T10:00 300", "2026-04-10T10:00 250")
	b.ID = "7002"
	now := at(t, "2026-06-01T10:00")
	merged, kept := p.Merge(a, b, programme.Act{Cause: "merge:1"}, now)
	if got := merged.Standing.Counts; merged.Tier != "gold" || !cmp.Equal(got, []int64{700, 250, 200}) {
		t.Errorf("tier %q with %v", merged.Tier, got)
	}
	if got := tierOn(t, p, merged, "2027-03-31", "2027-04-01", "2027-06-01"); got != "gold  " {
		t.Errorf("%q", got)
	}
	rest, parted, err := p.Unmerge(merged, 1, kept, programme.Act{Cause: "unmerge:1"}, now)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(a.Standing, rest.Standing) + cmp.Diff(b.Standing, parted.Standing); diff != "" || rest.Tier != "silver" || parted.Tier != "silver" {
		t.Errorf("tiers %q and %q, standings differ:\n%s", rest.Tier, parted.Tier, diff)
	}
}

// A tier that a person gave goes along with the card that has it, unless the other has a better one, and comes back with it.
func TestAMergeCarriesAGivenTier(t *testing.T) {
	t.Parallel()
	p := rules(t, rolling(""))
	now := at(t, "2026-06-01T10:00")
	give := func(tier string, until day.Day) card.GivenTier { return card.GivenTier{Tier: tier, Until: until} }
	late := day.Date(2027, 12, 31)
	for name, row := range map[string]struct{ into, from, merged card.GivenTier }{
		"the merged card's":      {card.GivenTier{}, give("gold", late), give("gold", late)},
		"the surviving card's":   {give("gold", late), card.GivenTier{}, give("gold", late)},
		"the higher":             {give("silver", 0), give("gold", late), give("gold", late)},
		"of one tier the longer": {give("gold", late), give("gold", 0), give("gold", 0)},
		"none":                   {},
	} {
		a, b := bought(t, p, "2026-03-10T10:00 100"), bought(t, p, "2026-03-20T10:00 100")
		a.Given, b.Given, b.ID = row.into, row.from, "7002"
		a.Tier, b.Tier = row.into.Tier, row.from.Tier
		merged, kept := p.Merge(a, b, programme.Act{Cause: "merge:1"}, now)
		if merged.Given != row.merged || merged.Tier != row.merged.Tier {
			t.Errorf("%s: %+v in tier %q", name, merged.Given, merged.Tier)
		}
		rest, parted, err := p.Unmerge(merged, 1, kept, programme.Act{Cause: "unmerge:1"}, now)
		if err != nil || parted.Given != row.from || parted.Tier != row.from.Tier {
			t.Errorf("%s: parted with %+v in tier %q, %v", name, parted.Given, parted.Tier, err)
		}
		if row.merged == row.into && rest.Given != row.into {
			t.Errorf("%s: the rest has %+v", name, rest.Given)
		}
	}
}
