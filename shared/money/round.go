package money

import (
	"math"
	"math/bits"
)

// WholeInBasisPoints is how many basis points make a whole: 1,000 of them are 10 %.
const WholeInBasisPoints = 10_000

// Percent is so many basis points of an amount, rounded by MulDiv: 1250 basis points of 297 are 37.
func Percent(minor, basisPoints int64) int64 {
	return MulDiv(minor, basisPoints, WholeInBasisPoints)
}

// DivRound is numerator / denominator rounded by MulDiv: 5 / 2 is 3 and -5 / 2 is -3.
func DivRound(numerator, denominator int64) int64 {
	return MulDiv(numerator, 1, denominator)
}

// MulDiv is a * b / divisor, rounded to the nearest whole and half away from zero, with a product of any size. It is the one place
// where amounts and points are rounded; what is cut off on purpose (whole points of a spend) is cut by the caller's own division.
//
// Half away from zero makes a negative amount the exact opposite of the positive one, and is what a shopper does on paper. A result
// beyond int64 is brought to its end, which is far outside MaxMinor and refused wherever amounts enter. A zero divisor panics, as in
// any division.
func MulDiv(a, b, divisor int64) int64 {
	negative := (a < 0) != (b < 0) != (divisor < 0)
	d := magnitude(divisor)
	hi, lo := bits.Mul64(magnitude(a), magnitude(b))
	if d != 0 && hi >= d {
		return clampToInt64(math.MaxUint64, negative)
	}
	quotient, remainder := bits.Div64(hi, lo, d)
	if remainder >= d-remainder && quotient < math.MaxUint64 {
		quotient++
	}
	return clampToInt64(quotient, negative)
}

// magnitude is the absolute value, also of the one int64 that has none in int64.
func magnitude(n int64) uint64 {
	if n < 0 {
		return -uint64(n)
	}
	return uint64(n)
}

func clampToInt64(m uint64, negative bool) int64 {
	switch {
	case negative && m > math.MaxInt64:
		return math.MinInt64
	case negative:
		return -int64(m)
	case m > math.MaxInt64:
		return math.MaxInt64
	}
	return int64(m)
}
