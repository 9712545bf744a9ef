package money_test

import (
	"errors"
	"math"
	"math/big"
	"strings"
	"testing"

	"github.com/regulars-dev/regulars/shared/money"
	"pgregory.net/rapid"
)

func TestParse(t *testing.T) {
	t.Parallel()
	cases := []struct {
		text     string
		currency money.Currency
		minor    int64
		written  string
	}{
		{"409.94", "EUR", 40994, "409.94 EUR"},
		{"10.0", "EUR", 1000, "10.00 EUR"},
		{"10", "EUR", 1000, "10.00 EUR"},
		{"0.05", "USD", 5, "0.05 USD"},
		{"-0.05", "USD", -5, "-0.05 USD"},
		{"10.5000", "GBP", 1050, "10.50 GBP"},
		{"100000000.00", "EUR", money.MaxMinor, "100000000.00 EUR"},
		{"1200", "JPY", 1200, "1200 JPY"},
		{"1200.00", "JPY", 1200, "1200 JPY"},
		{"-3", "KRW", -3, "-3 KRW"},
		{"1.234", "KWD", 1234, "1.234 KWD"},
		{"0.5", "BHD", 500, "0.500 BHD"},
		{"007.10", "EUR", 710, "7.10 EUR"},
	}
	for _, c := range cases {
		got, err := money.Parse(c.text, c.currency)
		if err != nil || got.Minor != c.minor || got.Currency != c.currency {
			t.Errorf("Parse(%q, %s) = %+v, %v; want %d", c.text, c.currency, got, err, c.minor)
		}
		if got.String() != c.written {
			t.Errorf("%q is written %q, want %q", c.text, got, c.written)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "-", ".", "1.", ".5", "1,00", "1 00", "+1", "--1", "1.-5", "1e3", "0x1", "12.345", "NaN", "١٢", "1.00 ", "1.2.3",
		"100000000.01", "99999999999999999999", strings.Repeat("0", 40) + "1",
	} {
		if got, err := money.Parse(text, "EUR"); !errors.Is(err, money.ErrInvalid) {
			t.Errorf("Parse(%q) = %v, %v; want ErrInvalid", text, got, err)
		}
	}
	for text, currency := range map[string]money.Currency{"1.5": "JPY", "1.0001": "KWD", "1": "XXX", "2": "eur", "3": "", "4": " EUR", "5": "EUR USD"} {
		if got, err := money.Parse(text, currency); !errors.Is(err, money.ErrInvalid) {
			t.Errorf("Parse(%q, %q) = %v, %v; want ErrInvalid", text, currency, got, err)
		}
	}
}

func TestStringOfExtremes(t *testing.T) {
	t.Parallel()
	if got := (money.Amount{Minor: math.MinInt64, Currency: "EUR"}).String(); got != "-92233720368547758.08 EUR" {
		t.Errorf("smallest amount is written %q", got)
	}
	if got := (money.Amount{}).String(); got != "0" {
		t.Errorf("no money is written %q, want 0", got)
	}
}

// FuzzParse holds that whatever is taken is within bounds and reads back to the same amount.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{"409.94", "10.0", "-0.05", "1.", "", "99999999999999.99", "0.00000"} {
		f.Add(seed, "EUR")
		f.Add(seed, "JPY")
		f.Add(seed, "KWD")
	}
	f.Fuzz(func(t *testing.T, text, currency string) {
		a, err := money.Parse(text, money.Currency(currency))
		if err != nil {
			if !errors.Is(err, money.ErrInvalid) {
				t.Fatalf("Parse(%q, %q) fails with %v, want ErrInvalid", text, currency, err)
			}
			return
		}
		if a.Minor > money.MaxMinor || a.Minor < -money.MaxMinor {
			t.Fatalf("Parse(%q) = %d, beyond MaxMinor", text, a.Minor)
		}
		decimal, _, _ := strings.Cut(a.String(), " ")
		if again, err := money.Parse(decimal, a.Currency); err != nil || again != a {
			t.Fatalf("%q is %v, and its own text %q is %v (%v)", text, a, decimal, again, err)
		}
	})
}

func TestRounding(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ a, b, divisor, want int64 }{
		{5, 1, 2, 3}, {-5, 1, 2, -3}, {5, 1, -2, -3}, {-5, 1, -2, 3}, {4, 1, 3, 1}, {-4, 1, 3, -1}, {0, 7, 3, 0}, {7, 0, 3, 0}, {1, 1, 3, 0},
		{2, 1, 3, 1}, {math.MaxInt64, math.MaxInt64, math.MaxInt64, math.MaxInt64}, {math.MinInt64, 1, 1, math.MinInt64},
		{math.MaxInt64, 2, 1, math.MaxInt64}, {math.MinInt64, 2, 1, math.MinInt64}, {math.MinInt64, -1, 1, math.MaxInt64},
		{math.MinInt64, math.MinInt64, 1, math.MaxInt64}, {1, 1, math.MinInt64, 0},
	} {
		if got := money.MulDiv(c.a, c.b, c.divisor); got != c.want {
			t.Errorf("%d x %d / %d = %d, want %d", c.a, c.b, c.divisor, got, c.want)
		}
	}
	for _, c := range []struct{ minor, basisPoints, want int64 }{
		{297, 1250, 37}, {-297, 1250, -37}, {6750, 1000, 675}, {1, 5000, 1}, {-1, 5000, -1}, {1, 4999, 0}, {money.MaxMinor, 10_000, money.MaxMinor},
	} {
		if got := money.Percent(c.minor, c.basisPoints); got != c.want {
			t.Errorf("Percent(%d, %d) = %d, want %d", c.minor, c.basisPoints, got, c.want)
		}
	}
	if got := money.DivRound(-7, 2); got != -4 {
		t.Errorf("DivRound(-7, 2) = %d, want -4", got)
	}
}

func TestMulDivAgainstFractions(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.Int64().Draw(t, "a"), rapid.Int64().Draw(t, "b")
		d := rapid.Int64().Filter(func(n int64) bool { return n != 0 }).Draw(t, "divisor")
		// |a x b / d| rounded half up is (2|a x b| + |d|) / 2|d|, cut.
		product := new(big.Int).Mul(big.NewInt(a), big.NewInt(b))
		sign := product.Sign() * big.NewInt(d).Sign()
		absD := new(big.Int).Abs(big.NewInt(d))
		want := new(big.Int).Abs(product)
		want.Add(want.Lsh(want, 1), absD).Quo(want, absD.Lsh(absD, 1))
		want.Mul(want, big.NewInt(int64(sign)))
		switch {
		case want.Cmp(big.NewInt(math.MaxInt64)) > 0:
			want.SetInt64(math.MaxInt64)
		case want.Cmp(big.NewInt(math.MinInt64)) < 0:
			want.SetInt64(math.MinInt64)
		}
		if got := money.MulDiv(a, b, d); got != want.Int64() {
			t.Fatalf("%d x %d / %d = %d, want %v", a, b, d, got, want)
		}
	})
}
