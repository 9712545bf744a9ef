package card

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/ledger"
)

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

func TestQualifyingCountsTheYearAndTheOneBefore(t *testing.T) {
	t.Parallel()
	var q Qualifying
	for _, row := range []struct {
		year, points int
		want         Qualifying
	}{
		{2026, 100, Qualifying{2026, 100, 0}}, {2026, 20, Qualifying{2026, 120, 0}}, {2025, 7, Qualifying{2026, 120, 7}},
		{2024, 900, Qualifying{2026, 120, 7}}, {2026, -30, Qualifying{2026, 90, 7}}, {2027, 5, Qualifying{2027, 5, 90}},
		{2026, -40, Qualifying{2027, 5, 50}}, {2029, 1, Qualifying{2029, 1, 0}},
	} {
		if q = q.Add(row.year, int64(row.points)); q != row.want {
			t.Errorf("%d %+d: %+v, want %+v", row.year, row.points, q, row.want)
		}
	}
	q = Qualifying{Year: 2026, Points: 100, Before: 300}
	for year, want := range map[int]int64{2024: 0, 2025: 300, 2026: 300, 2027: 100, 2028: 0} {
		if got := q.Best(year); got != want {
			t.Errorf("in %d: %d, want %d", year, got, want)
		}
	}
}

func coupon(id string, on day.Day) Coupon {
	return Coupon{ID: id, Offer: "ten", Campaign: "big", ExpiresOn: on}
}

func TestWalletsShareNothing(t *testing.T) {
	t.Parallel()
	h := Head{Wallet: slices.Grow([]Coupon{coupon("A", 10), coupon("B", 20)}, 8)}
	one, _ := h.Put(coupon("C", 30))
	two, _ := h.Put(coupon("D", 30))
	taken := h.Take("A")
	swept := h.Sweep(15)
	ids := func(h Head) string {
		text := ""
		for _, c := range h.Wallet {
			text += c.ID
		}
		return text
	}
	got := fmt.Sprint(ids(h), " ", ids(one), " ", ids(two), " ", ids(taken), " ", ids(swept))
	if want := "AB ABC ABD B B"; got != want {
		t.Errorf("wallets %s, want %s", got, want)
	}
}

func TestWalletHasAnEnd(t *testing.T) {
	t.Parallel()
	var h Head
	for i := range MaxWallet {
		var ok bool
		if h, ok = h.Put(coupon(fmt.Sprint(i), 10)); !ok {
			t.Fatalf("coupon %d is refused", i)
		}
	}
	if h, ok := h.Put(coupon("more", 10)); ok || len(h.Wallet) != MaxWallet {
		t.Errorf("%d coupons, %t", len(h.Wallet), ok)
	}
	if h := h.Sweep(10); len(h.Wallet) != MaxWallet {
		t.Error("a coupon is swept on its last day")
	}
	if _, ok := h.Find("3"); !ok {
		t.Error("coupon 3 is not found")
	}
	if _, ok := h.Take("3").Find("3"); ok {
		t.Error("a coupon that was taken is found")
	}
}

func TestMarksReadWhatTheyWrite(t *testing.T) {
	t.Parallel()
	c := coupon("Q7M4K2", day.Date(2027, 1, 31))
	if m := c.Mark(MarkGranted); m.Text != "Q7M4K2:ten:big:2027-01-31" {
		t.Errorf("the mark is %q; rows of every age are read", m.Text)
	}
	e := ledger.Entry{Cause: "a", Marks: []ledger.Mark{c.Mark(MarkGranted), NotTaken("X", "unknown"), c.Mark(MarkRedeemed), {Kind: MarkMessage, Text: "news"}}}
	for _, kind := range []byte{MarkGranted, MarkRedeemed} {
		got, err := Coupons(e, kind)
		if diff := cmp.Diff([]Coupon{c}, got); diff != "" || err != nil {
			t.Error(diff, err)
		}
	}
	if id, reason := NotTakenOf(e.Marks[1]); id != "X" || reason != "unknown" {
		t.Errorf("%q %q", id, reason)
	}
	for _, text := range []string{"", "A", "A:b:c", "A:b:c:d", "A:b:c:2027-02-30", "A:b:c:2027-01-31:e"} {
		if _, err := Coupons(ledger.Entry{Marks: []ledger.Mark{{Kind: MarkGranted, Text: text}}}, MarkGranted); err == nil {
			t.Errorf("%q is read as a coupon", text)
		}
	}
}

func TestNumberIsTheNewest(t *testing.T) {
	t.Parallel()
	h := Head{ID: "1"}
	if h.Number() != "1" {
		t.Error(h.Number())
	}
	h.Lost = []Lost{{Number: "1", At: noon, By: "2"}, {Number: "2", At: noon.Add(time.Hour), By: "3"}}
	if h.Number() != "3" {
		t.Error(h.Number())
	}
	if at, lost := h.LostAt("2"); !lost || !at.Equal(noon.Add(time.Hour)) {
		t.Errorf("%s %t", at, lost)
	}
	if _, lost := h.LostAt("3"); lost {
		t.Error("the number in use is lost")
	}
}

// The latest act of consent holds, in whatever order acts arrive; of two at the same moment the withdrawal.
func TestConsentDoesNotDependOnTheOrderOfArrival(t *testing.T) {
	t.Parallel()
	yes, no := Consent{Allowed: true, At: noon, Source: "till"}, Consent{At: noon, Source: "link"}
	later := Consent{Allowed: true, At: noon.Add(time.Second), Source: "web"}
	for _, row := range []struct {
		acts []Consent
		want Consent
	}{
		{[]Consent{yes, no}, no}, {[]Consent{no, yes}, no}, {[]Consent{later, no}, later}, {[]Consent{no, later}, later},
		{[]Consent{yes, later, no}, later}, {[]Consent{yes}, yes},
	} {
		p := Profile{Email: "ana@shopper.example"}
		for _, act := range row.acts {
			p = p.Decide("offers", act)
		}
		if p.Consents["offers"] != row.want || p.Allows("offers") != row.want.Allowed {
			t.Errorf("%v: %v", row.acts, p.Consents["offers"])
		}
	}
}

func TestNobodyIsWrittenToWithoutAnAddress(t *testing.T) {
	t.Parallel()
	p := Profile{Email: "ana@shopper.example"}.Decide("offers", Consent{Allowed: true, At: noon})
	q := p.Decide("news", Consent{At: noon})
	if !p.Allows("offers") || p.Allows("news") || len(p.Consents) != 1 {
		t.Errorf("%v", p.Consents)
	}
	if diff := cmp.Diff([]string{"news", "offers"}, q.Topics()); diff != "" {
		t.Error(diff)
	}
	q.Suppressed = &Suppression{At: noon, Reason: "bounce"}
	if q.Allows("offers") {
		t.Error("a dead address may be written to")
	}
	p.Email = ""
	if p.Allows("offers") {
		t.Error("no address may be written to")
	}
}

// What a person writes comes back from a mark to the letter, and holds none of the signs between marks and entries.
func TestNotedReadsWhatItWrites(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "Cold coffee", "100%_sure %5F", "a\nb", "Käse: 3 > 2 & more", "%250A_%20"} {
		m := Noted(MarkReason, text)
		if strings.ContainsAny(m.Text, " \n") {
			t.Errorf("%q lies as %q", text, m.Text)
		}
		if got := NotedOf(ledger.Entry{Marks: []ledger.Mark{m}}, MarkReason); got != text {
			t.Errorf("%q comes back as %q", text, got)
		}
	}
}

func TestStatusReadsWhatItWrites(t *testing.T) {
	t.Parallel()
	for _, s := range []Status{Open, Blocked, Closed} {
		if got, ok := ParseStatus(s.String()); got != s || !ok {
			t.Errorf("%q is read as %q", s, got)
		}
	}
	if _, ok := ParseStatus("asleep"); ok {
		t.Error("a status that is none is read")
	}
}
