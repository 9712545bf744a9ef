package local

import (
	"context"
	"fmt"
	"time"

	"go.etcd.io/bbolt"

	"github.com/regulars-dev/regulars/shared/store"
	"github.com/regulars-dev/regulars/shared/together"
)

// Weather is what a test lets happen to a run: lines that break, messages that are held up. Nothing of it is in a live one.
type Weather struct {
	// Call stands between a function and everything outside it: it does the call or not, and what it returns is what the caller
	// hears of it. A batch that reaches its function is a call too (ActionInvoke), from the queue to the function.
	Call func(ctx context.Context, c Call, do func() error) error

	// Late is how long a message is held up that goes into a queue, beyond the delay it was given. nil: not at all.
	Late func(queue string) time.Duration

	// Skew is how far the clock of a function, by its logical id, is ahead of the run's, or behind it where it is negative. nil: not at all.
	Skew func(function string) time.Duration

	// OneByOne lets work that would go side by side go in order, so that the same run can be played again.
	OneByOne bool

	// Seldom lets a schedule fire once for all its moments that passed while the clock was set, as after an outage. Else each is made
	// good, and a month costs tens of thousands of ticks with nothing to do.
	Seldom bool
}

// Call is one call across the edge of a function.
type Call struct {
	Function string // logical id
	Action   string // as in its policy, or ActionInvoke
	On       string // table, queue or bus; for ActionInvoke what has sent the work
	What     string // key of the item, id of the message; not all calls have one
	Stale    bool   // a read that may lag behind
}

// Actions that a test of the edge looks for.
const (
	ActionMail     = "ses:SendEmail"
	ActionInvoke   = "lambda:InvokeFunction"
	ActionTransact = "dynamodb:TransactWriteItems"
)

func (c Call) String() string {
	text := c.Function + " " + c.Action + " " + c.On
	if c.What != "" {
		text += " " + c.What
	}
	return text
}

func (w *Weather) call(ctx context.Context, c Call, do func() error) error {
	if w == nil || w.Call == nil {
		return do()
	}
	return w.Call(ctx, c, do)
}

// clock is the time as a function has it.
func (w *Weather) clock(function string, now func() time.Time) func() time.Time {
	if w == nil || w.Skew == nil {
		return now
	}
	return func() time.Time { return now().Add(w.Skew(function)) }
}

func (w *Weather) context(ctx context.Context) context.Context {
	if w == nil || !w.OneByOne {
		return ctx
	}
	return together.OneByOne(ctx)
}

func (f FunctionEnv) call(ctx context.Context, action, on, what string, do func() error) error {
	return f.run.options.Weather.call(ctx, Call{Function: f.Function.LogicalID, Action: action, On: on, What: what}, do)
}

// expose lets the weather at every queue.
func (r *Runtime) expose() {
	if w := r.options.Weather; w != nil && w.Late != nil {
		for id, q := range r.queues {
			q.late = func() time.Duration { return w.Late(id) }
		}
	}
}

// Sources is how many places work comes from: schedules, queues, streams. Their order is the same at each Open.
func (r *Runtime) Sources() int { return len(r.sources) }

// Lying are the bodies of all that lies in a queue, shown or not, the oldest first.
func (r *Runtime) Lying(id string) (bodies []string, err error) {
	q, ok := r.queues[id]
	if !ok {
		return nil, fmt.Errorf("look into queue %s: there is none", id)
	}
	err = r.db.View(func(tx *bbolt.Tx) error {
		messages, _ := q.buckets(tx)
		return messages.ForEach(func(_, v []byte) error {
			s, err := readStored(v)
			bodies = append(bodies, s.Body)
			return err
		})
	})
	return bodies, err
}

// Step does one piece of work of the n-th source, if any is due, and reports whether there was. It is Drain for somebody who decides
// the order.
func (r *Runtime) Step(n int) (bool, error) { return r.step(r.sources[n], true) }

// outsideItems is the store as a function reaches it, whatever the weather.
func (r *Runtime) outsideItems(function string) store.Items {
	if w := r.options.Weather; w != nil && w.Call != nil {
		return weatheredItems{r.options.Store, w, function}
	}
	return r.options.Store
}

// weatheredItems lets the weather at each call of the store.
type weatheredItems struct {
	items    store.Items
	weather  *Weather
	function string
}

var _ store.Items = weatheredItems{}

func (w weatheredItems) call(ctx context.Context, action string, table store.Table, what string, do func() error) error {
	return w.weather.call(ctx, Call{Function: w.function, Action: "dynamodb:" + action, On: string(table), What: what}, do)
}

func (w weatheredItems) read(ctx context.Context, action string, table store.Table, what string, how store.Read, do func() error) error {
	c := Call{Function: w.function, Action: "dynamodb:" + action, On: string(table), What: what, Stale: how == store.Stale}
	return w.weather.call(ctx, c, do)
}

// Get implements store.Items.
func (w weatheredItems) Get(ctx context.Context, key store.Key, read store.Read) (item store.Item, err error) {
	failed := w.read(ctx, "GetItem", key.Table, key.String(), read, func() error {
		item, err = w.items.Get(ctx, key, read)
		return err
	})
	return item, failed
}

// Query implements store.Items.
func (w weatheredItems) Query(ctx context.Context, in store.QueryInput) (page store.Page, err error) {
	failed := w.read(ctx, "Query", in.Table, in.Partition+"/"+in.Prefix, in.Read, func() error {
		page, err = w.items.Query(ctx, in)
		return err
	})
	return page, failed
}

// Put implements store.Items.
func (w weatheredItems) Put(ctx context.Context, item store.Item, cond store.Condition) (stored store.Item, err error) {
	failed := w.call(ctx, "PutItem", item.Key.Table, item.Key.String(), func() error {
		stored, err = w.items.Put(ctx, item, cond)
		return err
	})
	return stored, failed
}

// Transact implements store.Items.
func (w weatheredItems) Transact(ctx context.Context, writes []store.Write) error {
	what, table := "", store.Table("")
	for _, write := range writes {
		what, table = what+" "+write.Item.Key.String(), write.Item.Key.Table
	}
	return w.call(ctx, "TransactWriteItems", table, what, func() error { return w.items.Transact(ctx, writes) })
}

// Due implements store.Items.
func (w weatheredItems) Due(ctx context.Context, in store.DueInput) (page store.Page, err error) {
	failed := w.read(ctx, "Query", store.Cards, "due "+in.Kind, store.Stale, func() error {
		page, err = w.items.Due(ctx, in)
		return err
	})
	return page, failed
}

// Scan implements store.Items.
func (w weatheredItems) Scan(ctx context.Context, in store.ScanInput) (page store.Page, err error) {
	failed := w.read(ctx, "Scan", in.Table, "", in.Read, func() error {
		page, err = w.items.Scan(ctx, in)
		return err
	})
	return page, failed
}
