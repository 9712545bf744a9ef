// Package kit makes worlds: the whole shop, every function as template.yaml wires it over the embedded store, on a clock that stands
// still, with a fault wherever a plan wants one. What must hold in every world is held after each step.
//
// A world is played by one goroutine and knows no chance but its plan's: the same plan and the same calls give the same world again.
package kit

import (
	"bytes"
	"context"
	_ "embed" // the programme
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	regulars "github.com/regulars-dev/regulars"
	"github.com/regulars-dev/regulars/shared/local"
	"github.com/regulars-dev/regulars/shared/local/sam"
	"github.com/regulars-dev/regulars/shared/local/shop"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/programme"
	"github.com/regulars-dev/regulars/shared/programme/yamldoc"
	"github.com/regulars-dev/regulars/shared/store"
	"github.com/regulars-dev/regulars/shared/store/bolt"
)

// Programme is what the shop of a world has decided: a campaign of each kind, points that end after forty days.
//
//go:embed programme.yaml
var Programme string

// Begins is the first moment of a world: a Saturday at ten in the shop. The broadcast of its programme goes out at three.
var Begins = time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)

const (
	tillKey  = "rk_a-key-of-the-worlds"
	maxSteps = 1_000_000 // pieces of work until a world is still; more means that work makes work for ever
)

// Options says what a world is made of.
type Options struct {
	Dir       string                           // an empty folder
	Plan      Plan                             // nil: nothing goes wrong
	Late      func(queue string) time.Duration // nil: no message is held up
	Skew      func(clock string) time.Duration // how far a function's clock is ahead, or that of Beside by "beside"; nil: all show the same
	Over      func(items *bolt.DB) local.Store // what stands before the store, made anew whenever the process starts; nil: nothing
	Items     store.Items                      // what keeps the items in the place of the embedded store, such as DynamoDB's engine; empty
	Programme string                           // what the shop has decided; "": Programme
	Pick      func(sources int) (first int)    // where work is looked for first; nil: in the order of the template
	Meet      func(ctx context.Context) error  // what another till does at a Meanwhile
}

// World is one shop and all that has happened to it.
type World struct {
	Shop    *shop.Shop
	Items   store.Items // as they are, whatever goes wrong
	Store   *store.Store
	Service *loyalty.Service
	Rules   *programme.Programme

	options Options
	clock   *local.Clock
	front   http.Handler
	plan    Plan

	down    bool            // the process has died, and is started again before the next step
	cut     string          // the function that nothing gets through to
	calls   []string        // since the plan began; names of calls alone
	number  int             // of the call
	busy    bool            // another till is at work in the middle of a call
	touched map[string]bool // cards whose head was written since the last look
	mails   map[string]int  // by message: how often the mail service took it
	sold    map[string]bool // receipts that were accepted; true: over the bus
	back    map[string]bool // returns that were answered for, as receipt~id
	faults  map[Fault]int   // that were injected
	wrongs  int             // faults altogether
	broken  []string

	witness witness // of all that the world says to those who are not its shoppers

	beside  *loyalty.Service
	reached local.Store // as functions reach it

	engine *engine       // nil over the embedded store
	pasts  []past        // what items were a moment ago, the oldest first
	lag    bool          // reads lag behind, for the length of a call
	lagged bool          // and one has
	hold   time.Duration // what is put on queues is held up, for the length of a call
}

// Open makes a world.
func Open(ctx context.Context, o Options) (*World, error) {
	w := &World{options: o, clock: local.NewClock(Begins), touched: map[string]bool{}, mails: map[string]int{}, sold: map[string]bool{}, back: map[string]bool{}, faults: map[Fault]int{}}
	if o.Items != nil {
		w.engine = newEngine(o.Items)
	}
	if err := w.start(); err != nil {
		return nil, err
	}
	said, err := usual()
	if o.Programme != "" {
		said, err = compiled(o.Programme)
	}
	if err == nil {
		err = w.Store.Publish(ctx, said.rules.From, said.document)
	}
	if err == nil {
		err = w.Store.PutTillKey(ctx, store.TillKey{Hash: store.HashKey(tillKey), Store: "*", Name: "worlds", CreatedAt: Begins})
	}
	if err != nil {
		return nil, errors.Join(err, w.Close())
	}
	w.Rules, w.plan = said.rules, o.Plan
	return w, nil
}

// decided is what a shop has decided, ready to be published.
type decided struct {
	rules    *programme.Programme
	document []byte
}

// usual is the programme of a world that asks for no other. It and the template are read once for all worlds: they are long, and a world is
// short.
var (
	usual  = sync.OnceValues(func() (decided, error) { return compiled(Programme) })
	wiring = sync.OnceValues(func() (sam.Template, error) { return sam.Read(bytes.NewReader(regulars.Template)) })
)

func compiled(text string) (decided, error) {
	rules, document, faults, err := yamldoc.Read(strings.NewReader(text))
	if err == nil && len(faults) > 0 {
		err = fmt.Errorf("the programme of the world: %v", faults)
	}
	return decided{rules, document}, err
}

// linkSecret is what links are signed with: the same in each world, so that it can be made again.
const linkSecret = "a secret for the links of worlds"

// VendorSecret is what webhooks are signed with.
const VendorSecret = "a-secret-of-the-vendor"

// start starts the process, for the first time or after it has died.
func (w *World) start() error {
	template, err := wiring()
	if err != nil {
		return err
	}
	o := shop.Options{
		Dir: w.options.Dir, Wiring: &template, URL: "http://127.0.0.1:8080", Clock: w.clock, NoSync: true, Over: w.over,
		Env:     map[string]string{"LINK_SECRET": linkSecret, "SHOPIFY_SECRETS": VendorSecret},
		Weather: &local.Weather{Call: w.call, Late: w.late, Skew: w.options.Skew, OneByOne: true, Seldom: true},
	}
	w.witness.listens(&o)
	opened, err := shop.Open(o)
	if err != nil {
		return fmt.Errorf("start the shop: %w", err)
	}
	w.Shop, w.down = opened, false
	w.front = opened.Run.Handler(nil)
	w.beside, _ = store.NewService(w.reached, func() time.Time { return w.clock.Now().Add(w.skew("beside")) })
	if w.Items, w.Store, w.Service = opened.Items, opened.Store, opened.Service; w.engine != nil {
		w.Items = w.engine.Items
		w.Service, w.Store = store.NewService(w.Items, w.clock.Now)
		w.Service.Letters, w.Service.Mailer = opened.Service.Letters, opened.Service.Mailer
	}
	return nil
}

// over is what stands between the functions and the store.
func (w *World) over(items *bolt.DB) local.Store {
	var inner local.Store = items
	switch {
	case w.engine != nil:
		inner = w.engine
	case w.options.Over != nil:
		inner = w.options.Over(items)
	}
	w.reached = lagging{inner, w}
	return w.reached
}

func (w *World) skew(clock string) time.Duration {
	if w.options.Skew == nil {
		return 0
	}
	return w.options.Skew(clock)
}

// Beside is another process over the same store, for which all goes well.
func (w *World) Beside() *loyalty.Service { return w.beside }

// Close ends the world. Its folder stays.
func (w *World) Close() error { return w.Shop.Close() }

// Now is the world's time.
func (w *World) Now() time.Time { return w.clock.Now() }

// rise starts the process again if it has died: what it had in memory is gone, what it had stored is there.
func (w *World) rise() error {
	if !w.down {
		return nil
	}
	if err := w.Shop.Close(); err != nil {
		return fmt.Errorf("after the process died: %w", err)
	}
	return w.start()
}

// Calm lets nothing go wrong from here on.
func (w *World) Calm() { w.plan = nil }

// Drain works until nothing is due, and holds the books to what they must be after each piece of work.
func (w *World) Drain(ctx context.Context) error {
	for range maxSteps {
		worked, err := w.Step(ctx)
		if err != nil || !worked {
			return err
		}
	}
	return fmt.Errorf("still busy after %d pieces of work", maxSteps)
}

// Step does one piece of work, wherever the first is found.
func (w *World) Step(ctx context.Context) (bool, error) {
	sources := w.Shop.Run.Sources()
	first := 0
	if w.options.Pick != nil {
		first = w.options.Pick(sources)
	}
	for n := range sources {
		worked, err := w.Shop.Run.Step((first + n) % sources)
		died := w.down
		if err := errors.Join(err, w.rise()); err != nil {
			return false, err
		}
		if worked || died {
			return true, w.look(ctx)
		}
	}
	return false, nil
}

// Advance sets the clock ahead, and works at nothing.
func (w *World) Advance(d time.Duration) { w.clock.Advance(d) }

// Wait lets time pass: at once, but by way of each moment at which a message shows again.
func (w *World) Wait(ctx context.Context, d time.Duration) error {
	until := w.clock.Now().Add(d)
	for {
		if err := w.Drain(ctx); err != nil {
			return err
		}
		now := w.clock.Now()
		if !now.Before(until) {
			return nil
		}
		next, ok := w.Shop.Run.NextWork()
		if !ok || next.After(until) {
			next = until
		}
		if !next.After(now) {
			next = now.Add(min(time.Minute, until.Sub(now)))
		}
		if err := w.clock.Set(next); err != nil {
			return err
		}
	}
}

// Sleep lets time pass in one leap, over weeks in which nobody buys anything.
func (w *World) Sleep(ctx context.Context, d time.Duration) error {
	if err := w.Drain(ctx); err != nil {
		return err
	}
	if err := w.clock.Set(w.clock.Now().Add(d)); err != nil {
		return err
	}
	return w.Drain(ctx)
}

// endings are the waits after which nothing may be left to do: leases and retries of queues, then the schedules.
var endings = []time.Duration{11 * time.Minute, 11 * time.Minute, 11 * time.Minute, 2 * time.Hour}

// mostDays is how long is waited for what was put off: longer than any e-mail of a world lives.
const mostDays = 12

// End lets nothing more go wrong, waits until all is done, and tells everything that is wrong with the world.
func (w *World) End(ctx context.Context) ([]string, error) {
	w.Calm()
	for _, d := range endings {
		if err := w.Wait(ctx, d); err != nil {
			return nil, err
		}
	}
	for range mostDays { // what was held up or put off shows again within days
		more, err := w.unfinished(ctx)
		if err != nil {
			return nil, err
		}
		if !more {
			break
		}
		if err := errors.Join(w.Sleep(ctx, heldUp), w.Wait(ctx, endings[0])); err != nil {
			return nil, err
		}
	}
	if err := errors.Join(w.audit(ctx, true), w.found(ctx), w.leaked()); err != nil {
		return nil, err
	}
	return w.broken, nil
}

// unfinished reports that something waits for a moment of its own that comes within mostDays: a message of a queue, an e-mail that was put
// off, a step of a journey, a return that came ahead of its receipt.
func (w *World) unfinished(ctx context.Context) (bool, error) {
	if _, ok := w.Shop.Run.NextWork(); ok {
		return true, nil
	}
	until := w.Now().AddDate(0, 0, mostDays)
	letters, err := w.Store.DueOrders(ctx, until, 1)
	places, errPlaces := w.Store.DuePlaces(ctx, until, 1)
	returns, errReturns := w.Store.DueReturns(ctx, until, 1)
	if err := errors.Join(err, errPlaces, errReturns); err != nil {
		return false, fmt.Errorf("look for what waits: %w", err)
	}
	return len(letters)+len(places)+len(returns) > 0, nil
}
