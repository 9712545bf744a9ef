// Command backtest measures a draft of the rules over a generated past: 500,000 lines of 50,000 receipts of 5,000 cards and of guests, one
// in forty of which comes back in part, read from CSV and played by a draft with twelve offers and a campaign beside the rules that hold.
//
// Its last line is for programs: rows a second of reading and of playing by the clock, of all of it by one processor's time, and the
// most memory that the process took.
package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"syscall"
	"time"

	"github.com/regulars-dev/regulars/infra/regulars/importer"
	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/programme"
	"github.com/regulars-dev/regulars/shared/programme/yamldoc"
	"github.com/regulars-dev/regulars/shared/whatif"
)

const (
	receipts = 50_000
	lines    = 10 // of a receipt
	cards    = 5_000
	articles = 400
	returned = 40 // one receipt in so many
)

const columns = `
columns: {number: number, at: at, shopper: card, sku: sku, quantity: quantity, price: price, store: =web, till: =bench}
cancelled: C
currency: EUR
`

const rules = `
programme: bench
from: 2025-01-01T00:00:00Z
currency: EUR
time_zone: Europe/Berlin
language: en
shop: {name: Bench, address: "1 Bench Street"}
stores: [{id: web, name: Web}]
cards: {secret: a secret of the bench shop}
topics: [{id: offers, name: Offers}]
earn: [{id: base, points: 1, per: "1.00"}]
tiers: [{id: silver, name: Silver, points: 200}, {id: gold, name: Gold, points: 1000}]
`

const drafted = `
points: {months: 12}
campaigns: [{id: big, on: checkout, when: {field: receipt.total, op: gte, value: "80.00"}, grant: {offer: ten, days: 30}}]
offers:
  - {id: ten, name: Ten, percent: "10", on: basket, coupon: true}
`

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "bench backtest:", err)
		os.Exit(1)
	}
}

func run() error {
	m, err := importer.ReadMap(strings.NewReader(columns), "receipts")
	if err != nil {
		return err
	}
	current, err := read(rules)
	if err != nil {
		return err
	}
	draft, err := read(rules + drafted + offers())
	if err != nil {
		return err
	}
	file := past()
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	began := time.Now()
	sales, err := importer.ReadSales(file, 0, m, now, func(string, int64, int64) {})
	if err != nil {
		return err
	}
	reading := time.Since(began)
	began = time.Now()
	report := whatif.Run(whatif.Input{
		Draft: draft, Against: current, Sales: sales.List, Redeem: 100, Workers: runtime.GOMAXPROCS(0),
		Shopper: card.Profile{Email: "a@example.com", Consents: map[string]card.Consent{"offers": {Allowed: true}}},
	})
	playing := time.Since(began)
	fmt.Printf("%d rows: %d receipts and %d returns of %d cards; the draft takes off %d and issues %d points, what holds issues %d.\n",
		sales.Rows, report.Played.Receipts, report.Played.Returns, report.Draft.Cards, report.Draft.Discount, report.Draft.Issued, report.Against.Issued)
	fmt.Printf("Read in %s, played by both in %s on %d processors.\n\n", reading.Round(time.Millisecond), playing.Round(time.Millisecond), runtime.GOMAXPROCS(0))
	used, peak := spent()
	fmt.Printf("rows_per_second_read=%d rows_per_second_played=%d rows_per_second_of_one_core=%d peak_mb=%d\n",
		perSecond(sales.Rows, reading), perSecond(sales.Rows, playing), perSecond(sales.Rows, used), peak)
	return nil
}

func perSecond(rows int64, took time.Duration) int64 {
	return rows * int64(time.Second) / max(1, int64(took))
}

// spent is the processor time that this process has used for everything, and the most memory that it took, in MB; 0 where the system does
// not tell it in kilobytes.
func spent() (time.Duration, int64) {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0, 0
	}
	used := time.Duration(u.Utime.Nano() + u.Stime.Nano())
	if runtime.GOOS != "linux" {
		return used, 0
	}
	return used, u.Maxrss / 1024
}

func read(text string) (*programme.Programme, error) {
	p, _, faults, err := yamldoc.Read(strings.NewReader(text))
	if err == nil && len(faults) > 0 {
		err = fmt.Errorf("%v", faults)
	}
	if p == nil && err == nil {
		err = errors.New("there is no programme")
	}
	return p, err
}

// offers is eleven more offers of the draft.
func offers() string {
	var b strings.Builder
	for i := range 11 {
		sku := func(n int) string { return fmt.Sprintf("A%d", (i*31+n)%articles) }
		switch i % 3 {
		case 0:
			fmt.Fprintf(&b, "  - {id: o%d, name: Off, percent: \"10\", on: lines, lines: {skus: [%s, %s, %s]}}\n", i, sku(0), sku(1), sku(2))
		case 1:
			fmt.Fprintf(&b, "  - {id: o%d, name: Set, percent: \"50\", on: sets, set: [{pieces: 2, lines: {skus: [%s]}}, {pieces: 1, get: true, lines: {skus: [%s]}}]}\n", i, sku(0), sku(0))
		default:
			fmt.Fprintf(&b, "  - {id: o%d, name: Steps, on: basket, group: steps, steps: [{from: \"%d.00\", percent: \"2\"}]}\n", i, 40+10*i)
		}
	}
	return b.String()
}

// past is the file, made by rule and not by chance. Receipts lie ten minutes apart; returns name a line of the receipt before.
func past() io.Reader {
	var b bytes.Buffer
	b.WriteString("number,at,card,sku,quantity,price\n")
	first := time.Date(2025, 10, 1, 8, 0, 0, 0, time.UTC)
	for n := range receipts {
		at := first.Add(time.Duration(n) * 10 * time.Minute).Format(time.RFC3339)
		who := fmt.Sprint(100_000 + n*7919%cards)
		if n%10 == 0 {
			who = "" // a guest
		}
		for l := range lines {
			article := (n*13 + l*l*7) % articles
			fmt.Fprintf(&b, "%d,%s,%s,A%d,%d,%d.%02d\n", n, at, who, article, 1+l%3, 1+article%20, article%100)
		}
		if n%returned == 1 {
			article := n * 13 % articles
			fmt.Fprintf(&b, "C%d,%s,%s,A%d,-1,%d.%02d\n", n, first.Add(time.Duration(n)*10*time.Minute+time.Hour).Format(time.RFC3339), who, article, 1+article%20, article%100)
		}
	}
	return &b
}
