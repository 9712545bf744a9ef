package relay_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/loyalty/loyaltytest"
	"github.com/regulars-dev/regulars/shared/money"
	"github.com/regulars-dev/regulars/shared/programme/yamldoc"
	"github.com/regulars-dev/regulars/shared/receipt"
	"github.com/regulars-dev/regulars/shared/results"
)

// half publishes a programme whose campaign on large receipts leaves half of the cards alone.
func half(t *testing.T, s *loyaltytest.Shop) {
	t.Helper()
	rules, err := s.Programmes.At(t.Context(), s.Clock())
	if err != nil {
		t.Fatal(err)
	}
	doc := rules.Document
	doc.Campaigns = append(doc.Campaigns[:0:0], doc.Campaigns...)
	doc.Campaigns[0].Holdout, doc.From = 50, s.Clock()
	text, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, faults, err := yamldoc.Read(bytes.NewReader(text)); err != nil || len(faults) > 0 {
		t.Fatal(err, faults)
	}
	if err := s.Store.Publish(t.Context(), doc.From, text); err != nil {
		t.Fatal(err)
	}
	s.Wait(time.Minute)
}

// cut is the part of a stream event from one record up to another.
func cut(t *testing.T, payload []byte, from, to int) []byte {
	t.Helper()
	var in map[string]any
	if err := json.Unmarshal(payload, &in); err != nil {
		t.Fatal(err)
	}
	in["Records"] = in["Records"].([]any)[from:to]
	text, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// What campaigns brought is counted once, whatever the stream brings again and in which parts, and comes to what the heads say.
func TestWhatCampaignsBroughtIsCountedOnce(t *testing.T) {
	t.Parallel()
	s, do := open(t)
	half(t, s)
	number := 0
	sell := func(n uint64, minor int64) {
		number++
		key := receipt.Key{Store: "0042", Till: "03", Number: fmt.Sprint(number)}
		if _, err := s.Checkout(t.Context(), receipt.Receipt{Key: key, Card: s.Number(n), At: s.Clock(), Total: money.Amount{Minor: minor, Currency: "EUR"}}); err != nil {
			t.Fatal(err)
		}
		s.Wait(time.Minute)
	}
	const cards = 30
	for n := range uint64(cards) {
		sell(n, 6_000)
		if n%3 == 0 {
			sell(n, 1_000+int64(n))
		}
	}
	payload, n := s.Stream()
	s.Bus.Fault = loyaltytest.Fault{Err: errors.New("the line broke"), ButDone: true}
	do(cut(t, payload, 0, 10)) // what was not told is not counted
	for _, part := range [][2]int{{0, 10}, {0, 10}, {5, 20}, {0, n}, {n - 3, n}, {0, n}} {
		if got := do(cut(t, payload, part[0], part[1])); got != "done" {
			t.Fatal(got)
		}
	}
	got, err := s.Store.Counted(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := loyalty.Counts{}
	for n := range uint64(cards) {
		o, err := s.Store.Open(t.Context(), s.Number(n), true)
		if err != nil {
			t.Fatal(err)
		}
		if err := want.FoldHead(nil, o.Head); err != nil {
			t.Fatal(err)
		}
	}
	people := int64(0)
	for _, arm := range []string{card.ArmTreated, card.ArmHeld} {
		g, w := got[loyalty.Group{Campaign: "big", Arm: arm}], want[loyalty.Group{Campaign: "big", Arm: arm}]
		if g == nil || g.People != w.People || g.Buyers != w.Buyers || g.Spent != w.Spent || g.Squares.Cmp(&w.Squares) != 0 || g.Spent == 0 {
			t.Errorf("%s: %+v, want %+v", arm, g, w)
		}
		people += g.People
	}
	all := got[loyalty.Group{Campaign: "big"}]
	if people != cards || all.Granted+all.Left != cards || all.Granted != got[loyalty.Group{Campaign: "big", Arm: card.ArmTreated}].People {
		t.Errorf("%d people, %+v", people, all)
	}
}

// Who entered a campaign with steps and how the journeys ended is counted once, with the ways that they took.
func TestJourneysAreCountedOnce(t *testing.T) {
	t.Parallel()
	s, do := open(t)
	s.Publish("mail:\n  quiet_from", `  - id: taste
    on: checkout
    when: {field: receipt.total, op: between, value: ["20.00", "49.99"]}
    holdout: 20
    goal: {field: journey.purchases, op: gte, value: 1}
    steps:
      - {id: ways, split: [{name: a, weight: 1}, {name: b, weight: 1, steps: [{wait: {for: 1d}}, {exit: enough}]}]}
      - wait: {for: 9d}
mail:
  quiet_from`)
	s.Wait(time.Minute)
	sell := func(n uint64, number string, minor int64) {
		t.Helper()
		key := receipt.Key{Store: "0042", Till: "03", Number: fmt.Sprint(number, n)}
		if _, err := s.Checkout(t.Context(), receipt.Receipt{Key: key, Card: s.Number(n), At: s.Clock(), Total: money.Amount{Minor: minor, Currency: "EUR"}}); err != nil {
			t.Fatal(err)
		}
	}
	ends, entered := map[string]int64{}, int64(0)
	walk := func() {
		t.Helper()
		for payload, n := s.Stream(); n > 0; payload, n = s.Stream() {
			for _, part := range [][2]int{{0, n/2 + 1}, {0, n}, {n / 2, n}} {
				if got := do(cut(t, payload, part[0], part[1])); got != "done" {
					t.Fatal(got)
				}
			}
		}
		s.Wait(time.Second)
		if _, err := s.Service.Journeys(t.Context(), s.Clock()); err != nil {
			t.Fatal(err)
		}
	}
	const cards = 40
	for n := range uint64(cards) {
		sell(n, "1", 2_500)
	}
	walk()
	walk()
	s.Wait(time.Hour)
	for n := range uint64(cards / 2) {
		sell(n, "2", 900)
	}
	walk()
	s.Wait(48 * time.Hour)
	walk()
	walk()
	for n := range uint64(cards) {
		places, err := s.Store.PlacesOf(t.Context(), s.Number(n))
		if err != nil {
			t.Fatal(err)
		}
		if len(places) == 0 {
			continue // held out: it has not entered
		}
		entered++
		ends[places[0].Reason()]++
	}
	got, err := s.Store.Counted(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for why, want := range ends {
		if why != "" && got[loyalty.Group{Campaign: "taste", Arm: loyalty.EndArm(why)}].Journeys != want {
			t.Errorf("%q: %+v, want %d", why, got[loyalty.Group{Campaign: "taste", Arm: loyalty.EndArm(why)}], want)
		}
	}
	rules, err := s.Programmes.At(t.Context(), s.Clock())
	if err != nil {
		t.Fatal(err)
	}
	j := results.Of(rules, "taste", got, loyalty.Trial{}, -1).Journey
	if j.Entered != entered || entered == cards || j.Goals != ends["goal"] || j.UnderWay != ends[""] || len(j.Ends) != 2 || len(j.Ways) != 2 {
		t.Errorf("%+v, ends %v", j, ends)
	}
	if a, b := j.Ways[0], j.Ways[1]; a.Goals+b.Goals != j.Goals || a.Cards != a.Goals || b.Cards != b.Goals+ends["exit: enough"] || b.GoalRate.Low >= b.GoalRate.Value {
		t.Errorf("%+v", j.Ways)
	}
}
