package audit_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/audit"
	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/money"
	"github.com/regulars-dev/regulars/shared/programme/yamldoc"
	"github.com/regulars-dev/regulars/shared/receipt"
	"github.com/regulars-dev/regulars/shared/store"
	"github.com/regulars-dev/regulars/shared/store/storefault"
)

// ending are the rules of a shop whose points and coupons end.
const ending = `{programme: corner, from: 2026-01-01T00:00:00Z, currency: EUR, time_zone: Europe/Berlin, language: en,
shop: {name: Shop, address: 1 Street}, stores: [{id: "0042", name: First}], cards: {secret: a secret for the tests alone, ranges: [{prefix: "77", length: 8}]},
earn: [{id: base, points: 1, per: "1.00"}], points: {days: 40, pay: {worth: "0.01"}}, offers: [{id: five, name: Five, amount: "5.00", on: basket, coupon: true}],
campaigns: [{id: hello, on: enrolled, grant: {points: 3}}, {id: big, on: checkout, when: {field: receipt.total, op: gte, value: "50.00"}, grant: {offer: five, days: 9}}]}`

// spring is such a shop over two months. Its time is that of whoever acts.
type spring struct {
	shop
	now time.Time
}

func openEnding(t *testing.T) *spring {
	t.Helper()
	s := &spring{shop: open(t), now: noon.AddDate(0, -2, 0)}
	rules, document, faults, err := yamldoc.Read(strings.NewReader(ending))
	if err != nil || len(faults) > 0 {
		t.Fatal(err, faults)
	}
	s.ok(s.store.Publish(t.Context(), rules.From, document))
	s.service = s.over(s.db)
	return s
}

func (s *spring) over(items store.Items) *loyalty.Service {
	service, _ := store.NewService(items, func() time.Time { return s.now })
	return service
}

// sale is the n-th receipt, of now.
func (s *spring) sale(number string, n int, minor int64) receipt.Receipt {
	return receipt.Receipt{
		Key: key(n), Card: number, At: s.now, Lines: []receipt.Line{{ID: "1", Quantity: 1, Amount: minor}}, Total: money.Amount{Minor: minor, Currency: "EUR"}, Source: "till",
	}
}

func (s *spring) decided(what string) audit.Replayed {
	s.t.Helper()
	r, err := audit.Replay(s.t.Context(), s.db, s.now, func(string, int64) {})
	s.ok(err)
	if !r.Sound() {
		s.t.Errorf("%s: %+v", what, r.Differences)
	}
	return r
}

// Points that a campaign has granted apart from any receipt end like all others, and are paid with in their turn.
func TestReplayKnowsWhenGrantedPointsEnd(t *testing.T) {
	t.Parallel()
	s := openEnding(t)
	_, err := s.service.Enrol(t.Context(), loyalty.Enrolment{Number: "77000001", Store: "0042", Profile: card.Profile{Given: "Ana"}}, nil)
	s.ok(err)
	s.now = s.now.AddDate(0, 0, 1)
	_, err = s.service.Checkout(t.Context(), s.sale("77000001", 1, 1_000))
	s.ok(err)
	s.now = s.now.AddDate(0, 0, 1)
	pays := s.sale("77000001", 2, 1_000)
	pays.Tenders = []receipt.Tender{{Kind: receipt.TenderPoints, Points: 5}}
	a, err := s.service.Checkout(t.Context(), pays)
	s.ok(err)
	if a.Balance != 3+10-5+9 {
		t.Fatalf("%+v", a)
	}
	s.decided("paid")
	s.now = s.now.AddDate(0, 0, 50)
	_, err = s.service.Checkout(t.Context(), s.sale("77000001", 3, 100))
	s.ok(err)
	if r := s.decided("ended"); r.Receipts != 3 || r.Expiries != 1 {
		t.Errorf("%+v", r)
	}
}

// A receipt or return whose process died on the way and that comes again a month later, when a coupon that it speaks of has ended, is decided
// by what was there then.
func TestReplayOfWhatWasPostedMuchLater(t *testing.T) {
	t.Parallel()
	s := openEnding(t)
	for call := 1; ; call++ {
		number := fmt.Sprintf("770000%02d", call)
		s.now = noon.AddDate(0, -2, 0)
		first, err := s.service.Checkout(t.Context(), s.sale(number, 3*call, 6_000))
		s.ok(err)
		_, err = s.service.Checkout(t.Context(), s.sale(number, 3*call+1, 6_000))
		s.ok(err)
		dies := func(days int, do func(*loyalty.Service) error) bool {
			s.now = s.now.AddDate(0, 0, days)
			return do(s.over(storefault.Wrap(s.db, storefault.Plan{DownFrom: call}))) != nil
		}
		back := receipt.Return{ID: "R", At: s.now}
		givesBack := func(at *loyalty.Service) error {
			_, err := at.Return(t.Context(), key(3*call+1), back)
			return err
		}
		died := dies(3, givesBack)
		late := s.sale(number, 3*call+2, 2_000)
		late.At, late.Coupons = s.now.AddDate(0, 0, 9), []string{first.Granted[0].ID} // by then it has ended
		uses := func(at *loyalty.Service) error {
			_, err := at.Checkout(t.Context(), late)
			return err
		}
		died = dies(9, uses) || died
		s.now = s.now.AddDate(0, 0, 30)
		s.ok(givesBack(s.service))
		s.ok(uses(s.service))
		s.decided(fmt.Sprintf("died at call %d", call))
		if !died {
			break
		}
	}
}
