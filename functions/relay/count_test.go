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
