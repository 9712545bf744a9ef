// Package storefault makes a store fail on purpose: any call, before or after it worked, and reads that lag behind.
//
// A crash test runs its story once over Wrap(inner, Plan{}) and asks Calls for the number of calls N. Then it runs the story again for
// each n up to N, once with {n: NotDone} and once with {n: ButDone}, and demands the same end.
package storefault

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"

	"github.com/regulars-dev/regulars/shared/store"
)

// Fault is how a call fails.
type Fault int

// The faults of an outside call: it never arrived, or its answer was lost.
const (
	NotDone Fault = iota + 1
	ButDone
)

func (f Fault) String() string {
	switch f {
	case NotDone:
		return "failed, not done"
	case ButDone:
		return "failed, but done"
	}
	return fmt.Sprintf("fault %d", int(f))
}

// ErrFault is what a failing call returns. It is none of the contract's errors: whether the call worked is unknown to the caller.
var ErrFault = errors.New("the line to the store broke")

// maxHistory is how many older states of an item a stale read may bring.
const maxHistory = 3

// Plan says what goes wrong. The zero Plan lets all go well.
type Plan struct {
	Fail     map[int]Fault // by number of the call; the first is 1
	DownFrom int           // from this call on every one fails, not done, as if the process or the line had died; 0: never
	StaleOne int           // one in so many items that a Stale read touches comes in an older state; 0: none
	Seed     uint64        // of those choices; the same seed over the same calls makes the same ones
}

// Items is a store.Items that fails by its plan. It may be used by many goroutines; then the numbers of calls are theirs to race for.
type Items struct {
	inner store.Items
	plan  Plan

	mu     sync.Mutex
	calls  []string
	random *rand.Rand
	now    map[store.Key]store.Item    // as last put through here
	older  map[store.Key][]*store.Item // states before that, latest last; nil is absence
}

var _ store.Items = (*Items)(nil)

// Wrap returns inner with the faults of plan. Stale reads know the states that were put through the same wrap.
func Wrap(inner store.Items, plan Plan) *Items {
	return &Items{
		inner: inner, plan: plan, random: rand.New(rand.NewPCG(plan.Seed, 0)),
		now: map[store.Key]store.Item{}, older: map[store.Key][]*store.Item{},
	}
}

// Calls tells the calls so far, in order: "3: put cards/card/7001/HEAD". A failed one says how.
func (i *Items) Calls() []string {
	i.mu.Lock()
	defer i.mu.Unlock()
	return slices.Clone(i.calls)
}

// call counts and, if the plan says so, fails; do is the call itself.
func (i *Items) call(what string, do func() error) error {
	i.mu.Lock()
	n := len(i.calls) + 1
	fault := i.plan.Fail[n]
	if i.plan.DownFrom > 0 && n >= i.plan.DownFrom {
		fault = NotDone
	}
	line := fmt.Sprintf("%d: %s", n, what)
	if fault != 0 {
		line += ", " + fault.String()
	}
	i.calls = append(i.calls, line)
	i.mu.Unlock()

	switch fault {
	case 0:
		return do()
	case ButDone:
		_ = do() // what it said is lost, be it an answer or a refusal
	}
	return fmt.Errorf("%w at call %s", ErrFault, line)
}

// Get implements store.Items.
func (i *Items) Get(ctx context.Context, key store.Key, read store.Read) (item store.Item, err error) {
	err = i.call("get "+key.String(), func() error {
		item, err = i.inner.Get(ctx, key, read)
		return err
	})
	if err != nil {
		return store.Item{}, err
	}
	if read == store.Stale {
		old := i.aged(item)
		if old == nil {
			return store.Item{}, fmt.Errorf("%w: %s", store.ErrNotFound, key)
		}
		item = *old
	}
	return item, nil
}

// Query implements store.Items. An item whose older state is absence is left out of a stale page.
func (i *Items) Query(ctx context.Context, in store.QueryInput) (page store.Page, err error) {
	err = i.call(fmt.Sprintf("query %s/%s/%s", in.Table, in.Partition, in.Prefix), func() error {
		page, err = i.inner.Query(ctx, in)
		return err
	})
	return i.agedPage(page, in.Read, err)
}

// Scan implements store.Items. An item whose older state is absence is left out of a stale page.
func (i *Items) Scan(ctx context.Context, in store.ScanInput) (page store.Page, err error) {
	err = i.call(fmt.Sprintf("scan %s %d/%d", in.Table, in.Segment, in.Segments), func() error {
		page, err = i.inner.Scan(ctx, in)
		return err
	})
	return i.agedPage(page, in.Read, err)
}

// Due implements store.Items. It does not lag behind more than inner's.
func (i *Items) Due(ctx context.Context, in store.DueInput) (page store.Page, err error) {
	err = i.call("due "+store.DueKey(in.Kind, in.Shard), func() error {
		page, err = i.inner.Due(ctx, in)
		return err
	})
	return i.agedPage(page, store.Strong, err)
}

// Put implements store.Items.
func (i *Items) Put(ctx context.Context, item store.Item, cond store.Condition) (stored store.Item, err error) {
	err = i.call("put "+item.Key.String(), func() error {
		if stored, err = i.inner.Put(ctx, item, cond); err == nil {
			i.remember(stored)
		}
		return err
	})
	if err != nil {
		return store.Item{}, err
	}
	return stored, nil
}

// Transact implements store.Items.
func (i *Items) Transact(ctx context.Context, writes []store.Write) error {
	what := "transact"
	for _, w := range writes {
		what += " " + w.Item.Key.String()
	}
	return i.call(what, func() error {
		err := i.inner.Transact(ctx, writes)
		for _, w := range writes {
			// The version that Always gave is not told, so such an item is never stale.
			if err == nil && !w.Check && w.If != store.Always() {
				w.Item.Version = w.If.Version() + 1
				i.remember(w.Item)
			}
		}
		return err
	})
}
