package compare_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/regulars-dev/regulars/shared/programme"
	"github.com/regulars-dev/regulars/shared/programme/compare"
	"github.com/regulars-dev/regulars/shared/programme/yamldoc"
)

const plain = `
programme: test
from: 2025-01-01T00:00:00Z
currency: EUR
time_zone: Europe/Berlin
language: en
shop: {name: Test shop, address: "1 Test Street, Testing"}
stores: [{id: "0042", name: First}]
cards: {secret: a secret of the test shop}
topics: [{id: offers, name: Offers}]
earn: [{id: base, points: 1, per: "1.00"}]
tiers: [{id: gold, name: Gold, points: 100}]
offers:
  - {id: tea, name: Tea, percent: "12.5", on: lines, lines: {skus: [A, B]}, when: {all: [{field: receipt.hour, op: lt, value: 9}, {field: card.tier, op: in, value: [gold]}]}}
  - {id: off, name: Off, amount: "2.00", on: basket, coupon: true}
`

func read(t *testing.T, text string) programme.Document {
	t.Helper()
	p, _, faults, err := yamldoc.Read(strings.NewReader(text))
	if err != nil || len(faults) > 0 {
		t.Fatal(err, faults)
	}
	return p.Document
}

// said is what differs, a line a field.
func said(t *testing.T, from, to string) string {
	t.Helper()
	changes, err := compare.Documents(read(t, from), read(t, to))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, c := range changes {
		b.WriteString(strings.TrimSpace(c.Section+" "+c.ID) + " " + c.What + "\n")
		for _, f := range c.Fields {
			b.WriteString("  " + strings.TrimSpace(f.Label+": "+f.From+" -> "+f.To) + "\n")
		}
	}
	return b.String()
}

// What is only written otherwise is no difference.
func TestTheSameInOtherWords(t *testing.T) {
	t.Parallel()
	for _, swap := range [][2]string{
		{`percent: "12.5"`, `percent: 12.50`}, {`per: "1.00"`, `per: "1"`}, {"[A, B]", "[B, A]"}, {`amount: "2.00"`, `amount: "2.00", stack: common, each: piece`},
		{"earn:", "points: {combine: best, claim_days: 30}\nearn:"}, {"cards: {", "cards: {prefix: \"04\", "}, {"from: 2025-01-01T00:00:00Z", "from: 2026-01-01T00:00:00Z"},
		{"{field: receipt.hour, op: lt, value: 9}, {field: card.tier, op: in, value: [gold]}", "{field: card.tier, op: in, value: [gold]}, {field: receipt.hour, op: lt, value: 9}"},
	} {
		if !strings.Contains(plain, swap[0]) {
			t.Fatalf("%q is not in the programme", swap[0])
		}
		if got := said(t, plain, strings.Replace(plain, swap[0], swap[1], 1)); got != "" {
			t.Errorf("%s beside %s: %s", swap[0], swap[1], got)
		}
	}
}

func TestChanges(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, old, changed, want string }{
		{"a percentage", `percent: "12.5"`, `percent: "15"`, "offers tea changed\n  percent: 12.50 -> 15\n"},
		{"a condition", "value: 9}", "value: 10}", "offers tea changed\n  only when: card.tier is one of gold and receipt.hour below 9 -> card.tier is one of gold and receipt.hour below 10\n"},
		{"a flag", ", coupon: true", "", "offers off changed\n  only with a coupon: yes ->\n"},
		{"a choice", "[A, B]", "[A, C]", "offers tea changed\n  articles: A, B -> A, C\n"},
		{"a tier that goes", "tiers: [{id: gold, name: Gold, points: 100}]", "tiers: [{id: silver, name: Silver, points: 50}, {id: gold, name: Gold, points: 100}]",
			"tiers silver added\n  name:  -> Silver\n  points:  -> 50\n"},
		{"a setting", "language: en", "language: de", "language changed\n  : en -> de\n"},
		{"the secret", "a secret of the test shop", "another secret of it", "cards changed\n  the secret of card numbers: the old one -> another one, so that no card in a purse is known any more\n"},
		{"a rule", `earn: [{id: base, points: 1, per: "1.00"}]`, `earn: [{id: basis, points: 1, per: "1.00"}]`,
			"earn basis added\n  for each:  -> 1\n  points:  -> 1\nearn base removed\n  for each: 1 ->\n  points: 1 ->\n"},
	} {
		if diff := cmp.Diff(c.want, said(t, plain, strings.Replace(plain, c.old, c.changed, 1))); diff != "" {
			t.Errorf("%s (- want, + got):\n%s", c.name, diff)
		}
	}
}
