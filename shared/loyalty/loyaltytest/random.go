package loyaltytest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/ledger"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/programme"
	"github.com/regulars-dev/regulars/shared/store"
	"github.com/regulars-dev/regulars/shared/store/storefault"
)

// seedVariable names one history to play instead of all: REGULARS_HISTORY=17 go test ./shared/store/bolt -run Random.
const seedVariable = "REGULARS_HISTORY"

// RunRandom plays seeded random histories over items and holds the end of each against a slow oracle: no receipt is lost or doubled,
// every book is sound and adds up, no coupon is used twice, and a repeat gets the answer of the first time.
//
// A history is two cards, about forty receipts and their returns, delivered by several workers that take turns at every call of the
// store: more than once, late, out of order, with calls that fail before or after they worked, and reads that lag behind. A
// history that fails tells its seed, and plays the same again.
func RunRandom(t *testing.T, open func(t *testing.T) store.Items, histories int) {
	t.Helper()
	items := open(t)
	first, last := uint64(1), uint64(histories)
	if one, err := strconv.ParseUint(os.Getenv(seedVariable), 10, 64); err == nil {
		first, last = one, one
	}
	var sum Tally
	var mu sync.Mutex
	crowd(int(last-first)+1, func(n int) {
		seed := first + uint64(n)
		told, err := Play(t.Context(), items, Wild(seed))
		if err != nil {
			t.Errorf("history %d: %v\nplay it again with %s=%d", seed, err, seedVariable, seed)
		}
		mu.Lock()
		defer mu.Unlock()
		sum = sum.Add(told)
	})
	t.Logf("%s", sum)
	if first != last && (sum.Pages == 0 || sum.Late == 0 || sum.Faults == 0 || sum.Repeats == 0 || sum.Returns == 0 || sum.Redeemed == 0 || sum.Early == 0) {
		t.Errorf("the histories were too tame to prove anything: %s", sum)
	}
}

// crowd does n things, some of them at once: histories share nothing but the store, and a store may put writes that meet into one commit.
func crowd(n int, do func(i int)) {
	const hands = 16
	var all sync.WaitGroup
	next := make(chan int)
	for range min(hands, n) {
		all.Go(func() {
			for i := range next {
				do(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	all.Wait()
}

// Setting says what a history is made of.
type Setting struct {
	Seed     uint64
	Workers  int
	Receipts int
	Cards    int
	Copies   int  // deliveries of one message at most, without those after a fault
	Disorder int  // places in the queue by which a message may be late
	FaultOne int  // one call in so many fails, one half of them but done; 0: none
	StaleOne int  // one item in so many comes stale; 0: none
	Carry    bool // the programme carries over what is below a point
	Fail     map[int]storefault.Fault
	Aside    store.Items // where the end is checked, so that a meter counts the work alone; nil: where the work is done
	serial   uint64      // of its first card: keeps the cards and tills of one history apart from others
}

// Card numbers have room for 100 million bodies. Each kind of history has a range of its own.
const (
	maxCards   = 10
	maxSeeds   = 4_000_000
	sweepCards = 10_000_000
	wildCards  = 20_000_000
	calmCards  = 60_000_000

	convergeCards = 20_000_000 // in stores of their own
)

// Wild is the setting of a random history.
func Wild(seed uint64) Setting {
	r := rand.New(rand.NewPCG(seed, 7))
	s := Setting{
		Seed: seed, Workers: 1 + r.IntN(4), Receipts: 30 + r.IntN(30), Cards: []int{1, 2, maxCards}[r.IntN(3)], Copies: 3, Disorder: []int{1, 5, 40}[r.IntN(3)],
		FaultOne: []int{0, 8, 20}[r.IntN(3)], StaleOne: []int{0, 2, 5}[r.IntN(3)], serial: wildCards + seed%maxSeeds*maxCards,
	}
	s.Carry = r.IntN(3) == 0
	return s
}

// Calm is the same without anything that goes wrong: each message once and in order, by one worker.
func Calm(seed uint64) Setting {
	s := Wild(seed)
	s.Workers, s.Copies, s.Disorder, s.FaultOne, s.StaleOne, s.serial = 1, 1, 0, 0, 0, calmCards+seed%maxSeeds*maxCards
	return s
}

// Tally is what happened in histories, and what their end is worth.
type Tally struct {
	Histories  int
	Checkouts  int // receipts accepted
	Returns    int // returns accepted
	Deliveries int // attempts, redeliveries among them
	Repeats    int // that were answered as repeats
	Early      int // returns that came before their receipt
	Late       int // receipts that were not newer than what had left the tail
	Calls      int // of the store
	Faults     int // of those
	Pages      int64
	Redeemed   int   // coupons
	Points     int64 // balances
}

// Add returns the sum.
func (t Tally) Add(o Tally) Tally {
	return Tally{
		t.Histories + o.Histories, t.Checkouts + o.Checkouts, t.Returns + o.Returns, t.Deliveries + o.Deliveries, t.Repeats + o.Repeats,
		t.Early + o.Early, t.Late + o.Late, t.Calls + o.Calls, t.Faults + o.Faults, t.Pages + o.Pages, t.Redeemed + o.Redeemed, t.Points + o.Points,
	}
}

func (t Tally) String() string {
	return fmt.Sprintf("%d histories: %d receipts and %d returns in %d deliveries (%d repeats, %d returns before their receipt, %d late receipts); "+
		"%d calls of the store, %d of them failed; %d pages, %d coupons redeemed, %d points",
		t.Histories, t.Checkouts, t.Returns, t.Deliveries, t.Repeats, t.Early, t.Late, t.Calls, t.Faults, t.Pages, t.Redeemed, t.Points)
}

// Play plays one history over items and checks its end. Its error tells what is wrong and the last steps before.
func Play(ctx context.Context, items store.Items, s Setting) (Tally, error) {
	h := &history{
		ctx: ctx, setting: s, random: rand.New(rand.NewPCG(s.Seed, 1)), now: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC),
		till: "t" + strconv.FormatUint(s.serial, 36), coupons: map[string][]string{}, worth: map[string]ledger.Worth{},
	}
	clock := func() time.Time { return h.now }
	aside := s.Aside
	if aside == nil {
		aside = items
	}
	var err error
	if h.calm, err = serve(ctx, aside, clock, "testdata/programme.yaml"); err != nil {
		return Tally{}, err
	}
	if s.Carry {
		parsed, _, err := read("testdata/carry.yaml")
		if err != nil {
			return Tally{}, err
		}
		h.calm.Programmes = fixed{parsed} // the items are shared with histories that do not carry
	}
	rules, err := h.calm.Programmes.At(ctx, h.now)
	if err != nil {
		return Tally{}, err
	}
	h.tiers = rules.Tiers
	for n := range s.Cards {
		h.cards = append(h.cards, rules.IssueNumber(s.serial+uint64(n)))
	}
	faulty := storefault.Wrap(items, storefault.Plan{Fail: h.faults(), StaleOne: s.StaleOne, Seed: s.Seed})
	stored := store.New(turns{faulty, h}, clock)
	h.service = &loyalty.Service{
		Cards: stored, Joins: stored, Pages: stored, Receipts: stored, Overdue: stored, Programmes: h.calm.Programmes, Now: clock,
		Limits: stored, Reservations: stored, Codes: stored,
	}
	h.queue()
	err = h.work()
	if err == nil {
		err = h.again()
	}
	if err == nil {
		err = h.check(store.New(aside, clock))
	}
	h.tally.Histories = 1
	if err != nil {
		return h.tally, fmt.Errorf("%w\n%s", err, h.lastSteps())
	}
	return h.tally, nil
}

// fixed knows one version of the rules.
type fixed struct{ rules *programme.Programme }

func (f fixed) At(context.Context, time.Time) (*programme.Programme, error) { return f.rules, nil }

// faults chooses the calls that fail.
func (h *history) faults() map[int]storefault.Fault {
	if h.setting.FaultOne == 0 {
		return h.setting.Fail
	}
	const calls = 10_000 // more than a history makes; later ones go well, so that every history ends
	fail := map[int]storefault.Fault{}
	for n := range calls {
		if h.random.IntN(h.setting.FaultOne) == 0 {
			fail[n+1] = []storefault.Fault{storefault.NotDone, storefault.ButDone}[h.random.IntN(2)]
		}
	}
	return fail
}

// turns lets the workers of a history take turns before each call of the store.
type turns struct {
	store.Items
	h *history
}

func (t turns) turn() {
	t.h.tally.Calls++
	t.h.pause()
}

func (t turns) Get(ctx context.Context, key store.Key, read store.Read) (store.Item, error) {
	t.turn()
	item, err := t.Items.Get(ctx, key, read)
	return item, t.h.fault(err)
}

func (t turns) Query(ctx context.Context, in store.QueryInput) (store.Page, error) {
	t.turn()
	page, err := t.Items.Query(ctx, in)
	return page, t.h.fault(err)
}

func (t turns) Put(ctx context.Context, item store.Item, cond store.Condition) (store.Item, error) {
	t.turn()
	stored, err := t.Items.Put(ctx, item, cond)
	return stored, t.h.fault(err)
}

func (t turns) Transact(ctx context.Context, writes []store.Write) error {
	t.turn()
	return t.h.fault(t.Items.Transact(ctx, slices.Clone(writes)))
}
