package loyaltytest

import (
	"fmt"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/money"
	"github.com/regulars-dev/regulars/shared/programme"
	"github.com/regulars-dev/regulars/shared/receipt"
	"github.com/regulars-dev/regulars/shared/store"
	"github.com/regulars-dev/regulars/shared/store/storefault"
)

// eachFault plays something again and again, with each of its calls of the store failing once before and once after it worked. Play
// returns how many calls it took.
func eachFault(play func(call int, fault storefault.Fault) int) {
	for call, last := 1, false; !last; call++ {
		for _, fault := range []storefault.Fault{storefault.NotDone, storefault.ButDone} {
			last = play(call, fault) < call
		}
	}
}

// twice does something with the weak service, which may fail, and with the calm one two times.
func twice(t *testing.T, name string, weak, calm *loyalty.Service, what string, do func(*loyalty.Service) error) {
	t.Helper()
	for _, s := range []*loyalty.Service{weak, calm, calm} {
		if err := do(s); err != nil && s == calm {
			t.Errorf("%s: %s: %v", name, what, err)
		}
	}
}

// ordeal is a shop on a morning in March, seen by a service whose store fails by a plan and by one in calm weather.
type ordeal struct {
	t          *testing.T
	name       string
	now        time.Time
	rules      *programme.Programme
	serial     uint64 // of what is made in it
	faulty     *storefault.Items
	weak, calm *loyalty.Service
}

func newOrdeal(t *testing.T, items store.Items, name, document string, plan storefault.Plan) *ordeal {
	t.Helper()
	rules, _, err := read(document)
	if err != nil {
		t.Fatal(err)
	}
	o := &ordeal{
		t: t, name: name, now: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC), rules: rules, serial: Serial(name),
		faulty: storefault.Wrap(items, plan),
	}
	clock, bus := func() time.Time { return o.now }, &Bus{t: t}
	o.weak, _ = store.NewService(o.faulty, clock)
	o.calm, _ = store.NewService(items, clock)
	for _, s := range []*loyalty.Service{o.weak, o.calm} {
		s.Programmes, s.Bus = fixed{rules}, bus
	}
	return o
}

// buy has a receipt recorded in calm weather.
func (o *ordeal) buy(number, card string, minor int64) loyalty.Answer {
	o.t.Helper()
	a, err := o.calm.Checkout(o.t.Context(), receipt.Receipt{
		Key:  receipt.Key{Store: "0042", Till: fmt.Sprintf("o%d", o.serial), Number: number},
		Card: card, At: o.now, Source: "till", Total: money.Amount{Minor: minor, Currency: "EUR"},
	})
	if err != nil {
		o.t.Fatal(err)
	}
	return a
}

func (o *ordeal) twice(what string, do func(*loyalty.Service) error) {
	o.t.Helper()
	twice(o.t, o.name, o.weak, o.calm, what, do)
}
