// Package storetest holds a store.Items to its contract, sentence by sentence, whatever it is built on.
//
// The cases run in parallel and use partitions, sorts and due kinds of their own, so they may share one endpoint with each
// other and with what else lies there. Beside the contract they cover mistakes that engines under it have been seen to make.
package storetest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/regulars-dev/regulars/shared/store"
)

// patience bounds how often a case asks again for what the contract allows to lag behind.
const patience = 500 // calls

// Run holds the store that open returns to the contract. It calls open once for each case; the answers may be one and the same store.
func Run(t *testing.T, open func(t *testing.T) store.Items) {
	groups := []struct {
		name  string
		cases map[string]func(k *kit)
	}{
		{"get and put", putCases}, {"query", queryCases}, {"transact", transactCases}, {"in order", orderCases},
		{"due", dueCases}, {"scan", scanCases}, {"limits", limitCases}, {"many at once", crowdCases},
	}
	for _, g := range groups {
		t.Run(g.name, func(t *testing.T) {
			t.Parallel()
			for name, test := range g.cases {
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					test(newKit(t, open(t)))
				})
			}
		})
	}
}

// kit is one case at work: its store, and a name that nobody else uses.
type kit struct {
	*testing.T
	items store.Items
	ctx   context.Context
	name  string
}

var (
	process = rand.Text()[:8] // so that a table kept from an earlier run does no harm
	serial  atomic.Int64
)

func newKit(t *testing.T, items store.Items) *kit {
	name := fmt.Sprintf("%s-%d", process, serial.Add(1))
	return &kit{T: t, items: items, ctx: t.Context(), name: name}
}

// key names an item of this case's own partition in the cards table.
func (k *kit) key(sort string) store.Key {
	return store.Key{Table: store.Cards, Partition: k.name, Sort: sort}
}

// item makes one with a single attribute.
func (k *kit) item(sort string, n int64) store.Item {
	return store.Item{Key: k.key(sort), Attrs: store.Attrs{"n": n}}
}

// put stores item and demands that it works.
func (k *kit) put(item store.Item, cond store.Condition) store.Item {
	k.Helper()
	stored, err := k.items.Put(k.ctx, item, cond)
	if err != nil {
		k.Fatalf("put %s: %v", item.Key, err)
	}
	return stored
}

// get reads an item strongly and demands that it is there.
func (k *kit) get(key store.Key) store.Item {
	k.Helper()
	item, err := k.items.Get(k.ctx, key, store.Strong)
	if err != nil {
		k.Fatalf("get %s: %v", key, err)
	}
	return item
}

// absent demands that nothing lies under key.
func (k *kit) absent(key store.Key) {
	k.Helper()
	if item, err := k.items.Get(k.ctx, key, store.Strong); !errors.Is(err, store.ErrNotFound) {
		k.Errorf("get %s: %v, %v; want nothing there and ErrNotFound", key, item, err)
	}
}

// same demands that got is want. Times are compared as written, so Expires has to come back in UTC.
func (k *kit) same(what string, got, want any) {
	k.Helper()
	if reflect.DeepEqual(got, want) { // much faster on large items
		return
	}
	if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b time.Time) bool { return a == b })); diff != "" {
		k.Errorf("%s (- want, + got):\n%s", what, diff)
	}
}

// refused demands that err says so, and returns what it brings.
func (k *kit) refused(err error) *store.Refused {
	k.Helper()
	var refused *store.Refused
	if !errors.As(err, &refused) {
		k.Fatalf("got %v; want *store.Refused", err)
	}
	return refused
}

// limit demands that err is ErrLimit and says more than that.
func (k *kit) limit(what string, err error) {
	k.Helper()
	if !errors.Is(err, store.ErrLimit) {
		k.Errorf("%s: got %v; want ErrLimit", what, err)
	} else if len(err.Error()) < len(store.ErrLimit.Error())+10 {
		k.Errorf("%s: %q does not say what is wrong", what, err)
	}
}

// eventually asks again until the answer is as wanted.
func (k *kit) eventually(what string, ask func() (got, want any)) {
	k.Helper()
	for range patience {
		if cmp.Equal(ask()) {
			return
		}
	}
	got, want := ask()
	k.same(what, got, want)
}

// crowd runs do on so many goroutines at once and waits for all.
func crowd(n int, do func(worker int)) {
	var all sync.WaitGroup
	for worker := range n {
		all.Go(func() { do(worker) })
	}
	all.Wait()
}

// sorts are those of the items, for comparing at a glance.
func sorts(items []store.Item) string {
	var all []string
	for _, i := range items {
		all = append(all, i.Key.Sort)
	}
	return strings.Join(all, " ")
}
