package importer

import (
	"math"
	"math/bits"
	"strconv"
	"strings"

	"github.com/regulars-dev/regulars/shared/money"
)

// Prices are read exactly, in millionths of a currency's main unit: files hold prices with three decimals and more, and a sum that
// is to tie cannot begin with rounded ones.
const (
	decimals  = 6
	microUnit = 1_000_000
	maxMicro  = money.MaxMinor * 10_000 // of one line, as money.MaxMinor hundredths
)

// parseMicro reads "2.55", "-0.055", "1,234.50", or "1.234,50" where the mark is a comma, as millionths. false for anything else, for
// more decimals than there are, and for a separator that does not stand between thousands: 1,25 under the wrong mark is no 125.
func parseMicro(text, mark string) (int64, bool) {
	separator := ","
	if mark == "," {
		separator = "."
	}
	digits, negative := strings.CutPrefix(strings.TrimSpace(text), "-")
	whole, fraction, _ := strings.Cut(digits, mark)
	whole, ok := ungrouped(whole, separator)
	if !ok || whole == "" && fraction == "" || strings.Trim(whole+fraction, "0123456789") != "" || len(whole) > 12 {
		return 0, false
	}
	if len(fraction) > decimals {
		if strings.Trim(fraction[decimals:], "0") != "" {
			return 0, false
		}
		fraction = fraction[:decimals]
	}
	n, err := strconv.ParseInt(whole+fraction+strings.Repeat("0", decimals-len(fraction)), 10, 64)
	if negative {
		n = -n
	}
	return n, err == nil
}

// ungrouped takes the separators out of a whole number; false if one stands where none belongs.
func ungrouped(whole, separator string) (string, bool) {
	groups := strings.Split(whole, separator)
	for i, g := range groups {
		if len(groups) > 1 && (i == 0 && (g == "" || len(g) > 3) || i > 0 && len(g) != 3) {
			return "", false
		}
	}
	return strings.Join(groups, ""), true
}

// times multiplies exactly; false where the product is more than one line may cost.
func times(price, quantity int64) (int64, bool) {
	abs := func(n int64) uint64 {
		if n < 0 {
			return uint64(-n)
		}
		return uint64(n)
	}
	hi, lo := bits.Mul64(abs(price), abs(quantity))
	if hi != 0 || lo > maxMicro {
		return 0, false
	}
	return price * quantity, true
}

// scale is how many millionths a minor unit of the currency is.
func scale(c money.Currency) int64 {
	exponent, err := c.Exponent()
	if err != nil {
		return microUnit
	}
	n := int64(microUnit)
	for range exponent {
		n /= 10
	}
	return n
}

// showMicro writes millionths as a decimal with at least the currency's own decimals.
func showMicro(n int64, c money.Currency) string {
	exponent, _ := c.Exponent()
	sign := ""
	if n < 0 {
		sign = "-"
	}
	abs := uint64(n)
	if n < 0 {
		abs = uint64(-(n + 1)) + 1
	}
	fraction := strconv.FormatUint(microUnit+abs%microUnit, 10)[1:]
	for len(fraction) > exponent && strings.HasSuffix(fraction, "0") {
		fraction = fraction[:len(fraction)-1]
	}
	if fraction != "" {
		fraction = "." + fraction
	}
	return sign + strconv.FormatUint(abs/microUnit, 10) + fraction
}

// maxSum bounds the money of a whole file, so that its sum is exact.
const maxSum = math.MaxInt64 / 4 // millionths: two million million units
