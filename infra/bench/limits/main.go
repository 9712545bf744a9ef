// Command limits measures what hard limits cost in DynamoDB's request units: a checkout of each kind through the real use cases, beside a
// plain one, by the public rules of sizes and units. Its last line is for programs.
package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/money"
	"github.com/regulars-dev/regulars/shared/programme"
	"github.com/regulars-dev/regulars/shared/programme/yamldoc"
	"github.com/regulars-dev/regulars/shared/receipt"
	"github.com/regulars-dev/regulars/shared/store"
	"github.com/regulars-dev/regulars/shared/store/bolt"
)

const rules = `{programme: limits, from: 2025-01-01T00:00:00Z, currency: EUR, time_zone: Europe/Berlin, language: en,
shop: {name: Shop, address: 1 Street}, stores: [{id: "0042", name: First}], cards: {secret: a secret of the bench shop},
topics: [{id: offers, name: Offers}], earn: [{id: base, points: 1, per: "1.00"}], offers: [
{id: free, name: Free, percent: "10", on: basket, code: FREE}, {id: total, name: Total, percent: "10", on: basket, code: TOTAL, limits: {total: 1000000, money: "1000000.00"}},
{id: card, name: Card, percent: "10", on: basket, code: CARD, limits: {per_card: 1000}}, {id: batch, name: Batch, percent: "10", on: basket, codes: true},
{id: both, name: Both, percent: "10", on: basket, codes: true, limits: {total: 1000000}}]}`

const receipts = 100 // of each kind, each on a card of its own

func main() {
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "bench limits:", err)
		os.Exit(1)
	}
}

// shop is a metered shop at one moment.
type shop struct {
	service *loyalty.Service
	store   *store.Store
	meter   *store.Meter
	rules   *programme.Programme
	number  uint64
}

func run(ctx context.Context) error {
	dir, err := os.MkdirTemp("", "regulars-limits-")
	if err != nil {
		return fmt.Errorf("make a folder for the store: %w", err)
	}
	defer os.RemoveAll(dir)
	now := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	db, err := bolt.Open(filepath.Join(dir, "regulars.db"), func() time.Time { return now })
	if err != nil {
		return fmt.Errorf("open the store: %w", err)
	}
	defer db.Close()
	s := &shop{meter: store.NewMeter(db)}
	parsed, document, faults, err := yamldoc.Read(strings.NewReader(rules))
	if err != nil || len(faults) > 0 {
		return fmt.Errorf("read the rules: %w %v", err, faults)
	}
	s.rules = parsed
	s.service, s.store = store.NewService(s.meter, func() time.Time { return now })
	if err := s.store.Publish(ctx, parsed.From, document); err != nil {
		return fmt.Errorf("publish the rules: %w", err)
	}
	return s.print(ctx, now)
}

func (s *shop) print(ctx context.Context, now time.Time) error {
	plain, last := int64(0), ""
	for _, kind := range []struct{ name, offer, code string }{
		{"plain", "", ""}, {"code_without_limit", "free", "FREE"}, {"per_card", "card", "CARD"}, {"total_and_money", "total", "TOTAL"},
		{"unique_code", "batch", ""}, {"unique_code_and_total", "both", ""},
	} {
		code := func(int) string { return kind.code }
		if kind.offer != "" && kind.code == "" {
			b, err := s.store.AddBatch(ctx, loyalty.CodeBatch{Offer: kind.offer, Count: receipts + 1, MadeAt: now})
			if err != nil {
				return fmt.Errorf("make a batch: %w", err)
			}
			codes, err := s.store.Codes(ctx)
			if err != nil {
				return fmt.Errorf("make codes: %w", err)
			}
			code = func(n int) string { return codes.Make(b.Number, uint64(n)) }
		}
		units, err := s.year(ctx, kind.offer, code, now)
		if err != nil {
			return fmt.Errorf("%s: %w", kind.name, err)
		}
		if kind.name == "plain" {
			plain = units.Writes
		}
		more := units.Writes - plain
		fmt.Printf("%-22s %3d.%02d WRU a checkout, %2d.%02d more; %d.%02d RRU\n", kind.name, units.Writes/receipts, units.Writes%receipts,
			more/receipts, more%receipts, units.ReadHalves/2/receipts, units.ReadHalves/2%receipts)
		last += fmt.Sprintf("wru_%s=%d.%02d ", kind.name, more/receipts, more%receipts)
	}
	fmt.Println("Beside it: a transaction over receipt, card and one limit is 3 x 2 = 6 WRU, 4 more than a plain checkout.")
	fmt.Println(strings.TrimSpace(last))
	return nil
}

// year sums up the units of checkouts with a code; the first is not counted, for it reads what all later ones know.
func (s *shop) year(ctx context.Context, offer string, code func(int) string, now time.Time) (store.Units, error) {
	for n := range receipts + 1 {
		if n == 1 {
			s.meter.Reset()
		}
		s.number++
		r := receipt.Receipt{
			Key: receipt.Key{Store: "0042", Till: "1", Number: fmt.Sprint(s.number)}, Card: s.rules.IssueNumber(s.number), At: now,
			Total: money.Amount{Minor: 900, Currency: "EUR"}, Lines: []receipt.Line{{ID: "1", Quantity: 1, Amount: 1000, Discount: 100}},
		}
		if offer != "" {
			r.Codes = []string{code(n)}
			r.Offers = []receipt.Used{{Offer: offer, Code: code(n), Amount: 100}}
		}
		a, err := s.service.Checkout(ctx, r)
		if err != nil {
			return store.Units{}, err
		}
		if offer != "" && (len(a.Uses) != 1 || !a.Uses[0].Redeemed()) {
			return store.Units{}, fmt.Errorf("the code does not count: %+v", a.Uses)
		}
	}
	return s.meter.Total(), nil
}
