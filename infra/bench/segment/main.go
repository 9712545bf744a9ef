// Command segment measures what it takes to count the shoppers of a segment: a million cards with their shoppers on the embedded store,
// looked through by the use case itself, and what the same scan would cost on DynamoDB by its public rules. Beside it, in the same run,
// the bare scan without any rule. Its last line is for programs.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/ledger"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/programme/yamldoc"
	"github.com/regulars-dev/regulars/shared/store"
	"github.com/regulars-dev/regulars/shared/store/bolt"
)

const rules = `{programme: segments, from: 2025-01-01T00:00:00Z, currency: EUR, time_zone: Europe/Berlin, language: en,
shop: {name: Shop, address: 1 Street}, stores: [{id: "0042", name: First}], cards: {secret: a secret of the bench shop},
topics: [{id: offers, name: Offers}], earn: [{id: base, points: 1, per: "1.00"}], segments: [
{id: regulars, who: {all: [{field: card.visits, op: gte, value: 5}, {field: card.spent, op: gte, value: "100.00"}]}},
{id: sleepers, who: {all: [{segment: regulars}, {field: card.days_since_visit, op: gt, value: 60}, {field: shopper.consents, op: contains, value: offers}, {not: {field: shopper.tags, op: contains, value: vip}}]}}]}`

const (
	parts   = 8  // looked through at once
	writers = 64 // that fill the store, so that many puts are one commit

	// centsPerMillion is the price of a million read request units on demand in us-east-1, in cents.
	centsPerMillion = 12.5
)

var now = time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)

func main() {
	cards := flag.Int("cards", 1_000_000, "`N` cards")
	flag.Parse()
	if err := run(context.Background(), *cards); err != nil {
		fmt.Fprintln(os.Stderr, "bench segment:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, cards int) error {
	dir, err := os.MkdirTemp("", "regulars-segment-")
	if err != nil {
		return fmt.Errorf("make a folder for the store: %w", err)
	}
	defer os.RemoveAll(dir)
	clock := func() time.Time { return now }
	db, err := bolt.Open(filepath.Join(dir, "regulars.db"), clock, bolt.Feed(), bolt.Unsynced())
	if err != nil {
		return fmt.Errorf("open the store: %w", err)
	}
	defer db.Close()
	parsed, document, faults, err := yamldoc.Read(strings.NewReader(rules))
	if err != nil || len(faults) > 0 {
		return fmt.Errorf("read the rules: %v %w", faults, err)
	}
	meter := store.NewMeter(db)
	service, kept := store.NewService(meter, clock)
	if err := kept.Publish(ctx, parsed.From, document); err != nil {
		return err
	}
	began := time.Now()
	if err := fill(ctx, store.New(db, clock), cards); err != nil {
		return err
	}
	fmt.Printf("%d cards were made in %.1f s\n", cards, time.Since(began).Seconds())

	meter.Reset()
	began = time.Now()
	bare, err := scan(ctx, service.Shoppers)
	if err != nil {
		return err
	}
	bareTook := time.Since(began)
	fmt.Printf("bare scan: %d cards in %.2f s\n", bare, bareTook.Seconds())

	meter.Reset()
	began = time.Now()
	counted, err := service.CountSegment(ctx, "sleepers", parts, nil)
	if err != nil {
		return err
	}
	took, read := time.Since(began), float64(meter.Total().ReadHalves)/2
	fmt.Printf("segment: %d of %d cards in %.2f s, %.0f read units\n", counted.In, counted.Cards, took.Seconds(), read)
	fmt.Printf("cards=%d seconds=%.2f bare_seconds=%.2f rru=%.0f cents=%.2f\n", counted.Cards, took.Seconds(), bareTook.Seconds(), read, read*centsPerMillion/1e6)
	return nil
}

// scan looks at every card and asks nothing.
func scan(ctx context.Context, shoppers loyalty.Shoppers) (int64, error) {
	var sum [parts]int64
	var failed [parts]error
	var all sync.WaitGroup
	for part := range parts {
		all.Go(func() {
			for after := ""; ; {
				page, next, err := shoppers.CardsOf(ctx, part, parts, after)
				sum[part] += int64(len(page))
				if failed[part] = err; err != nil || next == "" {
					return
				}
				after = next
			}
		})
	}
	all.Wait()
	total := int64(0)
	for part := range parts {
		if failed[part] != nil {
			return 0, failed[part]
		}
		total += sum[part]
	}
	return total, nil
}

// fill makes cards of a year or two, each with a shopper.
func fill(ctx context.Context, s *store.Store, cards int) error {
	today := day.Of(now, time.UTC)
	errs := make(chan error, writers)
	for w := range writers {
		go func() {
			for n := w; n < cards; n += writers {
				if err := put(ctx, s, n, today); err != nil {
					errs <- err
					return
				}
			}
			errs <- nil
		}()
	}
	for range writers {
		if err := <-errs; err != nil {
			return fmt.Errorf("fill the store: %w", err)
		}
	}
	return nil
}

// put stores one card and its shopper; what they are follows from their number alone.
func put(ctx context.Context, s *store.Store, n int, today day.Day) error {
	id := fmt.Sprintf("04%011d", n)
	visits := int64(n%23) + 1
	h := card.Head{
		ID: id, EnrolledOn: today - day.Day(n%700) - 1, Tier: "",
		Habits: card.Habits{Visits: visits, Spent: visits * 1_990, FirstOn: today - day.Day(n%700) - 1, LastOn: today - day.Day(n%131)},
	}
	for e := range min(visits, 12) {
		h.Book = h.Book.Post(ledger.Entry{Cause: fmt.Sprintf("0042/%02d/%06d", n%40, e), Kind: ledger.Earn, At: now.Add(-time.Duration(e) * 100 * time.Hour), Points: 19}, today+400)
	}
	if _, err := s.PutHead(ctx, h, 0); err != nil {
		return err
	}
	p := card.Profile{ID: id, Given: "Given", Family: "Family", Email: fmt.Sprintf("shopper%d@mail.example", n), Since: h.EnrolledOn, Language: "de"}
	if n%3 > 0 {
		p.Consents = map[string]card.Consent{"offers": {Allowed: true, At: now, Source: "web"}}
	}
	if n%50 == 0 {
		p.Tags = []string{"vip"}
	}
	_, err := s.PutProfile(ctx, p, 0)
	return err
}
