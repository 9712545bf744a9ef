package programme_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/regulars-dev/regulars/shared/programme/yamldoc"
)

// An offer on goods that no offer touches is refused when it is published: it could never apply. Where it takes a catalogue to know, it is taken.
func TestAnOfferThatCouldNeverApplyIsRefused(t *testing.T) {
	t.Parallel()
	const never = "pricing: {never: {categories: [tobacco, books], skus: [\"4711\"], kinds: [goods, shipping]}}\n"
	for lines, at := range map[string]string{
		`on: lines, lines: {categories: [tobacco]}`:                                      "/offers/0/lines",
		`on: lines, lines: {categories: [tobacco/cigars, books]}`:                        "/offers/0/lines",
		`on: lines, lines: {skus: ["4711"]}`:                                             "/offers/0/lines",
		`on: lines, lines: {categories: [books], brands: [Orell], not_skus: ["1"]}`:      "/offers/0/lines",
		`on: lines, lines: {categories: [tobacco, tea]}`:                                 "",
		`on: lines, lines: {categories: [tobaccos]}`:                                     "",
		`on: lines, lines: {skus: ["4711", "4712"]}`:                                     "",
		`on: lines, lines: {skus: ["4712"]}`:                                             "", // it may be a book or not
		`on: basket`:                                                                     "",
		`on: lines, lines: {brands: [Orell]}`:                                            "",
		`on: lines, lines: {categories: [tobacco], kinds: [gift_card], not_skus: ["1"]}`: "",
	} {
		_, _, faults, err := yamldoc.Read(strings.NewReader(basics + never + "offers: [{id: o, name: O, percent: \"10\", " + lines + "}]\n"))
		got := ""
		for _, f := range faults {
			got += f.Pointer
		}
		if err != nil || got != at {
			t.Errorf("%s: %s, %v; want %q", lines, fmt.Sprint(faults), err, at)
		}
	}
}
