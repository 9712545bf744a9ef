// Command offers measures what pricing a basket costs: baskets of 5, 20 and 50 lines under 1, 12 and 110 offers, from a receipt's form to
// priced lines and a reason for every offer, without points, store and network.
//
// The offers are those of a busy shop: percentages and amounts off categories, brands and articles, buy-and-get, sets at a price,
// ladders, some for a tier, an hour or a coupon, some that keep each other out, and some on the whole basket. Its last lines are for
// programs, one for each size. With the argument "till" it measures the same baskets through the till's function, see till.go.
package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/offer"
	"github.com/regulars-dev/regulars/shared/programme"
	"github.com/regulars-dev/regulars/shared/receipt"
)

func main() {
	err := error(nil)
	if len(os.Args) > 1 && os.Args[1] == "till" {
		err = runTill(context.Background())
	} else {
		err = run()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench offers:", err)
		os.Exit(1)
	}
}

func run() error {
	fmt.Println("Baskets priced through programme.Price, median of five rounds; applied and combined say what the offers did.")
	var last []string
	for _, lines := range []int{5, 20, 50} {
		for _, offers := range []int{1, 12, 110} {
			m, err := measure(lines, offers)
			if err != nil {
				return err
			}
			fmt.Printf("  %2d lines, %3d offers: %2d applied, combined %-8s saved %d of %d\n", lines, offers, m.applied, m.proof, m.saved, m.subtotal)
			last = append(last, fmt.Sprintf("lines=%d offers=%d ms_per_quote=%d.%04d allocs_per_quote=%d", lines, offers, m.ns/1e6, m.ns%1e6/100, m.allocs))
		}
	}
	fmt.Println()
	for _, line := range last {
		fmt.Println(line)
	}
	return nil
}

type measured struct {
	ns, allocs      int64
	applied         int
	proof           offer.Proof
	saved, subtotal int64
}

const rounds = 5

// measure prices one basket again and again.
func measure(lines, offers int) (measured, error) {
	rules, problems := programme.Compile(shop(offers))
	if len(problems) > 0 {
		return measured{}, fmt.Errorf("the programme does not hold: %v", problems)
	}
	r, goods := basket(lines)
	priced, err := rules.Price(card.Head{}, r, goods)
	if err != nil {
		return measured{}, err
	}
	m := measured{proof: priced.Proof, saved: priced.Discount, subtotal: priced.Subtotal}
	for _, c := range priced.Considered {
		if c.Applied {
			m.applied++
		}
	}
	var ns []int64
	for range rounds {
		result := testing.Benchmark(func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, err = rules.Price(card.Head{}, r, goods)
			}
		})
		ns, m.allocs = append(ns, result.NsPerOp()), result.AllocsPerOp()
	}
	slices.Sort(ns)
	m.ns = ns[rounds/2]
	return m, err
}

// basket is so many lines of a shop of fifty articles in ten categories.
func basket(lines int) (receipt.Receipt, programme.Catalogue) {
	r := receipt.Receipt{Key: receipt.Key{Store: "0042", Till: "03", Number: "1"}, At: time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)}
	r.Total.Currency = "EUR"
	goods := programme.Catalogue{}
	for i := range lines {
		n := i * 7 % articles
		l := receipt.Line{ID: fmt.Sprint(i + 1), SKU: sku(n), Category: category(n), Quantity: int64(1 + i%3)}
		l.Amount = l.Quantity * int64(149+37*n)
		r.Lines, r.Total.Minor = append(r.Lines, l), r.Total.Minor+l.Amount
		goods[l.ID] = offer.Goods{Brand: brand(n), Tags: []string{"spring"}, TaxBasisPoints: 1900}
	}
	return r, goods
}
