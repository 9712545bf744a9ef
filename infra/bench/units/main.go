// Command units measures what checkouts cost in DynamoDB's request units: it plays years of cards through the real use cases and
// adds up, at the store's contract, what each call would cost by the public rules of sizes and units.
//
// The figures do not depend on the machine or the store below. Its last line is for programs.
package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/regulars-dev/regulars/shared/store/bolt"
)

func main() {
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "bench units:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	dir, err := os.MkdirTemp("", "regulars-units-")
	if err != nil {
		return fmt.Errorf("make a folder for the store: %w", err)
	}
	defer os.RemoveAll(dir)
	db, err := bolt.Open(filepath.Join(dir, "regulars.db"), time.Now, bolt.Feed())
	if err != nil {
		return err
	}
	defer db.Close()
	s, err := open(ctx, db)
	if err != nil {
		return err
	}
	list, typical, err := s.cases(ctx)
	if err != nil {
		return err
	}
	show(list)
	fmt.Printf("\nFloor: the receipt and the card's head, written once each, and one read that may be stale: 2 WRU + 0.5 RRU = %s $/M.\n", decimal(floor, priceDigits))
	fmt.Println("List prices of us-east-1: $0.625 a million WRU, $0.125 a million RRU. The programme is kept in memory for half a minute by every")
	fmt.Println("function, and how campaigns are steered for five seconds, so their reads are shared by many checkouts and not in these figures; neither are storage, streams and backups.")
	fmt.Println("Returns, repeats and late receipts come at the end of the year, when most entries lie in pages that have to be looked through.")
	fmt.Printf("Typical: a year of one card with %d receipts of 12 lines, and a coupon a month that is brought and used: %s.\n\n", typical.n, typical.units)
	fmt.Printf("wru_per_checkout=%s rru_per_checkout=%s\n", decimal(mean(typical.writes()*100, typical.n), 2), decimal(mean(typical.units.ReadHalves*50, typical.n), 2))
	return nil
}

// show prints the cases as columns.
func show(list []measured) {
	out := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	rows := []struct {
		name string
		of   func(m measured) string
	}{
		{"", func(m measured) string { return m.name }},
		{"counted", func(m measured) string { return fmt.Sprint(m.n) }},
		{"WRU", func(m measured) string { return decimal(mean(m.writes()*100, m.n), 2) }},
		{"RRU", func(m measured) string { return decimal(mean(m.units.ReadHalves*50, m.n), 2) }},
		{"$/M", func(m measured) string { return decimal(m.price(), priceDigits) }},
		{"x floor", func(m measured) string { return decimal(mean(m.price()*100, floor), 2) }},
	}
	for _, row := range rows {
		cells := []string{row.name}
		for _, m := range list {
			cells = append(cells, row.of(m))
		}
		fmt.Fprintln(out, strings.Join(cells, "\t")+"\t")
	}
	_ = out.Flush() // to standard output; a reader who has gone away needs no table
}
