package ledger

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"
)

// Grains is how many parts a point has. Rates of money have denominators such as 100, 300 or 1,500, and multipliers bring a hundred
// more; a point is made of so many grains that all of these divide it, so what is below a point is kept exactly and versions of a
// programme with other rates add up.
const Grains = 270_270_000_000_000 // 2^10 * 3^3 * 5^10 * 7 * 11 * 13

// Worth is points with what is below a point. 0 <= Grains < Grains holds for every Worth that this room makes.
type Worth struct {
	Points int64
	Grains int64
}

// WorthOf cuts a fraction to grains, downwards. A fraction beyond int64 points is brought to its end.
func WorthOf(exact *big.Rat) Worth {
	grains := new(big.Int).Mul(exact.Num(), big.NewInt(Grains))
	return worthOf(grains.Div(grains, exact.Denom())) // Div goes down, also below 0
}

func worthOf(grains *big.Int) Worth {
	points, rest := new(big.Int).DivMod(grains, big.NewInt(Grains), new(big.Int))
	if !points.IsInt64() {
		const most = 1 << 62
		return Worth{Points: int64(grains.Sign()) * most}
	}
	return Worth{Points: points.Int64(), Grains: rest.Int64()}
}

func (w Worth) grains() *big.Int {
	n := new(big.Int).Mul(big.NewInt(w.Points), big.NewInt(Grains))
	return n.Add(n, big.NewInt(w.Grains))
}

// Plus is the sum.
func (w Worth) Plus(o Worth) Worth {
	w.Points += o.Points
	if w.Grains += o.Grains; w.Grains >= Grains {
		w.Points, w.Grains = w.Points+1, w.Grains-Grains
	}
	return w
}

// Minus is the difference, which may be below zero: then its points are the next whole number down.
func (w Worth) Minus(o Worth) Worth {
	w.Points -= o.Points
	if w.Grains -= o.Grains; w.Grains < 0 {
		w.Points, w.Grains = w.Points-1, w.Grains+Grains
	}
	return w
}

// Less reports whether w is less than o.
func (w Worth) Less(o Worth) bool {
	return w.Points < o.Points || w.Points == o.Points && w.Grains < o.Grains
}

// Whole is w without what is below a point.
func (w Worth) Whole() Worth { return Worth{Points: w.Points} }

// Nearest is the nearest whole number of points, half up.
func (w Worth) Nearest() Worth {
	if w.Grains >= Grains-w.Grains {
		w.Points++
	}
	return w.Whole()
}

// Share is w * part / whole, cut to grains. whole is more than zero.
func (w Worth) Share(part, whole Worth) Worth {
	n := w.grains()
	n.Mul(n, part.grains())
	return worthOf(n.Div(n, whole.grains()))
}

// String writes points and a reduced fraction, "19+99/100"; without a fraction "19".
func (w Worth) String() string {
	text := strconv.FormatInt(w.Points, 10)
	if w.Grains == 0 {
		return text
	}
	return text + "+" + big.NewRat(w.Grains, Grains).String()
}

// ParseWorth reads what String writes.
func ParseWorth(text string) (Worth, error) {
	whole, fraction, has := strings.Cut(text, "+")
	points, err := strconv.ParseInt(whole, 10, 64)
	if err != nil || !has {
		return Worth{Points: points}, err
	}
	over, under, _ := strings.Cut(fraction, "/")
	n, err1 := strconv.ParseInt(over, 10, 64)
	d, err2 := strconv.ParseInt(under, 10, 64)
	if err1 != nil || err2 != nil || n <= 0 || d <= n || Grains%d != 0 {
		return Worth{}, fmt.Errorf("%q is no part of a point", fraction)
	}
	return Worth{Points: points, Grains: n * (Grains / d)}, nil
}

// Carry adds a worth to what is carried and returns the whole points that it makes; what is below a point is carried on. So the
// points of all entries together are those of the sum of their worths, in whatever order they came.
func (b Book) Carry(w Worth) (Book, int64) {
	sum := Worth{Grains: b.Carried}.Plus(w)
	b.Carried = sum.Grains
	return b, sum.Points
}
