package importer

import (
	"strings"
	"testing"
)

// Whatever stands in a map, it is refused, or reads a file of any columns without falling over it.
func FuzzReadMap(f *testing.F) {
	for _, seed := range []string{
		"columns: {number: N, sku: S, quantity: Q, at: T, price: P, shopper: C, store: =s, till: =t}\ncurrency: GBP\ncancelled: C\n",
		"format: jsonl\ncolumns: {number: N, at: T, amount: A, store: =s, till: =t}\ntime: DD/MM/YYYY HH:mm\nzone: Europe/Berlin\ndecimal: ','\ncurrency: EUR\n",
		"delimiter: tab\nencoding: latin-1\ncolumns: {shopper: C, email: E, consent.offers: O}\nyes: [ja]\n", "columns: &a {b: *a}", "{", "kinds: {tip: ['*']}",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if m, err := ReadMap(strings.NewReader(text), "receipts"); err == nil {
			if in, err := m.read(strings.NewReader("N,S,Q,T,P,C\n1,A,2,2010-12-01T08:00:00Z,1.25,12346\n"), noonOf2026); err == nil {
				planned(in)
			}
		}
		_, _ = ReadMap(strings.NewReader(text), "shoppers") // it is refused in words, or read
	})
}
