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
	dir := flag.String("dir", kit.Memory(), "where the stores lie while a world is played")
	flag.Parse()
	debug.SetGCPercent(gcPercent)
	// Whoever interrupts it gets the sum of what was played until then.
	stop, cancel := signal.NotifyContext(context.Background(), os.Interrupt)
	defer cancel()
	if err := run(context.Background(), stop.Done(), *first, *seeds, *checkouts, *dir, *endpoint); err != nil {
		fmt.Fprintln(os.Stderr, "simulate:", err)
		os.Exit(1)
	}
}

// gcPercent lets garbage lie: a world is some hundred megabytes, and collecting it costs a third of the time.
const gcPercent = 400

func run(ctx context.Context, stop <-chan struct{}, first uint64, seeds, checkouts int, dir, endpoint string) error {
	if seeds < 1 || checkouts < 1 {
		return errors.New("-seeds and -checkouts are at least 1")
	}
	began := time.Now()
	sum := tally{faults: map[kit.Fault]int{}, done: map[string]int{}}
	played, wrong := 0, error(nil)
	for n := range uint64(seeds) {
		seed := first + n
		told, err := one(ctx, stop, seed, checkouts, dir, endpoint)
		sum.add(told)
		played++
		if errors.Is(err, errStopped) {
			break
		}
		if err != nil {
			wrong = fmt.Errorf("world %d: %w\nplay it again: make simulate SEEDS=1 FIRST=%d CHECKOUTS=%d%s", seed, err, seed, checkouts, at(endpoint))
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

func at(endpoint string) string {
	if endpoint == "" {
		return ""
	}
	return " DYNAMODB=" + endpoint
}

// one plays one world in a folder of its own, or over tables of its own.
func one(ctx context.Context, stop <-chan struct{}, seed uint64, checkouts int, parent, endpoint string) (told tally, err error) {
	dir, err := os.MkdirTemp(parent, "regulars-world-")
	if err != nil {
		return told, fmt.Errorf("make a folder for the world: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	s := setting{seed: seed, checkouts: checkouts, dir: dir, stop: stop}
	if endpoint != "" {
		tables := map[store.Table]string{}
		for _, t := range []store.Table{store.Cards, store.Records, store.Programme} {
			tables[t] = fmt.Sprintf("regulars-world-%d-%d-%s", os.Getpid(), seed, t)
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
	fmt.Println()
}
