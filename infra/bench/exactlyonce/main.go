// Command exactlyonce plays random histories of a shop over the real use cases: messages that come twice, late and out of order, calls
// of the store that fail before or after they worked, reads that lag behind, several workers that take turns at every call. The
// end of each is held against a slow oracle.
//
// It prints what was done to the shop and what each message took, beside the same histories undisturbed. Its last line is for programs.
// It fails at the first history whose end is wrong and says how to play that one again.
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
	"github.com/regulars-dev/regulars/shared/store"
	"github.com/regulars-dev/regulars/shared/store/bolt"
	"github.com/regulars-dev/regulars/shared/store/dynamo"
	"github.com/regulars-dev/regulars/shared/store/dynamotest"
)

func main() {
	histories := flag.Int("histories", 400, "how many histories, about 45 receipts each")
	first := flag.Uint64("first", 1, "seed of the first one; the others follow")
	endpoint := flag.String("dynamodb", "", "play over a DynamoDB-compatible engine at this address instead of the embedded store")
	flag.Parse()
	if err := run(context.Background(), *first, *histories, *endpoint); err != nil {
		fmt.Fprintln(os.Stderr, "bench exactly-once:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, first uint64, histories int, endpoint string) error {
	if histories < 1 {
		return errors.New("-histories is at least 1")
	}
	items, closing, err := open(ctx, endpoint)
	if err != nil {
		return err
	}
	defer closing()
	calm, err := play(ctx, items, first, histories, loyaltytest.Calm)
	if err != nil {
		return fmt.Errorf("undisturbed: %w", err)
	}
	wild, err := play(ctx, items, first, histories, loyaltytest.Wild)
	if err != nil {
		fmt.Printf("histories=%d checkouts=%d lost=%d doubled=%d\n", wild.sum.Histories, wild.sum.Checkouts, wild.lost, wild.doubled)
		return err
	}
	fmt.Printf("%s\n\n", wild.sum)
	fmt.Printf("                WRU and RRU per accepted receipt or return\nundisturbed     %s\nunder all that  %s\n\n", calm.perMessage(), wild.perMessage())
	fmt.Printf("histories=%d checkouts=%d lost=%d doubled=%d\n", wild.sum.Histories, wild.sum.Checkouts, wild.lost, wild.doubled)
	return nil
}

// open opens the embedded store in a folder that closing removes, or the engine at endpoint with tables that closing removes.
func open(ctx context.Context, endpoint string) (store.Items, func(), error) {
	if endpoint != "" {
		tables := map[store.Table]string{}
		for _, t := range []store.Table{store.Cards, store.Records, store.Programme} {
			tables[t] = fmt.Sprintf("regulars-bench-%d-%s", os.Getpid(), t)
		}
		client := dynamotest.Client(endpoint)
		if err := dynamotest.CreateTables(ctx, client, tables); err != nil {
			return nil, nil, fmt.Errorf("make tables at %s: %w", endpoint, err)
		}
		return dynamo.New(client, tables), func() { _ = dynamotest.DeleteTables(ctx, client, tables) }, nil
	}
	dir, err := os.MkdirTemp("", "regulars-once-")
	if err != nil {
		return nil, nil, fmt.Errorf("make a folder for the store: %w", err)
	}
	db, err := bolt.Open(filepath.Join(dir, "regulars.db"), time.Now, bolt.Feed())
	if err != nil {
		return nil, nil, errors.Join(err, os.RemoveAll(dir))
	}
	return db, func() { _ = errors.Join(db.Close(), os.RemoveAll(dir)) }, nil // nobody looks at the folder again
}

// played is what came of many histories.
type played struct {
	sum           loyaltytest.Tally
	units         store.Units
	lost, doubled int
}

func (p played) perMessage() string {
	n := int64(p.sum.Checkouts + p.sum.Returns)
	hundredths := func(sum int64) string { return fmt.Sprintf("%d.%02d", sum/n/100, sum/n%100) }
	return hundredths(p.units.Writes*100) + "  " + hundredths(p.units.ReadHalves*50)
}

// hands is how many histories are played at once. They share nothing but the store, whose commits they share.
const hands = 16

// play plays histories with following seeds; the first one whose end is wrong ends it.
func play(ctx context.Context, items store.Items, first uint64, histories int, setting func(seed uint64) loyaltytest.Setting) (played, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	meter := store.NewMeter(items)
	var p played
	var failed error
	var mu sync.Mutex
	var all sync.WaitGroup
	seeds := make(chan uint64)
	one := func(seed uint64) {
		s := setting(seed)
		s.Aside = items
		told, err := loyaltytest.Play(ctx, meter, s)
		mu.Lock()
		defer mu.Unlock()
		p.sum = p.sum.Add(told)
		if err == nil || failed != nil {
			return
		}
		failed = fmt.Errorf("history %d: %w\nplay it again with -first %d -histories 1", seed, err, seed)
		if errors.Is(err, loyaltytest.ErrLost) {
			p.lost++
		}
		if errors.Is(err, loyaltytest.ErrDoubled) {
			p.doubled++
		}
		cancel()
	}
	for range hands {
		all.Go(func() {
			for seed := range seeds {
				one(seed)
			}
		})
	}
	for seed := first; seed < first+uint64(histories) && ctx.Err() == nil; seed++ {
		seeds <- seed
	}
	close(seeds)
	all.Wait()
	p.units = meter.Total()
	return p, failed
}
