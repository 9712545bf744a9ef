package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"github.com/regulars-dev/regulars/functions/till"
	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/money"
	"github.com/regulars-dev/regulars/shared/programme"
	"github.com/regulars-dev/regulars/shared/store"
	"github.com/regulars-dev/regulars/shared/store/bolt"
)

const (
	tillKey  = "rk_of_the_bench_shop"
	quotes   = 1_500 // measured for each size
	warmings = 150   // before them
)

// runTill measures quotes through the till's function: the payload of an HTTP API in, its answer out, with the key, the card and the
// programme read from the embedded store, beside the bare engine on the same basket, turn by turn.
func runTill(ctx context.Context) error {
	fmt.Printf("Quotes through the till's handler on the embedded store, for a card with a book; %d for each size, one after the other.\n", quotes)
	fmt.Print("engine_p50_us is programme.Price alone on the same basket, in turn with it; per_core is quotes in a second of processor time.\n\n")
	for _, lines := range []int{5, 20, 50} {
		for _, offers := range []int{1, 12, 110} {
			if err := quoteAt(ctx, lines, offers); err != nil {
				return fmt.Errorf("%d lines, %d offers: %w", lines, offers, err)
			}
		}
	}
	return nil
}

// quoteAt measures one size and prints its line.
func quoteAt(ctx context.Context, lines, offers int) error {
	dir, err := os.MkdirTemp("", "regulars-quote-")
	if err != nil {
		return fmt.Errorf("make a folder for the store: %w", err)
	}
	defer os.RemoveAll(dir)
	db, err := bolt.Open(filepath.Join(dir, "regulars.db"), time.Now)
	if err != nil {
		return err
	}
	defer db.Close()
	handle, rules, number, err := openTill(ctx, db, offers)
	if err != nil {
		return err
	}
	payload, err := quotePayload(lines, number)
	if err != nil {
		return err
	}
	r, goods := basket(lines)
	var through, bare []time.Duration
	used := time.Duration(0)
	for n := range warmings + quotes {
		before, began := processor(), time.Now()
		answer, err := handle(ctx, payload)
		took, cost := time.Since(began), processor()-before
		if err != nil {
			return err
		}
		if n == 0 {
			if err := wellAnswered(answer); err != nil {
				return err
			}
		}
		began = time.Now()
		if _, err := rules.Price(card.Head{}, r, goods); err != nil {
			return err
		}
		if n >= warmings {
			through, bare, used = append(through, took), append(bare, time.Since(began)), used+cost
		}
	}
	slices.Sort(through)
	slices.Sort(bare)
	perCore := int64(quotes) * int64(time.Second) / max(1, int64(used))
	fmt.Printf("lines=%d offers=%d p50_us=%d p95_us=%d p99_us=%d quotes_per_second_and_core=%d engine_p50_us=%d\n", lines, offers,
		at(through, 50), at(through, 95), at(through, 99), perCore, at(bare, 50))
	return nil
}

// at is a percentile in microseconds.
func at(sorted []time.Duration, percent int) int64 {
	return sorted[min(len(sorted)-1, len(sorted)*percent/100)].Microseconds()
}

// processor is the time that this process has used, in its own code and in the system.
func processor() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// openTill is a shop with one till and one card that has bought before.
func openTill(ctx context.Context, db *bolt.DB, offers int) (edge.Handler, *programme.Programme, string, error) {
	service, kept := store.NewService(db, time.Now)
	document, err := json.Marshal(shop(offers))
	if err != nil {
		return nil, nil, "", err
	}
	rules, err := programme.Load(document)
	if err != nil {
		return nil, nil, "", err
	}
	if err := kept.Publish(ctx, rules.From, document); err != nil {
		return nil, nil, "", err
	}
	if err := kept.PutTillKey(ctx, store.TillKey{Hash: store.HashKey(tillKey), Store: "0042", Name: "bench", CreatedAt: time.Now()}); err != nil {
		return nil, nil, "", err
	}
	number := rules.IssueNumber(1)
	for n := range 12 {
		r, _ := basket(5)
		r.Card, r.At, r.Key.Number, r.Source = number, time.Now().Add(time.Duration(n-20)*time.Hour), fmt.Sprint(n), "till"
		if _, err := service.Checkout(ctx, r); err != nil {
			return nil, nil, "", err
		}
	}
	return till.New(till.Deps{Service: service, Keys: loyalty.KeysFunc(kept.TillKey)}), rules, number, nil
}

// quotePayload is what an HTTP API hands to the function.
func quotePayload(lines int, number string) ([]byte, error) {
	r, goods := basket(lines)
	var said []map[string]any
	for _, l := range r.Lines {
		said = append(said, map[string]any{
			"id": l.ID, "sku": l.SKU, "category": l.Category, "quantity": l.Quantity, "amount": money.Amount{Minor: l.Amount, Currency: "EUR"},
			"brand": goods[l.ID].Brand, "tags": goods[l.ID].Tags, "tax_rate": goods[l.ID].TaxBasisPoints,
		})
	}
	body, err := json.Marshal(map[string]any{"card": number, "store": "0042", "till": "03", "lines": said})
	if err != nil {
		return nil, err
	}
	return json.Marshal(map[string]any{
		"version": "2.0", "rawPath": "/v1/quotes", "body": string(body),
		"headers": map[string]string{"authorization": "Bearer " + tillKey, "content-type": "application/json"},
		"requestContext": map[string]any{
			"domainName": "bench.example", "requestId": "bench", "stage": "$default",
			"http": map[string]string{"method": "POST", "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1"},
		},
	})
}

// wellAnswered refuses to measure anything but quotes.
func wellAnswered(answer []byte) error {
	var said struct {
		StatusCode int    `json:"statusCode"`
		Body       string `json:"body"`
	}
	if err := json.Unmarshal(answer, &said); err != nil {
		return err
	}
	if said.StatusCode != 200 {
		return fmt.Errorf("the till answers %d: %s", said.StatusCode, said.Body)
	}
	return nil
}
