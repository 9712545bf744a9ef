package loyalty_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/receipt"
)

func (s *shop) explain(r receipt.Receipt) loyalty.Explanation {
	s.t.Helper()
	x, err := s.Explain(s.t.Context(), r.Key)
	if err != nil {
		s.t.Fatal(err)
	}
	return x
}

// W-4: the price of each line that counts, the rules and their version, the remainder and what was carried over, the lots, and what the
// returns took back.
func TestW4ExplainsAReceipt(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.Publish("earn:", "points: {months: 12, carry_over: true, pay: {worth: \"0.01\"}}\nearn:")
	ana := s.Enrol(1, "")
	first, second := s.sale("1", ana, 1060), s.sale("2", ana, 550, 1000)
	s.checkout(first)
	s.checkout(second)
	x := s.explain(second)
	line := x.Points.Lines[0]
	s.check("a line", fmt.Sprint(line.Line, " ", line.Counts, line.By), "1 5.50 EUR [{base 5.5}]")
	s.check("the rules", fmt.Sprint(x.Points.Rules, x.Points.Exact, x.Points.Worth, x.Points.Cut), "[{base counted 15.5 []}]15.515.5")
	s.check("in the book", fmt.Sprint(x.Outcome, x.Agrees, x.Posted.Points, x.Posted.Carried), "postedtrue 16 1")
	s.check("the lot", fmt.Sprint(*x.Posted.Lot), "{16  2027-11-30}")
	if len(x.Rules.Version) != 64 || x.Card != ana {
		t.Errorf("%+v", x)
	}

	paid := s.sale("3", ana, 1000)
	paid.Tenders = []receipt.Tender{{Kind: receipt.TenderPoints, Points: 20}}
	s.checkout(paid)
	x = s.explain(paid)
	s.check("paid in points", fmt.Sprint(x.Posted.Paid, x.Posted.PaidMinor, x.Posted.PaidLots, x.Points.Paid), "20 0.20 EUR [{20  2027-11-30}]49/50")

	if _, err := s.Return(t.Context(), second.Key, receipt.Return{ID: "R-1", At: s.Clock(), Lines: []receipt.ReturnedLine{{ID: "2", Quantity: 1}}}); err != nil {
		t.Fatal(err)
	}
	back := s.explain(second).Back[0]
	s.check("its return", fmt.Sprint(back.Return, back.Refund, back.Basis, back.Before, back.After, back.Posted.Points), "R-110.00 EURcounterfactual15.55.5-10")
}

// A receipt that earned nothing says why, and one whose rules were published again says that the book differs.
func TestExplainsWhatIsNotInTheBook(t *testing.T) {
	t.Parallel()
	s := open(t)
	ana := s.Enrol(1, "")
	guest := s.sale("1", "", 1000)
	s.checkout(guest)
	s.check("a guest's", s.explain(guest).Outcome, loyalty.ExplainedGuest)
	bought := s.sale("2", ana, 1000)
	s.checkout(bought)
	s.Wait(time.Hour)
	if _, err := s.SetStatus(t.Context(), ana, card.Blocked, loyalty.ByHand{ID: "b", Reason: "lost", By: "Mira"}); err != nil {
		t.Fatal(err)
	}
	blocked := s.sale("3", ana, 1000)
	if _, err := s.Checkout(t.Context(), blocked); err == nil {
		t.Fatal("a blocked card buys")
	}
	x := s.explain(blocked)
	s.check("a blocked card's", fmt.Sprint(x.Outcome, x.Posted, x.Points.Worth), "not_posted<nil>10")
	_, err := s.Explain(t.Context(), receipt.Key{Store: "0042", Till: "1", Number: "99"})
	s.check("an unknown one", kind(err), "not found receipt_unknown")

	now := s.Clock()
	s.Set("2026-11-21T09:00")
	s.Publish("points: 1, per: \"1.00\"", "points: 2, per: \"1.00\"")
	s.Wait(now.Sub(s.Clock()) + time.Hour)
	x = s.explain(bought)
	s.check("other rules since", fmt.Sprint(x.Agrees, x.Posted.Points, x.Points.Worth), "false 1020")
}
