package loyalty_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/ledger"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// H-1: lots keep their own days, and what is below a point adds up to a point.
func TestLotsKeepTheirDaysAndRestsAddUpH1(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.publish("offers:\n", "points: {months: 1, carry_over: true}\noffers:\n")
	a, b := s.Enrol(1, ""), s.Enrol(2, "")
	s.checkout(s.sale("1", a, 10060))
	s.Set("2026-12-20T10:00")
	s.checkout(s.sale("2", b, 20070))
	said := s.merge(a, b, "m1")
	if said.Points != 101 || said.Balance != 301 || said.Head.Book.Carried != 30*ledger.Grains/100 {
		t.Errorf("%+v", said)
	}
	lots := ""
	for _, l := range said.Lots {
		lots += fmt.Sprintf("%s:%d of %d, ", l.ExpiresOn, l.Points, l.Of)
	}
	s.check("lots", lots, "2026-12-31:100 of 1, 2027-01-31:201 of 0, ")
}

// H-6: of a lost card's receipts that come late, one from before the loss counts; one from after it waits for a person.
func TestReceiptOfALostCardThatComesLateH6(t *testing.T) {
	t.Parallel()
	s := open(t)
	ana := s.Enrol(1, "")
	before, lost := s.sale("1", ana, 900), s.Clock().Add(30*time.Minute)
	after := s.sale("2", ana, 1100)
	after.At = lost.Add(time.Hour)
	s.Wait(24 * time.Hour)
	if _, err := s.Replace(t.Context(), ana, s.Number(2), lost, nil); err != nil {
		t.Fatal(err)
	}
	s.checkout(before)
	_, err := s.Checkout(t.Context(), after)
	if parked, again := loyalty.Settle(t.Context(), s.Store, loyalty.Parked{Topic: "checkout", At: s.Clock(), Message: []byte("{}")}, err); !parked || again != nil {
		t.Errorf("%v, parked: %v, again: %v", err, parked, again)
	}
	s.balance(ana, 9)
	if list := s.Inbox(); len(list) != 1 || !strings.Contains(list[0], "was reported lost") {
		t.Errorf("the inbox holds %q", list)
	}
}

// H-3: addresses stay apart while two cards are one; what was withdrawn then stays withdrawn when they part, and what each said before
// is its own again.
func TestConsentsOfMergedCardsH3(t *testing.T) {
	t.Parallel()
	s := open(t)
	a, b := s.Enrol(1, "", "offers", "news"), s.Enrol(2, "", "offers", "news")
	s.Wait(time.Hour)
	allowed := func(number string) string {
		o, err := s.Store.Open(t.Context(), number, true)
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprintf("%s offers %v news %v", o.Profile.Email, o.Profile.Allows("offers"), o.Profile.Allows("news"))
	}
	withdraw := func(number, topic string) {
		if _, _, err := s.UpdateProfile(t.Context(), number, func(p card.Profile) (card.Profile, error) {
			return p.Decide(topic, card.Consent{At: s.Clock(), Source: "unsubscribe link"}), nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	withdraw(b, "news")
	s.Wait(time.Hour)
	s.merge(a, b, "m1")
	s.check("as one", allowed(a), "ana2@shopper.example offers true news false")
	s.Wait(time.Hour)
	withdraw(a, "offers")
	s.check("as one", allowed(b), "ana2@shopper.example offers false news false")
	s.unmerge(a, "u1")
	s.check("parted", allowed(a), "ana1@shopper.example offers false news true")
}

// mergeHistory is four cards to which receipts, repeats, returns, merges and unmerges come in any order.
type mergeHistory struct {
	*shop
	random *rand.Rand
	cards  []string
	sales  []receipt.Receipt
	back   map[string]bool
	want   map[string]int64 // by the number that was swiped
	acts   int
	join   func(ctx context.Context, from, into string, by loyalty.ByHand) (loyalty.Answer, error)
	leave  func(ctx context.Context, number string, by loyalty.ByHand) (loyalty.Answer, error)
}

func (h *mergeHistory) step() {
	h.t.Helper()
	h.Wait(time.Hour)
	number := h.cards[h.random.IntN(len(h.cards))]
	h.acts++
	id := fmt.Sprint("x", h.acts)
	switch n := h.random.IntN(10); {
	case n < 4 || len(h.sales) == 0:
		r := h.sale(id, number, int64(100*(1+h.random.IntN(40))))
		h.sales, h.want[number] = append(h.sales, r), h.want[number]+r.Total.Minor/100
		if a := h.checkout(r); a.Repeated {
			h.t.Errorf("receipt %s is new: %+v", id, a)
		}
	case n < 6:
		if a := h.checkout(h.sales[h.random.IntN(len(h.sales))]); !a.Repeated {
			h.t.Errorf("a receipt that came before is a repeat: %+v", a)
		}
	case n < 7:
		r := h.sales[h.random.IntN(len(h.sales))]
		ret, err := h.Return(h.t.Context(), r.Key, receipt.Return{ID: "r1", At: r.At.Add(time.Minute)})
		if err != nil || ret.Points != -r.Total.Minor/100 || ret.Repeated != h.back[r.Key.Number] {
			h.t.Errorf("return of %s: %+v %v", r.Key, ret, err)
		}
		if !h.back[r.Key.Number] {
			h.back[r.Key.Number], h.want[r.Card] = true, h.want[r.Card]-r.Total.Minor/100
		}
	case n < 9:
		if _, err := h.join(h.t.Context(), number, h.cards[h.random.IntN(len(h.cards))], act(id)); err != nil && !errors.Is(err, loyalty.ErrRefused) {
			h.t.Error(err)
		}
	default:
		if _, err := h.leave(h.t.Context(), number, act(id)); err != nil && !errors.Is(err, loyalty.ErrRefused) {
			h.t.Error(err)
		}
	}
}

// sound demands that each book adds up, and that all of them together hold what was earned.
func (h *mergeHistory) sound() {
	h.t.Helper()
	var sum, want int64
	for _, number := range h.cards {
		kept, err := h.Joins.Kept(h.t.Context(), number)
		if err != nil {
			h.t.Fatal(err)
		}
		pages, err := h.Pages.Pages(h.t.Context(), number)
		if err != nil {
			h.t.Fatal(err)
		}
		if wrong := kept.Head.Book.Sound(pages[:kept.Head.Book.Pages]); wrong != "" {
			h.t.Errorf("card %s: %s", number, wrong)
		}
		sum, want = sum+kept.Head.Book.Balance, want+h.want[number]
	}
	if sum != want {
		h.t.Fatalf("after %d steps the cards have %d points together, want %d", h.acts, sum, want)
	}
}

// However receipts, repeats, returns, merges and unmerges come, or cards that join a household and leave it, the points are those of the sum; and when the cards have all parted
// again, each has what its own numbers have earned.
func TestMergesInAnyHistoryLoseAndDoubleNothing(t *testing.T) {
	t.Parallel()
	for seed := range uint64(8) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			h := &mergeHistory{shop: open(t), random: rand.New(rand.NewPCG(seed, 5)), back: map[string]bool{}, want: map[string]int64{}}
			if h.join, h.leave = h.Merge, h.Unmerge; seed%2 == 1 {
				h.publish("offers:\n", "household: {members: 4}\noffers:\n")
				h.join, h.leave = h.JoinHousehold, h.LeaveHousehold
			}
			for n := range uint64(4) {
				h.cards = append(h.cards, h.Enrol(1+n, ""))
			}
			for range 90 {
				h.step()
				h.sound()
			}
			for range len(h.cards) {
				for _, number := range h.cards {
					h.acts++
					if _, err := h.leave(t.Context(), number, act(fmt.Sprint("end", h.acts))); err != nil && !errors.Is(err, loyalty.ErrRefused) {
						t.Error(err)
					}
				}
			}
			for _, number := range h.cards {
				h.balance(number, h.want[number])
			}
			for _, r := range h.sales {
				if a := h.checkout(r); !a.Repeated {
					t.Errorf("%s is a repeat", r.Key)
				}
			}
		})
	}
}
