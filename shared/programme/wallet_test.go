package programme_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/ledger"
	"github.com/regulars-dev/regulars/shared/programme"
	"github.com/regulars-dev/regulars/shared/receipt"
)

const couponCampaign = `
offers: [{id: ten, name: 10 % off, percent: "10", on: basket, coupon: true}, {id: cake, name: Cake, amount: "3.00", on: basket, coupon: true}]
campaigns:
  - id: big
    on: checkout
    when: {all: [{field: receipt.total, op: gte, value: "50.00"}, {field: card.offers, op: not_in, value: [ten]}]}
    grant: {offer: ten, days: 5}
  - id: birthday
    on: anniversary
    date: birthday
    grant: {offer: cake, days: 14}
`

// marks writes an entry's marks as "+ten ?unknown".
func marks(e ledger.Entry) string {
	var list []string
	for _, m := range e.Marks {
		if c, err := card.CouponOf(m); err == nil {
			list = append(list, string(m.Kind)+c.Offer)
		} else if _, reason := card.NotTakenOf(m); m.Kind == card.MarkNotTaken {
			list = append(list, "?"+reason)
		}
	}
	return strings.Join(list, " ")
}

// An expired coupon stays for receipts that arrive late, but does not count as one: the campaign speaks again.
func TestExpiredCouponStandsInNobodysWay(t *testing.T) {
	t.Parallel()
	p := rules(t, onePoint+couponCampaign)
	h := card.Head{ID: "7001"}
	for i, row := range []struct{ when, want string }{
		{"2026-11-01T10:00", "+ten"}, {"2026-11-06T10:00", ""}, {"2026-11-07T10:00", "+ten"},
	} {
		r := sale(fmt.Sprint(i), at(t, row.when), 5000)
		h = p.Checkout(h, card.Profile{}, r, r.At)
		if got := marks(last(h)); got != row.want {
			t.Errorf("%s: %q, want %q", row.when, got, row.want)
		}
	}
	if len(h.Wallet) != 2 || len(p.Shown(h, at(t, "2026-11-07T10:00")).Wallet) != 1 {
		t.Errorf("wallet %v", h.Wallet)
	}
}

// A wallet that is full of expired coupons has room for a live one; one that is full of live ones says so.
func TestFullWallet(t *testing.T) {
	t.Parallel()
	p := rules(t, onePoint+couponCampaign)
	now := at(t, "2026-11-21T10:00")
	today := day.Date(2026, 11, 21)
	for name, row := range map[string]struct {
		on   day.Day
		want string
	}{"of expired coupons": {today - 1, "+ten"}, "of live coupons": {today, "?wallet_full"}} {
		h := card.Head{ID: "7001", EnrolledOn: today}
		for i := range card.MaxWallet {
			h, _ = h.Put(card.Coupon{ID: fmt.Sprint(i), Offer: "cake", ExpiresOn: row.on})
		}
		h = p.Checkout(h, card.Profile{}, sale("1", now, 5000), now)
		if got := marks(last(h)); got != row.want || len(h.Wallet) > card.MaxWallet {
			t.Errorf("full %s: %q, want %q", name, got, row.want)
		}
	}
}

// The receipt that brought a coupon goes back: the coupon is void, also one that was used meanwhile and has come back with a longer life.
func TestCouponOfAReturnedReceiptIsVoid(t *testing.T) {
	t.Parallel()
	p := rules(t, onePoint+couponCampaign)
	brought := sale("1", at(t, "2026-11-01T10:00"), 5000)
	h := p.Checkout(card.Head{ID: "7001"}, card.Profile{}, brought, brought.At)
	first := last(h)
	used := sale("2", at(t, "2026-11-05T10:00"), 1000)
	used.Coupons = []string{h.Wallet[0].ID, "NOSUCH", h.Wallet[0].ID}
	h = p.Checkout(h, card.Profile{}, used, used.At)
	if got := marks(last(h)); got != "-ten ?unknown" {
		t.Fatal(got)
	}
	redeemed := h
	h, _ = giveBack(t, p, h, used, last(h), []receipt.Return{{ID: "a", At: at(t, "2026-11-06T10:00")}}, at(t, "2026-11-06T10:00"))
	if got := marks(last(h)); got != "=ten" || h.Wallet[0].ExpiresOn != day.Date(2026, 11, 20) {
		t.Fatal(got, h.Wallet)
	}
	h, _ = giveBack(t, p, h, brought, first, []receipt.Return{{ID: "b"}}, at(t, "2026-11-07T10:00"))
	if got := marks(last(h)); got != "!ten" || len(h.Wallet) != 0 {
		t.Errorf("%q, wallet %v", got, h.Wallet)
	}
	// Used and not given back: there is nothing to take.
	h, _ = giveBack(t, p, redeemed, brought, first, []receipt.Return{{ID: "b"}}, at(t, "2026-11-07T10:00"))
	if got := marks(last(h)); got != "" {
		t.Errorf("%q", got)
	}
}

// A coupon that comes back finds its id in use, which is rare and possible: no wallet holds one id twice.
func TestReinstatedCouponIsNotDoubled(t *testing.T) {
	t.Parallel()
	p := rules(t, onePoint+couponCampaign)
	r := sale("1", at(t, "2026-11-01T10:00"), 1000)
	c := card.Coupon{ID: "Q7M4K2", Offer: "ten", Campaign: "big", ExpiresOn: day.Date(2026, 12, 1)}
	h, _ := card.Head{ID: "7001"}.Put(c)
	r.Coupons = []string{c.ID}
	h = p.Checkout(h, card.Profile{}, r, r.At)
	sold := last(h)
	h, _ = h.Put(card.Coupon{ID: c.ID, Offer: "cake", Campaign: "birthday", ExpiresOn: c.ExpiresOn})
	h, _ = giveBack(t, p, h, r, sold, []receipt.Return{{ID: "a"}}, r.At)
	if got := marks(last(h)); got != "?id_taken" || len(h.Wallet) != 1 {
		t.Errorf("%q, wallet %v", got, h.Wallet)
	}
}

func TestOccasionSpeaksToOpenCardsThatItIsMeantFor(t *testing.T) {
	t.Parallel()
	p := rules(t, onePoint+couponCampaign)
	now, today := at(t, "2026-11-21T09:00"), day.Date(2026, 11, 21)
	c, ok := p.Campaign("birthday")
	if !ok || len(p.Anniversaries()) != 1 {
		t.Fatal("there is no birthday")
	}
	var k programme.Kept
	for _, k = range p.Kept(now.Add(-3*time.Hour), now) {
		if k.SpokenOn() == today && k.Campaign.ID == c.ID {
			break
		}
	}
	h, spoken := p.Occasion(card.Head{ID: "7001"}, card.Profile{}, k, now)
	if e := last(h); !spoken || marks(e) != "+cake" || e.Cause != "birthday~2026" || h.Wallet[0].ExpiresOn != today+14 || e.At.After(now) {
		t.Errorf("%t %+v", spoken, e)
	}
	for _, status := range []card.Status{card.Blocked, card.Closed} {
		if _, spoken := p.Occasion(card.Head{ID: "7001", Status: status}, card.Profile{}, k, now); spoken {
			t.Errorf("a card of status %c is spoken to", status)
		}
	}
}
