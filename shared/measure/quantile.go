package measure

import "math"

// Confidence is the share of intervals, over many campaigns, that hold the true effect.
const Confidence = 0.95

// normal is the quantile of the standard normal distribution.
func normal(p float64) float64 { return math.Sqrt2 * math.Erfinv(2*p-1) }

// student is the quantile of Student's t distribution with so many degrees of freedom, for p above one half. The distribution is a
// regularised incomplete beta function (Abramowitz and Stegun 26.7.1), which is monotone, so halving an interval finds the quantile.
func student(p, freedom float64) float64 {
	low, high := 0.0, 2.0
	for tail(high, freedom) > 1-p {
		high *= 2
	}
	for range 80 {
		if mid := (low + high) / 2; tail(mid, freedom) > 1-p {
			low = mid
		} else {
			high = mid
		}
	}
	return (low + high) / 2
}

// tail is the probability of a t beyond the given one.
func tail(t, freedom float64) float64 {
	return beta(freedom/(freedom+t*t), freedom/2, 0.5) / 2
}

// beta is the regularised incomplete beta function by its continued fraction (Abramowitz and Stegun 26.5.8), on the side of its mean
// where it converges fast.
func beta(x, a, b float64) float64 {
	if x <= 0 {
		return 0
	}
	if x >= 1 {
		return 1
	}
	if x > (a+1)/(a+b+2) {
		return 1 - beta(1-x, b, a)
	}
	la, _ := math.Lgamma(a)
	lb, _ := math.Lgamma(b)
	lab, _ := math.Lgamma(a + b)
	front := math.Exp(lab - la - lb + a*math.Log(x) + b*math.Log1p(-x))
	return front * fraction(x, a, b) / a
}

// maxTerms and enough end the continued fraction: it gains about a digit a term.
const (
	maxTerms = 300
	enough   = 1e-14
	tiny     = 1e-300 // stands for a zero that would be divided by
)

// fraction evaluates the continued fraction from the front, by the method of Lentz.
func fraction(x, a, b float64) float64 {
	c, d := 1.0, 1/away(1-(a+b)*x/(a+1))
	f := d
	for m := 1.0; m <= maxTerms; m++ {
		even := m * (b - m) * x / ((a + 2*m - 1) * (a + 2*m))
		d, c = 1/away(1+even*d), away(1+even/c)
		f *= d * c
		odd := -(a + m) * (a + b + m) * x / ((a + 2*m) * (a + 2*m + 1))
		d, c = 1/away(1+odd*d), away(1+odd/c)
		f *= d * c
		if math.Abs(d*c-1) < enough {
			break
		}
	}
	return f
}

func away(from float64) float64 {
	if math.Abs(from) < tiny {
		return tiny
	}
	return from
}
