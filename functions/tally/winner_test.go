package tally_test

import (
	"math/big"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/loyalty/loyaltytest"
	"github.com/regulars-dev/regulars/shared/money"
	"github.com/regulars-dev/regulars/shared/receipt"
	"github.com/regulars-dev/regulars/shared/results"
)

// bought writes what was counted of the two arms of campaign big into the sheet of a shard.
func bought(t *testing.T, s *loyaltytest.Shop, people, plain, loud int64) {
	t.Helper()
	_, over, err := s.Store.Sheet(t.Context(), "cards/1")
	if err != nil {
		t.Fatal(err)
	}
	group := func(buyers int64) *loyalty.Brought {
		return &loyalty.Brought{People: people, Buyers: buyers, Spent: buyers * 1_000, Squares: *big.NewInt(buyers * 1_000_000)}
	}
	counts := loyalty.Counts{{Campaign: "big", Arm: "plain"}: group(plain), {Campaign: "big", Arm: "loud"}: group(loud), {Campaign: "big"}: {Sent: 2 * people}}
	if err := s.Store.PutSheet(t.Context(), "cards/1", loyalty.Sheet{Last: "1", Counts: counts}, over); err != nil {
		t.Fatal(err)
	}
}

func tick(t *testing.T, s *loyaltytest.Shop, h edge.Handler) loyalty.Control {
	t.Helper()
	s.Wait(2 * time.Second)
	if got := s.Do(h, loyaltytest.Tick(s.Clock())); got != "null" {
		t.Fatal(got)
	}
	c, err := s.Store.Control(t.Context(), "big")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// V-9: an arm is chosen at one look, when its days are over and there are enough cards; who, when and by which figures stands in the control,
// and later figures change nothing.
func TestAnArmWinsOnce(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		early, late, after [2]int64 // buyers of 1,000 in each arm: before the days are over, at the look, and later
		winner, says       string
	}{
		"the better one": {[2]int64{100, 300}, [2]int64{100, 150}, [2]int64{300, 100}, "loud", "loud does better than plain: 15.0 % of 1000 bought, against 10.0 % of 1000."},
		"none":           {[2]int64{100, 300}, [2]int64{100, 101}, [2]int64{300, 100}, "", "Between plain and loud nothing is proven: 10.0 % of 1000 bought, against 10.1 % of 1000. The difference may be chance."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, h := open(t)
			s.Publish("  - id: big\n", "  - id: big\n    arms: [{id: plain}, {id: loud, subject: LOUD}]\n    winner: {by: buyers, after_days: 14, at_least: 500}\n")
			if c := tick(t, s, h); c.Version != 0 {
				t.Errorf("nobody was assigned, and there is %+v", c)
			}
			bought(t, s, 10, 1, 3)
			began := tick(t, s, h).Trial.Began
			s.Wait(10 * 24 * time.Hour)
			bought(t, s, 1_000, row.early[0], row.early[1])
			if c := tick(t, s, h); !c.Trial.Looked.IsZero() || !c.Trial.Began.Equal(began) {
				t.Errorf("after ten days: %+v", c.Trial)
			}
			s.Wait(5 * 24 * time.Hour)
			bought(t, s, 400, row.early[0], row.early[1])
			if c := tick(t, s, h); !c.Trial.Looked.IsZero() {
				t.Errorf("with too few cards: %+v", c.Trial)
			}
			bought(t, s, 1_000, row.late[0], row.late[1])
			first := tick(t, s, h)
			bought(t, s, 1_000, row.after[0], row.after[1])
			c := tick(t, s, h)
			if c.Trial != first.Trial || c.Trial.Winner != row.winner || c.Trial.Says != row.says || c.Trial.By != "buyers" {
				t.Errorf("%+v", c.Trial)
			}
			if step := c.Steps[len(c.Steps)-1]; len(c.Steps) != 1 || step.By != "regulars" || step.Why != row.says || c.State != loyalty.CampaignUntouched {
				t.Errorf("%+v", c)
			}
			heard(t, s, row.winner)
		})
	}
}

// heard checks that new cards hear the winner, and that without one they stay split.
func heard(t *testing.T, s *loyaltytest.Shop, winner string) {
	t.Helper()
	seen := map[string]bool{}
	for n := uint64(1); n <= 8; n++ {
		id := s.Enrol(n, "", "offers")
		sale := receipt.Receipt{
			Key: receipt.Key{Store: "0042", Till: "1", Number: id}, Card: id, At: s.Clock(), Total: money.Amount{Minor: 6_000, Currency: "EUR"},
			Lines: []receipt.Line{{ID: "1", Quantity: 1, Amount: 6_000}},
		}
		if _, err := s.Checkout(t.Context(), sale); err != nil {
			t.Fatal(err)
		}
		o, err := s.Store.Open(t.Context(), id, true)
		if err != nil {
			t.Fatal(err)
		}
		seen[card.SpokenIn(o.Head.Book.Tail[len(o.Head.Book.Tail)-1], "big")] = true
	}
	if want := map[bool]int{true: 1, false: 2}[winner != ""]; len(seen) != want || winner != "" && !seen[winner] {
		t.Errorf("new cards are in %v, and %q has won", seen, winner)
	}
	r, err := results.Read(t.Context(), s.Service, "big", -1)
	if err != nil || len(r.Arms) != 2 || len(r.Compared) != 1 || r.Winner == nil || r.Winner.Winner != winner || r.Arms[0].Outcome != results.NotMeasured {
		t.Errorf("%+v, %v", r, err)
	}
}
