package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"github.com/regulars-dev/regulars/shared/kit"
	"github.com/regulars-dev/regulars/shared/store"
)

// setting is one world and what is played in it.
type setting struct {
	seed      uint64
	checkouts int         // accepted ones, at least
	dir       string      // an empty folder
	items     store.Items // nil: the embedded store
	replay    bool        // everything is decided again in the end

	keep func(context.Context, *kit.World) error // looks at the world in the end; nil: nobody does
	stop <-chan struct{}                         // closed where nobody waits for the end any more
}

// tally is what came of worlds.
type tally struct {
	checkouts, cards, campaigns, tills, returns, steps int
	again, unprovable                                  int64 // receipts, returns and expiries decided again, and those of which not all is written down
	faults                                             map[kit.Fault]int
	done                                               map[string]int // what people did
}

// errStopped is told of a world that was given up on the way. Nothing was wrong until then.
var errStopped = errors.New("stopped on the way")

// errWrong is told of a world in which something is that must not be.
var errWrong = errors.New("the world is wrong")

// history is a world with people in it.
type history struct {
	setting
	w     *kit.World
	hand  *rand.Rand // what people do
	other *rand.Rand // what another till does meanwhile
	cards []*shopper
	tills []string
	last  map[string]int // number of a till's last receipt
	sales []*sale
	just  *shopper // who was served last
	fresh *sale    // the one that is at a till just now
	late  []func(context.Context) error
	over  bool // nothing goes wrong any more
	carts int
	ids   int
	sum   tally
}

// shopper is one card as the history knows it.
type shopper struct {
	number  string
	coupons []string // that were granted with answers; they may be used or gone by now
	cart    string
	version int
	gone    bool      // merged into another card
	allows  bool      // offers, as was said last
	unsure  bool      // something was said, and nobody knows whether it was heard
	changed bool      // since the card was enrolled
	toward  *shopper  // into whose card it was asked to be merged; nil: nobody has asked
	merged  bool      // and that was answered
	vague   bool      // what was said last may have been heard before a merge or after it, or in the second of a withdrawal
	refused time.Time // when offers were last refused
}

// play plays a world to its end. A world that is wrong is errWrong.
func play(ctx context.Context, s setting) (tally, error) {
	chance := func(n uint64) *rand.Rand { return rand.New(rand.NewPCG(s.seed, n)) }
	above := &sky{chance: chance(1)}
	h := &history{setting: s, hand: chance(2), other: chance(3), last: map[string]int{}, sum: tally{faults: map[kit.Fault]int{}, done: map[string]int{}}}
	picks := chance(4)
	w, err := kit.Open(ctx, kit.Options{
		Dir: s.dir, Items: s.items, Programme: programme(chance(5)), Meet: h.meet,
		Pick: func(sources int) int { return picks.IntN(sources) }, Skew: clocks(chance(6)),
	})
	if err != nil {
		return h.sum, err
	}
	h.w = w
	for n := range 2 + h.hand.IntN(30) {
		h.tills = append(h.tills, strconv.Itoa(n+1))
	}
	w.Begin(above.plan)
	err = h.live(ctx)
	h.sum.cards, h.sum.tills, h.sum.campaigns, h.sum.faults = len(h.cards), len(h.tills), len(w.Rules.Campaigns), w.Faults()
	if s.keep != nil && err == nil {
		err = s.keep(ctx, w)
	}
	return h.sum, errors.Join(err, w.Close())
}

// mostSkew is how far a clock is from the world's.
const mostSkew = 2 * time.Minute

// clocks lets each function have a clock of its own: most are right to some seconds, and some are minutes off.
func clocks(chance *rand.Rand) func(string) time.Duration {
	skews := map[string]time.Duration{}
	return func(clock string) time.Duration {
		if _, known := skews[clock]; !known {
			most := 3 * time.Second
			if chance.IntN(4) == 0 {
				most = mostSkew
			}
			skews[clock] = time.Duration(chance.Int64N(2*int64(most)+1)) - most
		}
		return skews[clock]
	}
}

// How a day in a shop goes: bursts of people at the tills, with rests between them that are minutes to days long.
const (
	mostAtOnce = 150
	checkEvery = 2_500 // checkouts between two looks at everything
)

func (h *history) live(ctx context.Context) error {
	checked := 0
	for h.sum.checkouts < h.checkouts {
		select {
		case <-h.stop:
			return errStopped
		default:
		}
		for range 1 + h.hand.IntN(mostAtOnce) {
			if err := h.act(ctx); err != nil {
				return err
			}
			if err := h.work(ctx, h.hand.IntN(4)); err != nil {
				return err
			}
			h.w.Advance(time.Duration(h.hand.IntN(1500)) * time.Millisecond)
		}
		if err := h.rest(ctx); err != nil {
			return err
		}
		if h.sum.checkouts-checked >= checkEvery {
			checked = h.sum.checkouts
			if err := errors.Join(h.w.Audit(ctx), h.right()); err != nil {
				return err
			}
		}
	}
	return h.end(ctx)
}

// work does some of what is due.
func (h *history) work(ctx context.Context, most int) error {
	for range most {
		worked, err := h.w.Step(ctx)
		if err = errors.Join(err, h.right()); err != nil {
			return err
		}
		if h.sum.steps++; !worked {
			return nil
		}
	}
	return nil
}

// rest lets time pass: mostly until all is done, sometimes with work left on the queues.
func (h *history) rest(ctx context.Context) error {
	if err := h.work(ctx, []int{5, 60, 10_000}[h.hand.IntN(3)]); err != nil {
		return err
	}
	d := time.Duration(h.hand.IntN(90)) * time.Minute
	switch h.hand.IntN(20) {
	case 0:
		d += time.Duration(h.hand.IntN(50)) * time.Hour
	case 1, 2, 3, 4:
		d += time.Duration(h.hand.IntN(10)) * time.Hour
	}
	h.w.Advance(d)
	if h.hand.IntN(3) == 0 {
		h.w.Advance(31 * time.Second) // and the leases of queues end
	}
	for len(h.late) > 0 && h.hand.IntN(3) > 0 { // a line is back; what waited longest is not always the first
		n := h.hand.IntN(len(h.late))
		again := h.late[n]
		h.late = append(h.late[:n], h.late[n+1:]...)
		if err := again(ctx); err != nil {
			return err
		}
	}
	return nil
}

// right ends the history as soon as something is wrong.
func (h *history) right() error {
	if broken := h.w.Broken(); len(broken) > 0 {
		return fmt.Errorf("%w: %s", errWrong, broken[0])
	}
	return nil
}

// end lets all tills say what they have, all work be done, and looks at everything.
func (h *history) end(ctx context.Context) error {
	h.w.Calm()
	h.over = true
	for len(h.late) > 0 {
		again := h.late[0]
		h.late = h.late[1:]
		if err := errors.Join(again(ctx), h.right()); err != nil {
			return err
		}
	}
	broken, err := h.w.End(ctx)
	if err != nil {
		return err
	}
	if len(broken) > 0 {
		return fmt.Errorf("%w: at the end %d things are:\n%s", errWrong, len(broken), strings.Join(broken[:min(len(broken), 10)], "\n"))
	}
	if err := h.reckon(ctx); err != nil || !h.replay {
		return err
	}
	return h.decided(ctx)
}

// decided demands that whatever is decided once more comes out the same.
func (h *history) decided(ctx context.Context) error {
	told, err := h.w.Replay(ctx)
	if err != nil {
		return err
	}
	h.sum.again += told.Receipts + told.Returns + told.Expiries
	h.sum.unprovable += told.Unprovable
	return h.right()
}
