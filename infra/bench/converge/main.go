// Command converge plays random histories of a shop twice over the real use cases and the embedded store: in order and at their moment,
// and late, in disorder, more than once, under faults. At one instant both have the same points, lots, tiers and counters wherever the
// rules promise it, and an oracle that knows no book reckons the same lots.
//
// It prints what was done to the shop. Its last line is for programs. It fails at the first history whose ends differ, tells both, and
// says how to play that one again.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/regulars-dev/regulars/shared/loyalty/loyaltytest"
	"github.com/regulars-dev/regulars/shared/store/bolt"
)

func main() {
	histories := flag.Uint64("histories", 10_000, "how many histories, about ten receipts each")
	first := flag.Uint64("first", 1, "seed of the first one; the others follow")
	flag.Parse()
	if err := run(context.Background(), *first, *histories); err != nil {
		fmt.Fprintln(os.Stderr, "converge:", err)
		os.Exit(1)
	}
}

// batch is how many histories share two stores. Files that stay small keep their commits short.
const batch = 200

// hands is how many batches are played at once.
const hands = 4

func run(ctx context.Context, first, histories uint64) error {
	if histories < 1 {
		return errors.New("-histories is at least 1")
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	began := time.Now()
	var sum loyaltytest.Injected
	var mu sync.Mutex
	var all sync.WaitGroup
	batches := make(chan uint64)
	for range hands {
		all.Go(func() {
			for from := range batches {
				told, err := play(ctx, from, min(from+batch, first+histories))
				mu.Lock()
				sum = sum.Add(told)
				mu.Unlock()
				if err != nil {
					cancel(err)
				}
			}
		})
	}
	for from := first; from < first+histories && ctx.Err() == nil; from += batch {
		batches <- from
	}
	close(batches)
	all.Wait()
	fmt.Printf("%s\n\n", sum)
	fmt.Printf("histories=%d deliveries=%d seconds=%d\n", sum.Histories, sum.Deliveries, int(time.Since(began).Seconds()))
	return context.Cause(ctx)
}

// play plays the histories of seeds from one up to another over two stores in a folder that it removes.
func play(ctx context.Context, from, to uint64) (sum loyaltytest.Injected, err error) {
	dir, err := os.MkdirTemp("", "regulars-converge-")
	if err != nil {
		return sum, fmt.Errorf("make a folder for the stores: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	open := func(name string) (*bolt.DB, error) {
		return bolt.Open(filepath.Join(dir, name), time.Now, bolt.Feed(), bolt.Unsynced())
	}
	prompt, err := open("prompt.db")
	if err != nil {
		return sum, err
	}
	defer func() { err = errors.Join(err, prompt.Close()) }()
	other, err := open("other.db")
	if err != nil {
		return sum, err
	}
	defer func() { err = errors.Join(err, other.Close()) }()
	for seed := from; seed < to && ctx.Err() == nil; seed++ {
		told, err := loyaltytest.Converge(ctx, prompt, other, seed)
		if err != nil {
			return sum, fmt.Errorf("history %d: %w\nplay it again with -first %d -histories 1", seed, err, seed)
		}
		sum = sum.Add(told)
	}
	return sum, nil
}
