package loyalty_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/money"
	"github.com/regulars-dev/regulars/shared/receipt"
)

func act(id string) loyalty.ByHand {
	return loyalty.ByHand{ID: id, Reason: "Two cards of one shopper", By: "Mira"}
}

func (s *shop) merge(from, into, id string) loyalty.Answer {
	s.t.Helper()
	a, err := s.Merge(s.t.Context(), from, into, act(id))
	if err != nil {
		s.t.Fatal(err)
	}
	return a
}

func (s *shop) unmerge(number, id string) loyalty.Answer {
	s.t.Helper()
	a, err := s.Unmerge(s.t.Context(), number, act(id))
	if err != nil {
		s.t.Fatal(err)
	}
	return a
}

func (s *shop) balance(number string, want int64) {
	s.t.Helper()
	if h := s.head(number); h.Book.Balance != want {
		s.t.Errorf("card %s has %d points, want %d: %+v", number, h.Book.Balance, want, h.Book.Lots)
	}
}

func (s *shop) back(number string) loyalty.Returned {
	s.t.Helper()
	r, err := s.Return(s.t.Context(), receipt.Key{Store: "0042", Till: "1", Number: number}, receipt.Return{ID: "r1", At: s.Clock()})
	if err != nil {
		s.t.Fatal(err)
	}
	return r
}

// H-4: whatever names a merged card goes to the one that has survived, through any chain, and no chain closes.
func TestReceiptsOfAMergedCardGoToTheSurvivor(t *testing.T) {
	t.Parallel()
	s := open(t)
	a, b, c := s.Enrol(1, ""), s.Enrol(2, ""), s.Enrol(3, "")
	first := s.sale("1", a, 1000)
	s.checkout(first)
	s.checkout(s.sale("2", b, 2000))
	s.checkout(s.sale("3", c, 4000))
	if said := s.merge(a, b, "m1"); said.Repeated || said.Card != b || said.Points != 10 || said.Balance != 30 {
		t.Fatalf("%+v", said)
	}
	if said := s.merge(a, b, "m1"); !said.Repeated || said.Points != 10 || said.Balance != 30 {
		t.Errorf("again: %+v", said)
	}
	s.merge(b, c, "m2")
	s.balance(a, 70)
	if said := s.merge(a, b, "m1"); !said.Repeated || said.Points != 10 {
		t.Errorf("again behind another merge: %+v", said)
	}
	for _, pair := range [][2]string{{c, a}, {a, c}, {b, a}, {a, a}} {
		if _, err := s.Merge(t.Context(), pair[0], pair[1], act("m3")); kind(err) != "refused same_card" {
			t.Errorf("%v: %v", pair, err)
		}
	}
	if said := s.checkout(first); !said.Repeated || said.Points != 10 {
		t.Errorf("a receipt from before the merge is a repeat: %+v", said)
	}
	if said := s.checkout(s.sale("4", a, 300)); said.Card != c || said.Balance != 73 {
		t.Errorf("a new receipt of the merged card: %+v", said)
	}
	if said := s.back("1"); said.Card != c || said.Points != -10 || said.Balance != 63 {
		t.Errorf("a return of an old receipt: %+v", said)
	}
	if said := s.back("1"); !said.Repeated || said.Points != -10 {
		t.Errorf("the return again: %+v", said)
	}
	s.check("book", s.Book(a), "+40 0042/1/3, +30 merge:m2, +3 0042/1/4, -10 0042/1/1~1")
}

// H-5: each lot goes back to its origin; what was spent stays where it was taken, and no lot is below zero.
func TestUnmergeGivesBackWhatIsLeft(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.publish("offers:\n", "points: {months: 12}\noffers:\n")
	a, b := s.Enrol(1, ""), s.Enrol(2, "")
	s.checkout(s.sale("1", a, 10000))
	s.Wait(40 * 24 * time.Hour) // so that the lots of the two end on other days
	s.checkout(s.sale("2", b, 20000))
	s.merge(a, b, "m1")
	s.Wait(10 * 24 * time.Hour)
	if _, err := s.Adjust(t.Context(), b, -40, act("spend")); err != nil {
		t.Fatal(err)
	}
	late := s.sale("3", a, 500)
	s.checkout(late)
	s.checkout(s.sale("4", b, 700))
	said := s.unmerge(a, "u1")
	if said.Card != a || said.Points != 65 || said.Balance != 65 {
		t.Errorf("100 less the 40 that were spent of them, and 5 of its own number: %+v", said)
	}
	s.balance(b, 207)
	if said := s.unmerge(a, "u1"); !said.Repeated || said.Points != 65 {
		t.Errorf("again: %+v", said)
	}
	if said := s.checkout(late); !said.Repeated || said.Points != 5 {
		t.Errorf("a receipt of the time in between is a repeat: %+v", said)
	}
	if said := s.back("3"); said.Card != a || said.Points != -5 || said.Balance != 60 {
		t.Errorf("and its return takes from the card that has its points: %+v", said)
	}
	if said := s.back("1"); said.Card != a || said.Points != -100 || said.Balance != -40 {
		t.Errorf("a return of a receipt from before: %+v", said)
	}
	s.checkout(s.sale("5", b, 100))
	s.balance(b, 208)
	if _, err := s.Unmerge(t.Context(), b, act("u2")); kind(err) != "refused not_merged" {
		t.Error(err)
	}
	s.merge(a, b, "m2")
	s.balance(a, 168)
	if said := s.checkout(late); !said.Repeated {
		t.Errorf("merged again: %+v", said)
	}
}

// H-2: what counts towards a tier adds up.
func TestMergeRaisesAndNeverLowersATier(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.publish("offers:\n", "tiers: [{id: silver, name: Silver, points: 500}, {id: gold, name: Gold, points: 1000}]\noffers:\n")
	a, b := s.Enrol(1, ""), s.Enrol(2, "")
	s.checkout(s.sale("1", a, 60000))
	s.checkout(s.sale("2", b, 45000))
	if h := s.head(a); h.Tier != "silver" {
		t.Fatalf("tier %q", h.Tier)
	}
	if said := s.merge(a, b, "m1"); said.TierBefore != "" || said.Tier != "gold" || said.Head.Qualifying.Points != 1050 {
		t.Errorf("%+v", said)
	}
	s.unmerge(a, "u1")
	if from, into := s.head(a), s.head(b); from.Tier != "silver" || into.Tier != "" || from.Qualifying.Points != 600 || into.Qualifying.Points != 450 {
		t.Errorf("%+v, %+v", from.Qualifying, into.Qualifying)
	}
}

// A number that was lost before or after the merge follows its card back out of it.
func TestLostNumbersFollowTheirCard(t *testing.T) {
	t.Parallel()
	s := open(t)
	a, b := s.Enrol(1, ""), s.Enrol(2, "")
	lose := func(old string, n uint64) string {
		got, err := s.Replace(t.Context(), old, s.Number(n), s.Clock(), nil)
		if err != nil {
			t.Fatal(err)
		}
		return got.Number
	}
	second := lose(a, 11)
	s.merge(second, b, "m1")
	third := lose(second, 12)
	own := lose(b, 13)
	s.checkout(s.sale("1", third, 1000))
	s.checkout(s.sale("2", own, 2000))
	s.check("number", s.head(a).Number(), own)
	if _, err := s.Checkout(t.Context(), s.sale("3", second, 1000)); kind(err) != "refused card_lost" {
		t.Error(err)
	}
	s.unmerge(second, "u1")
	for _, number := range []string{a, second, third} {
		s.balance(number, 10)
	}
	s.balance(own, 20)
	s.check("number", s.head(a).Number(), third)
	if h := s.head(b); len(h.Merged()) != 0 || len(h.Lost) != 1 {
		t.Errorf("%+v %+v", h.Joined, h.Lost)
	}
}

// Coupons that find no room wait in the merged card, and come back with it; those that were used do not.
func TestCouponsMoveAsFarAsTheyFit(t *testing.T) {
	t.Parallel()
	s := open(t)
	a, b := s.Enrol(1, ""), s.Enrol(2, "")
	give := func(number, id string, n int) {
		o, err := s.Store.Open(t.Context(), number, true)
		if err != nil {
			t.Fatal(err)
		}
		for i := range n {
			o.Head, _ = o.Head.Put(card.Coupon{ID: fmt.Sprintf("%s%02d", id, i), Offer: "ten", ExpiresOn: 30000})
		}
		if _, err := s.Store.PutHead(t.Context(), o.Head, o.HeadVersion); err != nil {
			t.Fatal(err)
		}
	}
	give(a, "A", 5)
	give(b, "B", card.MaxWallet-3)
	said := s.merge(a, b, "m1")
	if len(said.Head.Wallet) != card.MaxWallet || len(said.NotTaken) != 2 || said.NotTaken[0].Reason != "wallet_full" {
		t.Fatalf("%d coupons, %+v", len(said.Head.Wallet), said.NotTaken)
	}
	use := s.sale("1", b, 5000)
	use.Coupons = []string{"A01"}
	if got := s.checkout(use); len(got.Redeemed) != 1 {
		t.Fatalf("%+v", got)
	}
	s.unmerge(a, "u1")
	ids := ""
	for _, c := range s.head(a).Wallet {
		ids += c.ID + " "
	}
	s.check("wallet", ids, "A03 A04 A00 A02 ")
	if n := len(s.head(b).Wallet); n < card.MaxWallet-3 {
		t.Errorf("%d coupons are left", n)
	}
}

// A card takes its own merged cards along, and they leave with it.
func TestMergedCardsGoAlong(t *testing.T) {
	t.Parallel()
	s := open(t)
	a, b, c, d := s.Enrol(1, ""), s.Enrol(2, ""), s.Enrol(3, ""), s.Enrol(4, "")
	for i, number := range []string{a, b, c, d} {
		s.checkout(s.sale(fmt.Sprint(i), number, int64(1000<<i)))
	}
	s.merge(a, b, "m1")
	s.merge(b, c, "m2")
	s.merge(d, c, "m3")
	s.balance(a, 150)
	late := s.sale("10", a, 100)
	s.checkout(late)
	if _, err := s.Unmerge(t.Context(), a, act("u1")); kind(err) != "refused merged_deeper" {
		t.Error(err)
	}
	s.unmerge(b, "u1")
	s.balance(c, 120)
	s.balance(a, 31)
	s.unmerge(a, "u2")
	s.balance(a, 11)
	s.balance(b, 20)
	s.unmerge(d, "u3")
	s.balance(c, 40)
	s.balance(d, 80)
	if said := s.checkout(late); !said.Repeated {
		t.Errorf("%+v", said)
	}
	if said := s.back("10"); said.Card != a || said.Balance != 10 {
		t.Errorf("%+v", said)
	}
}

// What a merged card owes is paid by the other.
func TestDebtIsPaidByTheMerge(t *testing.T) {
	t.Parallel()
	s := open(t)
	a, b := s.Enrol(1, ""), s.Enrol(2, "")
	for _, number := range []string{a, b} {
		s.checkout(s.sale(number, number, 5000))
	}
	if _, err := s.Adjust(t.Context(), a, -30, act("1")); err != nil {
		t.Fatal(err)
	}
	s.back(a)
	s.balance(a, -30)
	s.merge(a, b, "m1")
	s.balance(a, 20)
	s.unmerge(a, "u1")
	s.balance(a, 0)
	s.balance(b, 20)
	s.back(b)
	s.merge(a, b, "m2")
	s.balance(a, -30)
}

func TestWhatCannotBeMerged(t *testing.T) {
	t.Parallel()
	s := open(t)
	a, b, blocked := s.Enrol(1, ""), s.Enrol(2, ""), s.Enrol(3, "")
	if _, err := s.SetStatus(t.Context(), blocked, card.Blocked, act("s1")); err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		from, into string
		by         loyalty.ByHand
		want       string
	}{
		{a, blocked, act("m1"), "refused card_blocked"}, {blocked, b, act("m1"), "refused card_blocked"}, {a, s.Number(99), act("m1"), "not found card_unknown"},
		{s.Number(99), a, act("m1"), "not found card_unknown"}, {a, b, loyalty.ByHand{ID: "m1", By: "Mira"}, "invalid reason"},
		{a, b, act("m1"), "<nil>"}, {a, b, loyalty.ByHand{ID: "m1", Reason: "Another", By: "Mira"}, "conflict id_conflict"},
	} {
		if _, err := s.Merge(t.Context(), row.from, row.into, row.by); kind(err) != row.want {
			t.Errorf("%s into %s: %v, want %s", row.from, row.into, err, row.want)
		}
	}
	for n := range uint64(card.MaxJoined) {
		_, err := s.Merge(t.Context(), s.Enrol(20+n, ""), b, act(fmt.Sprint("x", n)))
		if want := map[bool]string{true: "refused merge_limit", false: "<nil>"}[n == card.MaxJoined-1]; kind(err) != want {
			t.Errorf("%d more: %v", n+1, err)
		}
	}
}

// A guest's receipt that one of the cards has claimed is the survivor's, and the other's no more.
func TestClaimsFollowMergedCards(t *testing.T) {
	t.Parallel()
	s := open(t)
	a, b := s.Enrol(1, ""), s.Enrol(2, "")
	guest := receipt.Receipt{Key: receipt.Key{Store: "0042", Till: "1", Number: "1"}, At: s.Clock(), Total: money.Amount{Minor: 900, Currency: "EUR"}}
	s.checkout(guest)
	claim := func(number string) (loyalty.Answer, error) { return s.Claim(t.Context(), guest.Key, number) }
	if said, err := claim(a); err != nil || said.Points != 9 {
		t.Fatalf("%+v %v", said, err)
	}
	s.merge(a, b, "m1")
	for _, number := range []string{a, b} {
		if said, err := claim(number); err != nil || !said.Repeated || said.Points != 9 {
			t.Errorf("%+v %v", said, err)
		}
	}
	s.unmerge(a, "u1")
	if said, err := claim(a); err != nil || !said.Repeated {
		t.Errorf("%+v %v", said, err)
	}
	if _, err := claim(b); !errors.Is(err, loyalty.ErrConflict) {
		t.Error(err)
	}
}

// The world hears of a tier that a merge brings, and of no points: they were told when they were earned. A card that lives again
// tells nothing a second time.
func TestTheWorldHearsOfMergesOnce(t *testing.T) {
	t.Parallel()
	s := open(t)
	a, b := s.Enrol(1, ""), s.Enrol(2, "")
	s.checkout(s.sale("1", a, 1000))
	s.relay(a)
	s.relay(b)
	before := s.Bus.Facts()
	s.merge(a, b, "m1")
	s.relay(b)
	s.unmerge(a, "u1")
	s.relay(b)
	s.check("facts", s.Bus.Facts(), before)
}
