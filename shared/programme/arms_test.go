package programme_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/measure"
)

func armed(more string) string {
	return campaigns("", more+"arms: [{id: small, weight: 1, grant: {offer: ten, days: 7}}, {id: points, weight: 3, grant: {points: 50}}],", "")
}

// Each card is in one arm, always the same, whatever other arms, campaigns and holdouts do; and the arms have the shares of their weights.
func TestACardStaysInItsArm(t *testing.T) {
	t.Parallel()
	p := rules(t, armed("holdout: 20, "))
	bare := rules(t, armed(""))
	later := nextVersion(p)
	counts, held := map[string]int{}, map[string]int{}
	for i := range 10_000 {
		h := card.Head{ID: fmt.Sprint(7_000_000 + i)}
		arm := p.ArmOf("thanks", h)
		if other := bare.ArmOf("thanks", h); arm != other || later.ArmOf("thanks", h) != arm {
			t.Fatalf("card %s is in arm %s, and without a holdout in %s", h.ID, arm, other)
		}
		if counts[arm]++; first2(p.HeldOut("thanks", h.ID)) {
			held[arm]++
		}
	}
	if math.Abs(float64(counts["small"]-2_500)) > 4*43 || len(counts) != 2 {
		t.Errorf("%v, want a quarter in the first", counts)
	}
	if share := float64(held["small"]) / float64(counts["small"]); math.Abs(share-.2) > .04 {
		t.Errorf("of an arm %v are held out, want a fifth: the two have nothing to do with each other", share)
	}
	if got := p.ArmOf("more", card.Head{ID: "7000001"}); got != "" {
		t.Errorf("a campaign without arms speaks in arm %q", got)
	}
	var nine []string
	for i := range 9 {
		nine = append(nine, p.ArmOf("thanks", card.Head{ID: fmt.Sprint(7_000_000 + i)}))
	}
	if got, want := strings.Join(nine, " "), "points points points points points points points small points"; got != want {
		t.Errorf("the first nine are in %s, want %s on every host and for ever", got, want)
	}
}

func first2(held, _ bool) bool { return held }

// A card that is measured keeps its arm when the weights change or another arm wins; all others hear the winner, and are no part of the comparison.
func TestAWinnerSpeaksToAllWhoAreNotMeasured(t *testing.T) {
	t.Parallel()
	p := rules(t, armed("winner: {by: buyers, after_days: 14}, "))
	won := p.Won(map[string]string{"thanks": "points"})
	inSmall := card.Head{ID: "1", Assignments: []card.Assignment{{Campaign: "thanks", Arm: "small", Since: 1}}}
	over := card.Head{ID: "1", Assignments: []card.Assignment{{Campaign: "thanks", Done: true}}}
	for name, row := range map[string]struct {
		head card.Head
		want string
	}{
		"measured":       {inSmall, "small"},
		"window over":    {over, "points"},
		"never assigned": {card.Head{ID: "1"}, "points"},
	} {
		if got := won.ArmOf("thanks", row.head); got != row.want {
			t.Errorf("%s: arm %s, want %s", name, got, row.want)
		}
	}
	if !p.Chooses() || rules(t, armed("")).Chooses() {
		t.Error("only a programme with a winner to find chooses one")
	}
	for i := range 20 {
		id := fmt.Sprint(7_000_000 + i)
		r := sale("1", at(t, "2026-11-21T10:00"), 1_000)
		r.Card = id
		h := won.Checkout(card.Head{ID: id}, card.Profile{}, r, r.At)
		if a, _ := h.Assigned("thanks"); a.Arm != card.ArmTreated || last(h).Points != 10+50+100 || len(h.Wallet) != 0 {
			t.Errorf("card %s: %+v, %d points", id, a, last(h).Points)
		}
	}
}

// What an arm grants is granted, its entry says which arm it was, and the card is measured in it.
func TestACampaignSpeaksInTheArmOfTheCard(t *testing.T) {
	t.Parallel()
	p := rules(t, armed("holdout: 10, "))
	seen := map[string]bool{}
	for i := range 40 {
		id := fmt.Sprint(7_000_000 + i)
		r := sale("1", at(t, "2026-11-21T10:00"), 1_000)
		r.Card = id
		h := p.Checkout(card.Head{ID: id}, card.Profile{}, r, r.At)
		e := last(h)
		held, _ := p.HeldOut("thanks", id)
		a, _ := h.Assigned("thanks")
		got := fmt.Sprint(a.Arm, " ", card.SpokenIn(e, "thanks"), " ", e.Points, " ", len(h.Wallet))
		want := map[string]string{"small": "small small 110 1", "points": "points points 160 0"}[p.ArmOf("thanks", card.Head{ID: id})]
		if held {
			want = "held  110 0"
		}
		if got != want {
			t.Errorf("card %s: %s, want %s", id, got, want)
		}
		if len(h.Wallet) == 1 && h.Wallet[0].ExpiresOn != day.Of(r.At, p.Zone(""))+7 {
			t.Errorf("the coupon is good until %s", h.Wallet[0].ExpiresOn)
		}
		seen[a.Arm] = true
	}
	if len(seen) != 3 {
		t.Errorf("only %v were seen", seen)
	}
}

func TestArmsThatCannotBeComparedAreRefused(t *testing.T) {
	t.Parallel()
	const two = "arms: [{id: a}, {id: b, grant: {points: 5}}],"
	for given, want := range map[string]string{
		"arms: [{id: a}],":                                        "/campaigns/0/arms",
		"arms: [{id: a}, {id: a}],":                               "/campaigns/0/arms/1/id",
		"arms: [{id: held}, {id: b}],":                            "/campaigns/0/arms/0/id",
		"arms: [{id: a, weight: 2000}, {id: b}],":                 "/campaigns/0/arms/0/weight",
		"arms: [{id: a}, {id: b, subject: Hello}],":               "/campaigns/0/arms/1/subject",
		"arms: [{id: a}, {id: b, grant: {offer: nil, days: 1}}],": "/campaigns/0/arms/1/grant/offer",
		"arms: [{id: a}, {id: an_arm_with_a_long_id_}],":          "/campaigns/0/arms/1/id",
		"winner: {by: buyers, after_days: 9},":                    "/campaigns/0/winner",
		two + "winner: {by: opens, after_days: 9},":               "/campaigns/0/winner/by",
		two + "winner: {by: clicks, after_days: 9},":              "/campaigns/0/winner/by",
		two + "winner: {by: buyers},":                             "/campaigns/0/winner/after_days",
		two + "winner: {by: buyers, after_days: 9, at_least: 9},": "/campaigns/0/winner/at_least",
	} {
		refused(t, campaigns("", given, ""), want)
	}
}

// V-10: of 1,000 programmes in which arms that say the same are compared, five per cent are taken for different, give or take what chance does.
func TestEqualArmsAreAlikeInAThousandProgrammes(t *testing.T) {
	t.Parallel()
	const programmes, people, buyers = 1_000, 1_000, 5 // one card in so many buys
	p := rules(t, campaigns("", "arms: [{id: a}, {id: b}],", ""))
	alarms, uneven := 0, 0
	for n := range programmes {
		groups := map[string]*measure.Rate{"a": {}, "b": {}}
		chance := rand.New(rand.NewPCG(20, uint64(n)))
		for i := range people {
			g := groups[p.ArmOf("thanks", card.Head{ID: fmt.Sprint(7_000_000 + n*people + i)})]
			if g.People++; chance.IntN(buyers) == 0 {
				g.Did++
			}
		}
		if measure.Rates(*groups["a"], *groups["b"]).Proven() {
			alarms++
		}
		if _, odds := measure.Split(groups["a"].People, groups["b"].People, .5); measure.Suspicious(odds) {
			uneven++
		}
	}
	if alarms < 37 || alarms > 64 {
		t.Errorf("%d alarms in 1,000, want 37 to 64", alarms)
	}
	if uneven > 12 {
		t.Errorf("%d splits in 1,000 are taken for faulty, want about 5", uneven)
	}
}
