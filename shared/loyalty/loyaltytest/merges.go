package loyaltytest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/ledger"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/money"
	"github.com/regulars-dev/regulars/shared/receipt"
	"github.com/regulars-dev/regulars/shared/store"
	"github.com/regulars-dev/regulars/shared/store/storefault"
)

// RunMerges lets a receipt and a return meet a merge, and an unmerge, at each of their calls of the store, and fails each call of all of
// them once before and once after it worked. Whoever comes first, each is posted once, and the two cards have the points of the sum.
func RunMerges(t *testing.T, open func(t *testing.T) store.Items) {
	t.Helper()
	run(t, open(t), meetings)
}

// RunHouseholds does the same with a card that joins a household, and one that leaves it.
func RunHouseholds(t *testing.T, open func(t *testing.T) store.Items) {
	t.Helper()
	run(t, open(t), households)
}

func run(t *testing.T, items store.Items, list []meeting) {
	t.Helper()
	for _, first := range list {
		for _, second := range list {
			if first.name != second.name {
				meet(t, items, first, second, list[2])
			}
		}
		failing(t, items, first, list[2])
	}
}

// meeting is something that happens to two cards at the same time as something else.
type meeting struct {
	name string
	do   func(ctx context.Context, s *loyalty.Service, p pair) error
}

var meetings = []meeting{
	{"a receipt", func(ctx context.Context, s *loyalty.Service, p pair) error {
		_, err := s.Checkout(ctx, p.sale(3, p.a, 300))
		return err
	}},
	{"a return", func(ctx context.Context, s *loyalty.Service, p pair) error {
		_, err := s.Return(ctx, p.key(1), receipt.Return{ID: "r1", At: p.now.Add(time.Hour), Money: 400})
		return err
	}},
	{"a merge", func(ctx context.Context, s *loyalty.Service, p pair) error {
		_, err := s.Merge(ctx, p.a, p.b, loyalty.ByHand{ID: p.till + "m", Reason: "one shopper", By: "Mira"})
		return err
	}},
	{"an unmerge", func(ctx context.Context, s *loyalty.Service, p pair) error {
		_, err := s.Unmerge(ctx, p.a, loyalty.ByHand{ID: p.till + "u", Reason: "two shoppers", By: "Mira"})
		if errors.Is(err, loyalty.ErrRefused) {
			return nil // they are not one yet
		}
		return err
	}},
}

// households are a receipt and a return that meet two cards which begin to share their points, and end it.
var households = []meeting{meetings[0], meetings[1],
	{"a joining", func(ctx context.Context, s *loyalty.Service, p pair) error {
		_, err := s.JoinHousehold(ctx, p.a, p.b, loyalty.ByHand{ID: p.till + "j", Reason: "one household", By: "Mira"})
		return err
	}},
	{"a leaving", func(ctx context.Context, s *loyalty.Service, p pair) error {
		_, err := s.LeaveHousehold(ctx, p.a, loyalty.ByHand{ID: p.till + "l", Reason: "moved out", By: "Mira"})
		if errors.Is(err, loyalty.ErrRefused) {
			return nil // they share nothing yet
		}
		return err
	}},
}

// pair is two cards with a receipt each, of 10 and of 20 points.
type pair struct {
	now        time.Time
	till, a, b string
	calm       *loyalty.Service
}

func (p pair) key(n int) receipt.Key {
	return receipt.Key{Store: "0042", Till: p.till, Number: fmt.Sprint(n)}
}

func (p pair) sale(n int, number string, minor int64) receipt.Receipt {
	return receipt.Receipt{Key: p.key(n), Card: number, At: p.now, Source: "till", Total: money.Amount{Minor: minor, Currency: "EUR"}}
}

func newPair(t *testing.T, items store.Items, name string, merged bool, merge meeting) pair {
	t.Helper()
	p := pair{now: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)}
	p.calm = NewService(t, items, func() time.Time { return p.now })
	rules, err := p.calm.Programmes.At(t.Context(), p.now)
	if err != nil {
		t.Fatal(err)
	}
	serial := Serial(merge.name + ": " + name) // households play some of the same meetings as merges
	p.till, p.a, p.b = fmt.Sprintf("m%d", serial), rules.IssueNumber(serial), rules.IssueNumber(serial+1)
	for n, number := range []string{p.a, p.b} {
		if _, err := p.calm.Checkout(t.Context(), p.sale(n+1, number, int64(1000*(n+1)))); err != nil {
			t.Fatal(err)
		}
	}
	if merged {
		if err := merge.do(t.Context(), p.calm, p); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

// over is the use cases over other items, with the programme of the pair.
func (p pair) over(items store.Items) *loyalty.Service {
	s := *p.calm
	stored := store.New(items, func() time.Time { return p.now })
	s.Cards, s.Joins, s.Pages, s.Receipts, s.Carts = stored, stored, stored, stored, nil
	return &s
}

// intruder lets something happen before the n-th call of the store.
type intruder struct {
	store.Items
	calls, at int
	intrude   func()
}

func (i *intruder) call() {
	if i.calls++; i.calls == i.at {
		i.intrude()
	}
}

func (i *intruder) Get(ctx context.Context, key store.Key, read store.Read) (store.Item, error) {
	i.call()
	return i.Items.Get(ctx, key, read)
}

func (i *intruder) Query(ctx context.Context, in store.QueryInput) (store.Page, error) {
	i.call()
	return i.Items.Query(ctx, in)
}

func (i *intruder) Put(ctx context.Context, item store.Item, cond store.Condition) (store.Item, error) {
	i.call()
	return i.Items.Put(ctx, item, cond)
}

func (i *intruder) Transact(ctx context.Context, writes []store.Write) error {
	i.call()
	return i.Items.Transact(ctx, writes)
}

// meet lets second happen whole before each call of first.
func meet(t *testing.T, items store.Items, first, second, merge meeting) {
	t.Helper()
	for _, merged := range []bool{false, true} {
		for at, last := 1, false; !last; at++ {
			name := fmt.Sprintf("%s meets %s at call %d, merged before: %v", first.name, second.name, at, merged)
			p := newPair(t, items, name, merged, merge)
			i := &intruder{Items: items, at: at, intrude: func() {
				if err := second.do(t.Context(), p.calm, p); err != nil {
					t.Errorf("%s: %v", name, err)
				}
			}}
			if err := first.do(t.Context(), p.over(i), p); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			last = i.calls < at
			p.check(t, name, []meeting{first, second})
		}
	}
}

// failing fails each call of one thing both ways, and does it again, with reads that lag behind.
func failing(t *testing.T, items store.Items, m, merge meeting) {
	t.Helper()
	for _, merged := range []bool{false, true} {
		for call, last := 1, false; !last; call++ {
			for _, fault := range []storefault.Fault{storefault.NotDone, storefault.ButDone} {
				name := fmt.Sprintf("call %d of %s, merged before: %v: %s", call, m.name, merged, fault)
				p := newPair(t, items, name, merged, merge)
				faulty := storefault.Wrap(items, storefault.Plan{Fail: map[int]storefault.Fault{call: fault}, StaleOne: 3, Seed: uint64(call)})
				if err := m.do(t.Context(), p.over(faulty), p); err != nil && loyalty.Permanent(err) {
					t.Errorf("%s: %v", name, err)
				}
				last = len(faulty.Calls()) < call
				p.check(t, name, []meeting{m})
			}
		}
	}
}

// check does again what was done, and demands that each receipt and return stands in one book once, and that the points are those of the sum.
func (p pair) check(t *testing.T, name string, done []meeting) {
	t.Helper()
	want := int64(30)
	for _, m := range done {
		if err := m.do(t.Context(), p.calm, p); err != nil {
			t.Errorf("%s: again: %v", name, err)
		}
		want += map[string]int64{"a receipt": 3, "a return": -4}[m.name]
	}
	times, sum := map[string]int{}, int64(0)
	for _, id := range []string{p.a, p.b} {
		kept, err := p.calm.Joins.Kept(t.Context(), id)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if wrong := kept.Head.Book.Sound(nil); wrong != "" {
			t.Errorf("%s: card %s: %s", name, id, wrong)
		}
		sum += kept.Head.Book.Balance
		for _, e := range kept.Head.Book.Tail {
			if e.Kind != ledger.Move {
				times[e.Cause]++
			}
		}
	}
	for cause, n := range times {
		if n != 1 {
			t.Errorf("%s: %s stands in the books %d times", name, cause, n)
		}
	}
	if sum != want {
		t.Errorf("%s: the cards have %d points together, want %d", name, sum, want)
	}
}
