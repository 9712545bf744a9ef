package kit

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/regulars-dev/regulars/shared/local"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/store"
)

// Fault is what goes wrong at one call across the edge of a function. A batch that reaches its function is such a call too: one that
// failed but was done comes a second time.
type Fault int

// Faults of a call.
const (
	None      Fault = iota
	NotDone         // it never arrived
	ButDone         // it worked, and the answer was lost
	Throttled       // the mail service takes no more for now; the store refuses for the moment
	Clash           // a write meets a transaction on the same items; other calls go well
	Dies            // the process dies before the call
	DiesAfter       // the process dies when the call has worked
	Meanwhile       // another till does something before the call arrives
	Stale           // a read that may lag behind brings what was true a moment before
	Twice           // what was done is done again at once: the client has heard no answer, or the queue delivers a batch two times
	Leap            // before the call arrives the clock has run ahead, beyond every lease
	Held            // what is put on a queue or a bus is held up for longer than anybody is patient
	Overtaken       // and here only until what comes behind has passed by
	faultKinds
)

// Kinds lists the faults there are.
func Kinds() (list []Fault) {
	for f := None + 1; f < faultKinds; f++ {
		list = append(list, f)
	}
	return list
}

func (f Fault) String() string {
	names := [faultKinds]string{
		"none", "failed, not done", "failed, but done", "throttled", "clash of transactions", "died before", "died after", "another till between",
		"stale read", "done twice", "clock jump", "held up", "overtaken",
	}
	if f < 0 || f >= faultKinds {
		return fmt.Sprintf("fault %d", int(f))
	}
	return names[f]
}

// Befalls reports whether a fault means anything to a call.
func (f Fault) Befalls(c Call) bool {
	write := c.Action == "dynamodb:PutItem" || c.Action == "dynamodb:UpdateItem"
	sent := c.Action == "sqs:SendMessage" || c.Action == "events:PutEvents"
	switch f {
	case Clash:
		return write || c.Action == local.ActionTransact
	case Stale:
		return c.Stale
	case Twice: // a transaction bears a token by which a repeat is known, and the mail service is never asked again
		return write || sent || c.Action == local.ActionInvoke
	case Held, Overtaken:
		return sent
	}
	return true
}

// Plan says what goes wrong at a call. Calls are numbered from 1.
type Plan func(number int, c local.Call) Fault

// One is the plan of a single fault.
func One(number int, f Fault) Plan {
	return func(n int, _ local.Call) Fault {
		if n == number {
			return f
		}
		return None
	}
}

var (
	errLine = errors.New("the line broke")
	errDown = errors.New("the process has died")
)

// Begin starts a plan, whose first call is the next one.
func (w *World) Begin(p Plan) { w.plan, w.number, w.calls = p, 0, nil }

// Call is a call across the edge of a function.
type Call = local.Call

// Cut lets nothing through to a function, by its logical id, until another one is named; "" is none.
func (w *World) Cut(function string) { w.cut = function }

// Calls names the calls since the plan began.
func (w *World) Calls() []string { return w.calls }

// Faults tells how often each fault was injected.
func (w *World) Faults() map[Fault]int { return w.faults }

func (w *World) injected(f Fault) {
	w.faults[f]++
	w.wrongs++
}

// call stands between the functions and everything outside them.
func (w *World) call(ctx context.Context, c local.Call, do func() error) error {
	if w.down {
		return errDown
	}
	if c.Action == local.ActionInvoke && c.Function == w.cut {
		w.wrongs++
		return errLine
	}
	w.number++
	fault := None
	if w.plan != nil {
		w.calls = append(w.calls, c.String())
		fault = w.plan(w.number, c)
	}
	if err := w.before(ctx, c, &fault); err != nil {
		return err
	}
	if c.Action == local.ActionMail {
		w.mayMail(ctx, c.What)
	}
	before := w.wrongs
	err := w.during(fault, do)
	if c.Action == local.ActionInvoke && err != nil && before == w.wrongs && fault == None {
		w.fault("%s of %s fails, and nothing had gone wrong: %v", c.Function, c.On, err)
	}
	w.note(c, err)
	switch {
	case w.down:
		return errDown
	case fault == ButDone:
		return errLine
	case fault == DiesAfter:
		w.down = true
		return errDown
	}
	return err
}

// How long things are held up, and how far a clock runs ahead: beyond the leases of queues, of messages and of whoever sends.
const (
	heldUp    = 26 * time.Hour
	overtaken = 2 * time.Second
	ahead     = 20 * time.Minute
)

// during does a call with what goes wrong in the middle of it.
func (w *World) during(f Fault, do func() error) error {
	switch f {
	case Held:
		w.hold = heldUp
	case Overtaken:
		w.hold = overtaken
	case Stale:
		w.lag = true
	}
	err := do()
	if w.lagged {
		w.injected(Stale)
	}
	defer func() { w.hold, w.lag, w.lagged = 0, false, false }()
	if f == Twice && !w.down {
		err = do()
	}
	return err
}

// late is how long what goes into a queue is held up.
func (w *World) late(queue string) time.Duration {
	d := w.hold
	if w.options.Late != nil {
		d += w.options.Late(queue)
	}
	return d
}

// before does what goes wrong before a call, and counts what does. A fault that means nothing to the call is none.
func (w *World) before(ctx context.Context, c local.Call, f *Fault) error {
	if !f.Befalls(c) || *f == Meanwhile && (w.busy || w.options.Meet == nil) {
		*f = None
	}
	if *f != None && *f != Stale { // that counts where anything was older
		w.injected(*f)
	}
	switch *f {
	case NotDone:
		return errLine
	case Throttled:
		if c.Action == local.ActionMail {
			return fmt.Errorf("%w: a fault", loyalty.ErrThrottled)
		}
		return errLine
	case Clash:
		return store.ErrBusy
	case Dies:
		w.down = true
		return errDown
	case Leap:
		w.clock.Advance(ahead)
	case Meanwhile:
		w.busy = true
		defer func() { w.busy = false }()
		if err := w.options.Meet(ctx); err != nil {
			w.fault("what another till did between: %v", err)
		}
		if w.down {
			return errDown
		}
	}
	return nil
}

// note remembers what a call has done that must be looked at.
func (w *World) note(c local.Call, err error) {
	switch {
	case c.Action == local.ActionMail && err == nil:
		w.mails[c.What]++
	case strings.HasSuffix(c.Action, "PutItem"), c.Action == local.ActionTransact:
		for _, key := range strings.Fields(c.What) {
			if id, head := strings.CutSuffix(strings.TrimPrefix(key, "cards/card/"), "/HEAD"); head {
				w.touched[id] = true
			}
		}
	}
}
