// Command world plays whole shops with everything in them going wrong: every function as template.yaml wires it, over the real store
// code, on a clock of its own. Shoppers buy at tills with and without a line, tell receipts again and late, bring goods back, merge cards;
// campaigns of all kinds speak to them; and calls fail before and after they worked, processes die, reads lag, messages are held up, come
// twice and overtake each other, and other tills meddle.
//
// What must hold is held after each step for the cards that were touched, and now and then for all. The same seed is the same world: one
// that goes wrong is told with the command that plays it again. The last line is for programs.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/signal"
	"runtime/debug"
	"slices"
	"time"

	"github.com/regulars-dev/regulars/shared/kit"
	"github.com/regulars-dev/regulars/shared/store"
	"github.com/regulars-dev/regulars/shared/store/dynamo"
	"github.com/regulars-dev/regulars/shared/store/dynamotest"
)

func main() {
	seeds := flag.Int("seeds", 10, "how many worlds")
	first := flag.Uint64("first", 1, "seed of the first one; the others follow")
	checkouts := flag.Int("checkouts", 10_000, "receipts in each of them, at least")
	endpoint := flag.String("dynamodb", "", "play over a DynamoDB-compatible engine at this address instead of the embedded store")
	replay := flag.Bool("replay", false, "decide every receipt, return and expiry again in the end of a world, as regulars verify --replay does")
	dir := flag.String("dir", kit.Memory(), "where the stores lie while a world is played")
	flag.Parse()
	debug.SetGCPercent(gcPercent)
	// Whoever interrupts it gets the sum of what was played until then.
	stop, cancel := signal.NotifyContext(context.Background(), os.Interrupt)
	defer cancel()
	if err := run(context.Background(), *first, *seeds, setting{checkouts: *checkouts, replay: *replay, dir: *dir, stop: stop.Done()}, *endpoint); err != nil {
		fmt.Fprintln(os.Stderr, "simulate:", err)
		os.Exit(1)
	}
}

// gcPercent lets garbage lie: a world is some hundred megabytes, and collecting it costs a third of the time.
const gcPercent = 400

// run plays worlds that are set as s is, each in a folder of its own within the one that s names.
func run(ctx context.Context, first uint64, seeds int, s setting, endpoint string) error {
	if seeds < 1 || s.checkouts < 1 {
		return errors.New("-seeds and -checkouts are at least 1")
	}
	began := time.Now()
	sum := tally{faults: map[kit.Fault]int{}, done: map[string]int{}}
	played, wrong := 0, error(nil)
	for n := range uint64(seeds) {
		seed := first + n
		s.seed = seed
		told, err := one(ctx, s, endpoint)
		sum.add(told)
		played++
		if errors.Is(err, errStopped) {
			break
		}
		if err != nil {
			wrong = fmt.Errorf("world %d: %w\nplay it again: make simulate SEEDS=1 FIRST=%d CHECKOUTS=%d%s", seed, err, seed, s.checkouts, with(s.replay, endpoint))
			break
		}
		rate := float64(sum.checkouts) / time.Since(began).Seconds()
		fmt.Printf("world %d: %d checkouts, %d cards, %d faults; %d checkouts so far, %.0f a second\n",
			seed, told.checkouts, told.cards, told.injected(), sum.checkouts, rate)
	}
	sum.print()
	violations := 0
	if wrong != nil {
		violations = 1
	}
	fmt.Printf("%d cards, %d tills, %d campaigns in all; %.0f s, %.0f checkouts a second\n",
		sum.cards, sum.tills, sum.campaigns, time.Since(began).Seconds(), float64(sum.checkouts)/time.Since(began).Seconds())
	if wrong != nil {
		fmt.Fprintln(os.Stderr, wrong)
	}
	fmt.Printf("seeds=%d checkouts=%d faults=%d violations=%d\n", played, sum.checkouts, sum.injected(), violations)
	if wrong != nil {
		return errWrong
	}
	return nil
}

func with(replay bool, endpoint string) (more string) {
	if replay {
		more = " REPLAY=1"
	}
	if endpoint != "" {
		more += " DYNAMODB=" + endpoint
	}
	return more
}

// one plays one world in a folder of its own, or over tables of its own.
func one(ctx context.Context, s setting, endpoint string) (told tally, err error) {
	if s.dir, err = os.MkdirTemp(s.dir, "regulars-world-"); err != nil {
		return told, fmt.Errorf("make a folder for the world: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(s.dir)) }()
	if endpoint != "" {
		tables := map[store.Table]string{}
		for _, t := range []store.Table{store.Cards, store.Records, store.Programme} {
			tables[t] = fmt.Sprintf("regulars-world-%d-%d-%s", os.Getpid(), s.seed, t)
		}
		client := dynamotest.Client(endpoint)
		if err := dynamotest.CreateTables(ctx, client, tables); err != nil {
			return told, fmt.Errorf("make tables at %s: %w", endpoint, err)
		}
		defer func() { err = errors.Join(err, dynamotest.DeleteTables(ctx, client, tables)) }()
		s.items = dynamo.New(client, tables)
	}
	return play(ctx, s)
}

func (t *tally) add(o tally) {
	t.checkouts += o.checkouts
	t.cards += o.cards
	t.campaigns += o.campaigns
	t.tills += o.tills
	t.returns += o.returns
	t.steps += o.steps
	t.again += o.again
	t.unprovable += o.unprovable
	for f, n := range o.faults {
		t.faults[f] += n
	}
	for name, n := range o.done {
		t.done[name] += n
	}
}

func (t tally) injected() (sum int) {
	for _, n := range t.faults {
		sum += n
	}
	return sum
}

// print tells what people did and what was done to them.
func (t tally) print() {
	fmt.Println("\nwhat people did")
	for _, name := range slices.Sorted(maps.Keys(t.done)) {
		fmt.Printf("%9d  %s\n", t.done[name], name)
	}
	fmt.Println("\nwhat went wrong")
	for _, f := range kit.Kinds() {
		fmt.Printf("%9d  %s\n", t.faults[f], f)
	}
	if t.again == 0 {
		fmt.Println()
		return
	}
	fmt.Printf("\n%9d  receipts, returns and expiries decided again came out the same; %d of them hang on what nobody has written down\n\n", t.again, t.unprovable)
}
