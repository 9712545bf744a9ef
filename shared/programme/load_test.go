package programme_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/programme"
	"github.com/regulars-dev/regulars/shared/programme/yamldoc"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// full is a programme with one of most things.
const full = basics + `
points: {months: 12, receipt_cap: 500, combine: add}
earn:
  - {id: base, points: 1, per: "1.00", lines: {not_categories: [tobacco]}}
  - {id: pieces, points: 2, per: item, from: "2026-01-01", until: "2026-12-31"}
  - {id: double, times: "2", when: {field: receipt.weekday, op: eq, value: saturday}}
tiers: [{id: gold, name: Gold, points: 100}]
pricing: {cap: {percent: "30"}, minimum: [{lines: {skus: [A]}, price: "1.00"}]}
offers:
  - {id: ten, name: Ten, percent: "10", on: basket, coupon: true}
  - {id: two, name: Two, amount: "2.00", on: lines, cap: "5.00", windows: [{days: [monday], from: "07:00", to: "09:00"}]}
  - {id: set, name: Set, price: "3.00", on: sets, set: [{pieces: 2, lines: {skus: [A]}}, {pieces: 1}]}
  - {id: rungs, name: Rungs, on: basket, steps: [{from: "5.00", percent: "5"}, {from: "10.00", percent: "7"}]}
campaigns:
  - {id: thanks, on: checkout, when: {field: receipt.total, op: gte, value: "5.00"}, grant: {offer: ten, days: 30}}
`

// document is full as it is stored.
func document(t *testing.T) []byte {
	t.Helper()
	_, body, faults, err := yamldoc.Read(strings.NewReader(full))
	if err != nil || len(faults) > 0 {
		t.Fatal(err, faults)
	}
	return body
}

// decide asks a programme everything that a till asks.
func decide(t *testing.T, p *programme.Programme) card.Head {
	t.Helper()
	now := at(t, "2026-11-21T10:00") // a Saturday
	r := sale("1", now, 700, 500)
	h := p.Checkout(card.Head{ID: "7001"}, card.Profile{}, r, now)
	sold, _, _ := h.Book.Find(r.Key.String())
	h, err := p.Return(h, card.Profile{}, r, sold, []receipt.Return{lineBack("1", 1)}, r.Key.String()+"~1", now)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := p.Quote(h, r, nil, now); err != nil {
		t.Fatal(err)
	}
	if wrong := h.Book.Sound(nil); wrong != "" {
		t.Fatal(wrong)
	}
	return h
}

// A version that an older and laxer check let through goes on deciding, in what is sound of it.
func TestALaxerVersionStillDecides(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		old, lax string
		points   int64 // of the receipt of 12.00 on a Saturday: 12 for its money and 4 for its pieces, twice
		offers   []string
	}{
		"as it is":                       {"", "", 32, []string{"rungs", "set", "ten", "two"}},
		"a longer id than is allowed":    {`"id":"base"`, `"id":"` + strings.Repeat("b", 40) + `"`, 32, []string{"rungs", "set", "ten", "two"}},
		"a higher cap than is allowed":   {`"receipt_cap":500`, `"receipt_cap":5000000000`, 32, []string{"rungs", "set", "ten", "two"}},
		"a fact that is not there":       {"receipt.weekday", "receipt.moon", 16, []string{"rungs", "set", "ten", "two"}},
		"a rate that is none":            {`"per":"1.00"`, `"per":"1.005"`, 8, []string{"rungs", "set", "ten", "two"}},
		"an offer that is refused":       {`"percent":"10"`, `"percent":"110"`, 32, []string{"rungs", "set", "two"}},
		"a cap that cannot be read":      {`"cap":"5.00"`, `"cap":"five"`, 32, []string{"rungs", "set", "ten"}},
		"a cap of all that is none":      {`{"percent":"30"}`, `{"percent":"300"}`, 32, nil},
		"a store's zone that is no more": {`"name":"First"`, `"name":"First","time_zone":"Europe/Atlantis"`, 32, []string{"rungs", "set", "ten", "two"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			body := strings.Replace(string(document(t)), c.old, c.lax, 1)
			p, err := programme.Load([]byte(body))
			if err != nil {
				t.Fatal(err)
			}
			_, problems, err := programme.Parse([]byte(body))
			if err != nil || (len(problems) > 0) != (c.old != "") || len(p.Forgiven()) < len(problems) && c.old != "" {
				t.Fatalf("publishing says %v %v, loading forgives %v", problems, err, p.Forgiven())
			}
			if got := decide(t, p).Book.Tail[0].Points; got != c.points {
				t.Errorf("%d points, want %d", got, c.points)
			}
			priced, err := p.Price(card.Head{}, sale("1", at(t, "2026-11-21T10:00"), 700, 500), nil)
			var offers []string
			for _, o := range priced.Considered {
				offers = append(offers, o.Offer)
			}
			if slices.Sort(offers); err != nil || !slices.Equal(offers, c.offers) {
				t.Errorf("offers %v %v, want %v", offers, err, c.offers)
			}
		})
	}
	for _, nothing := range []string{"{", `{}`, strings.Replace(string(document(t)), "EUR", "DOUBLOONS", 1), strings.Replace(string(document(t)), "Europe/Berlin", "Mars", 1)} {
		if p, err := programme.Load([]byte(nothing)); err == nil {
			t.Errorf("a programme that says nothing was loaded: %+v", p.Forgiven())
		}
	}
}

// Whatever single value of a version is nonsense by today's rules, what loads decides, and books stay sound.
func TestNonsenseIsLoadedOrRefusedButNeverBreaks(t *testing.T) {
	t.Parallel()
	var tree any
	if err := json.Unmarshal(document(t), &tree); err != nil {
		t.Fatal(err)
	}
	loaded, n := 0, 0
	try := func() {
		body, err := json.Marshal(tree)
		if err != nil {
			t.Fatal(err)
		}
		n++
		if p, err := programme.Load(body); err == nil {
			loaded++
			decide(t, p)
		}
	}
	nonsense(tree, try)
	if n < 300 || loaded < n/2 {
		t.Errorf("%d of %d documents loaded", loaded, n)
	}
}

// nonsense puts something else for each value below v in turn, and takes each away.
func nonsense(v any, try func()) {
	swap := func(old any, put func(any)) {
		var others []any
		switch old.(type) {
		case string:
			others = []any{"", "nonsense", "-1", "0", strings.Repeat("9", 30)}
		case float64:
			others = []any{-1, 0, int64(1) << 40}
		case bool:
			others = []any{false}
		case []any:
			others = []any{[]any{}}
		}
		for _, o := range append(others, nil) {
			put(o)
			try()
		}
		put(old)
		nonsense(old, try)
	}
	switch v := v.(type) {
	case map[string]any:
		for k, old := range v {
			swap(old, func(o any) { v[k] = o })
		}
	case []any:
		for i, old := range v {
			swap(old, func(o any) { v[i] = o })
		}
	}
}
