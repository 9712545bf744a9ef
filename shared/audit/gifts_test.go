package audit_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/regulars-dev/regulars/shared/audit"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/giftcard"
	"github.com/regulars-dev/regulars/shared/money"
)

// What was paid in on all gift cards, and what became of it: one that was paid with and partly given back, one whose last day has passed
// and whom nobody has touched since, one whose purchase was refunded, and one in another currency.
func TestGiftCardsAreTotalled(t *testing.T) {
	t.Parallel()
	s := open(t)
	today := day.Of(noon, time.UTC)
	issue := func(id string, minor int64, in money.Currency, last day.Day) giftcard.Card {
		return giftcard.New(id, giftcard.Entry{Cause: "issue:" + id, At: noon}, money.Amount{Minor: minor, Currency: in}, "", last)
	}
	used, err := issue("USED", 5_000, "EUR", 0).Redeem(giftcard.Entry{Cause: "r", At: noon}, 3_000, today)
	s.ok(err)
	used, err = used.Refund(giftcard.Entry{Cause: "f", At: noon, Of: "r"}, 1_000, today)
	s.ok(err)
	ended, err := issue("ENDED", 700, "EUR", 0).Cancel(giftcard.Entry{Cause: "c", At: noon})
	s.ok(err)
	for _, c := range []giftcard.Card{used, ended, issue("OLD", 200, "EUR", today-1), issue("LAST", 90, "EUR", today), issue("FAR", 40, "CHF", 0)} {
		s.ok(s.store.PutGiftCard(t.Context(), c, 0))
	}
	r := s.audit()
	want := []audit.Gifts{
		{Currency: "CHF", Cards: 1, Sums: giftcard.Sums{Issued: 40, Balance: 40}},
		{Currency: "EUR", Cards: 4, Sums: giftcard.Sums{Issued: 5_990, Redeemed: 3_000, Refunded: 1_000, Expired: 200, Cancelled: 700, Balance: 3_090}},
	}
	if diff := cmp.Diff(want, r.GiftCards); diff != "" || !r.Sound() {
		t.Errorf("- want, + got:\n%s%v", diff, r.Faults)
	}
	for _, g := range r.GiftCards {
		if !g.Ties() {
			t.Errorf("%s does not tie", g.Currency)
		}
	}
}
