package programme_test

import (
	"strings"
	"testing"

	"github.com/regulars-dev/regulars/shared/liability"
	"github.com/regulars-dev/regulars/shared/programme/yamldoc"
)

// What points are worth in the books is what they pay for, unless the programme says something else; and all of them are expected to be
// redeemed unless it says otherwise.
func TestWorthInTheBooks(t *testing.T) {
	t.Parallel()
	for points, want := range map[string]liability.Worth{
		``:                                     {Points: 1, Expected: 10_000},
		`pay: {worth: "0.01"}`:                 {Minor: 1, Points: 1, Expected: 10_000},
		`pay: {worth: "1.00", points: 150}`:    {Minor: 100, Points: 150, Expected: 10_000},
		`books: {worth: "0.05"}`:               {Minor: 5, Points: 1, Expected: 10_000},
		`books: {worth: "4.00", points: 1000}`: {Minor: 400, Points: 1_000, Expected: 10_000},
		`books: {expected: "82.5"}`:            {Points: 1, Expected: 8_250},
		`pay: {worth: "0.01"}, books: {expected: "80"}`: {Minor: 1, Points: 1, Expected: 8_000},
		`pay: {worth: "0.01"}, books: {worth: "0.03"}`:  {Minor: 3, Points: 1, Expected: 10_000},
	} {
		if got := rules(t, onePoint+"points: {"+points+"}\n").Worth(); got != want {
			t.Errorf("%s: %+v, want %+v", points, got, want)
		}
	}
}

func TestBooksAreCheckedAtPublish(t *testing.T) {
	t.Parallel()
	for books, pointer := range map[string]string{
		`{worth: "0"}`:                  "/points/books/worth",
		`{worth: "0.001"}`:              "/points/books/worth",
		`{points: 100}`:                 "/points/books/worth",
		`{worth: "1.00", points: -1}`:   "/points/books/points",
		`{expected: "101"}`:             "/points/books/expected",
		`{worth: "0.01", breakage: 20}`: "/points/books/breakage",
	} {
		_, _, faults, err := yamldoc.Read(strings.NewReader(basics + onePoint + "points: {books: " + books + "}\n"))
		if err != nil || len(faults) != 1 || faults[0].Pointer != pointer {
			t.Errorf("%s: %v %v, want a fault at %s", books, err, faults, pointer)
		}
	}
}
