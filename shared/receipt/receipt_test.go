package receipt

import (
	"errors"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/regulars-dev/regulars/shared/money"
)

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

func TestKeyReadsWhatItWrites(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"0042/03/173": true, "web/shopify/#1001": true, "a.b/c-d/e_f": true,
		"0042/./1": true, "../../etc": true, // odd, but a till may be called so, and what was filed can be read
		"": false, "0042/03": false, "0042/03/1/2": false, "/03/173": false, "0042/03/": false, "0042/03/1 7": false,
		"0042/03/1~7": false, "0042/03/1:7": false, "0042/03/1\n7": false, "0042/03/ü": false, "a/b/" + strings.Repeat("x", 65): false,
	} {
		key, err := ParseKey(text)
		if (err == nil) != want {
			t.Errorf("%q: %v", text, err)
		}
		if err == nil && key.String() != text {
			t.Errorf("%q became %q", text, key)
		}
	}
}

// lines reads "3@1050-50 1@-2": pieces, amount, discount; a negative amount is a fee.
func lines(text string) []Line {
	var list []Line
	for i, part := range strings.Fields(text) {
		pieces, price, _ := strings.Cut(part, "@")
		amount, discount, _ := strings.Cut(strings.TrimPrefix(price, "-"), "-")
		l := Line{ID: strconv.Itoa(i + 1)}
		l.Quantity, _ = strconv.ParseInt(pieces, 10, 64)
		l.Amount, _ = strconv.ParseInt(amount, 10, 64)
		if strings.HasPrefix(price, "-") {
			l.Amount, l.Kind = -l.Amount, Fee
		}
		l.Discount, _ = strconv.ParseInt(discount, 10, 64)
		list = append(list, l)
	}
	return list
}

// back reads "1x2,2x1 $500 all": a word is a return of pieces of lines, of money, or of the whole.
func back(text string) []Return {
	var list []Return
	for _, word := range strings.Fields(text) {
		ret := Return{ID: word}
		cents, money := strings.CutPrefix(word, "$")
		switch {
		case word == "all":
		case money:
			ret.Money, _ = strconv.ParseInt(cents, 10, 64)
		default:
			for _, part := range strings.Split(word, ",") {
				id, n, _ := strings.Cut(part, "x")
				pieces, _ := strconv.ParseInt(n, 10, 64)
				ret.Lines = append(ret.Lines, ReturnedLine{ID: id, Quantity: pieces})
			}
		}
		list = append(list, ret)
	}
	return list
}

func TestWhatIsLeft(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		lines, back string
		total       int64 // of a receipt without lines
		net, money  int64
		nothing     bool
		wrong       string
	}{
		{lines: "3@1000", net: 1000},
		{lines: "3@1000", back: "1x1", net: 666},
		{lines: "3@1000", back: "1x1 1x1", net: 333},
		{lines: "3@1000", back: "1x1 1x2", nothing: true},
		{lines: "3@1000", back: "all", nothing: true},
		{lines: "3@1000-100", back: "1x1", net: 600},
		{lines: "3@1000 1@500", back: "1x1,2x1", net: 666},
		{lines: "1@1000", back: "$400", net: 1000, money: 400},
		{lines: "1@1000", back: "$400 $600", net: 1000, money: 1000, nothing: true},
		{lines: "1@1000", back: "$400 all", nothing: true},
		{total: 1000, back: "$999", net: 1000, money: 999},
		{total: 1000, back: "$1000", net: 1000, money: 1000, nothing: true},
		{total: 1000, back: "all", nothing: true},
		{total: 1000, net: 1000},
		// Goods that cost nothing are still goods.
		{lines: "1@0", net: 0},
		{lines: "1@0", back: "1x1", nothing: true},
		// A deduction on a line of its own, such as cash rounding, does not keep the goods from coming back.
		{lines: "1@1002 1@-2", net: 1000},
		{lines: "1@1002 1@-2", back: "1x1", net: -2, nothing: true},
		{lines: "1@1002 1@-2", back: "1x1 2x1", nothing: true},
		{lines: "1@1002 1@-2", back: "all", nothing: true},
		// Too much, in words that help.
		{lines: "3@1000", back: "1x1 1x3", wrong: `only 2 of line "1" are left to return`},
		{lines: "3@1000", back: "1x4", wrong: `only 3 of line "1" are left to return`},
		{lines: "3@1000", back: "9x1", wrong: `only 0 of line "9" are left to return`},
		{lines: "1@3000", back: "$990 $2020", wrong: "only 2010 minor units of the receipt are left to pay back"},
		{total: 1000, back: "$1001", wrong: "only 1000 minor units of the receipt are left to pay back"},
		{lines: "2@1000", back: "1x1 $501", wrong: "only 500 minor units of the receipt are left to pay back"},
		{lines: "2@1000", back: "$900 1x1", wrong: "only 100 minor units of the receipt are left to pay back"},
	} {
		r := Receipt{Lines: lines(row.lines), Total: money.Amount{Minor: row.total, Currency: "EUR"}}
		kept, err := r.After(back(row.back))
		if err != nil || row.wrong != "" {
			if err == nil || err.Error() != row.wrong {
				t.Errorf("%s after %s: %v, want %s", row.lines, row.back, err, row.wrong)
			}
			continue
		}
		if kept.Net != row.net || kept.Money != row.money || kept.Nothing() != row.nothing {
			t.Errorf("%s after %s: net %d, money %d, nothing %t", row.lines, row.back, kept.Net, kept.Money, kept.Nothing())
		}
	}
}

// The lines of a receipt are never written to, whatever comes back.
func TestReceiptStaysAsItWas(t *testing.T) {
	t.Parallel()
	r := Receipt{Lines: lines("3@1000-100 2@500")}
	before := slices.Clone(r.Lines)
	kept, err := r.After(back("1x1,2x1"))
	if err != nil {
		t.Fatal(err)
	}
	kept.Lines[0].Amount = -1
	if diff := cmp.Diff(before, r.Lines); diff != "" {
		t.Error(diff)
	}
}

// partial draws a receipt and returns that take all its pieces back, in any order.
func partial(t *rapid.T) (Receipt, []Return) {
	r := Receipt{}
	for i := range rapid.IntRange(1, 6).Draw(t, "lines") {
		amount := rapid.Int64Range(0, 10_000).Draw(t, "amount")
		r.Lines = append(r.Lines, Line{
			ID: strconv.Itoa(i), Quantity: rapid.Int64Range(1, 7).Draw(t, "pieces"), Amount: amount,
			Discount: rapid.Int64Range(0, amount).Draw(t, "discount"),
		})
	}
	var returns []Return
	for _, l := range r.Lines {
		for left := l.Quantity; left > 0; {
			n := rapid.Int64Range(1, left).Draw(t, "back")
			returns = append(returns, Return{Lines: []ReturnedLine{{ID: l.ID, Quantity: n}}})
			left -= n
		}
	}
	shuffle := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "order"), 1))
	shuffle.Shuffle(len(returns), func(i, j int) { returns[i], returns[j] = returns[j], returns[i] })
	return r, returns
}

// However a receipt is split into partial returns, and in whatever order they are told, what is left is the same, and all of them
// together leave nothing.
func TestPartsAddUpToTheWhole(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r, returns := partial(t)
		whole, _ := r.After(nil)
		refund, before := int64(0), whole.Net
		for i := range returns {
			kept, err := r.After(returns[:i+1])
			if err != nil {
				t.Fatal(err)
			}
			refund, before = refund+before-kept.Net, kept.Net
			other := slices.Clone(returns[:i+1])
			slices.Reverse(other)
			again, err := r.After(other)
			if diff := cmp.Diff(kept, again); diff != "" || err != nil {
				t.Fatalf("the order counts: %s %v", diff, err)
			}
			if kept.Nothing() != (i == len(returns)-1) {
				t.Fatalf("after %d of %d returns nothing is left: %t", i+1, len(returns), kept.Nothing())
			}
		}
		if refund != whole.Net {
			t.Fatalf("%d was paid, %d paid back", whole.Net, refund)
		}
		var much *TooMuch
		if _, err := r.After(append(returns, returns[0])); !errors.As(err, &much) || much.Left != 0 {
			t.Fatalf("one more came back: %v", err)
		}
	})
}

func TestReturnsAreEqualByWhatTheyTell(t *testing.T) {
	t.Parallel()
	ret := Return{ID: "a", At: noon, Lines: []ReturnedLine{{"1", 2}}}
	same := ret
	same.At = noon.In(time.FixedZone("", 3600))
	if !ret.Equal(same) {
		t.Error("the zone of the moment counts")
	}
	for name, change := range map[string]func(*Return){
		"id": func(r *Return) { r.ID = "b" }, "moment": func(r *Return) { r.At = noon.Add(1) }, "money": func(r *Return) { r.Money = 1 },
		"count": func(r *Return) { r.Lines = []ReturnedLine{{"1", 1}} }, "extent": func(r *Return) { r.Lines = nil },
	} {
		other := ret
		change(&other)
		if ret.Equal(other) {
			t.Errorf("another %s does not count", name)
		}
	}
}

func TestGoodsAreWhatTheirKindSays(t *testing.T) {
	t.Parallel()
	for kind, want := range map[string]bool{"": true, Goods: true, GiftCard: false, Shipping: false, Tip: false, Fee: false} {
		if (Line{Kind: kind}).IsGoods() != want {
			t.Errorf("kind %q: goods %t", kind, !want)
		}
	}
}
