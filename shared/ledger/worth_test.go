package ledger_test

import (
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"github.com/regulars-dev/regulars/shared/ledger"
)

func TestWorthAddsUpExactly(t *testing.T) {
	t.Parallel()
	draw := func(t *rapid.T, name string) ledger.Worth {
		return ledger.Worth{Points: rapid.Int64Range(-1_000_000_000, 1_000_000_000).Draw(t, name), Grains: rapid.Int64Range(0, ledger.Grains-1).Draw(t, name+" below a point")}
	}
	exact := func(w ledger.Worth) *big.Rat {
		return new(big.Rat).Add(new(big.Rat).SetInt64(w.Points), big.NewRat(w.Grains, ledger.Grains))
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := draw(t, "a"), draw(t, "b")
		if exact(a.Plus(b)).Cmp(new(big.Rat).Add(exact(a), exact(b))) != 0 || exact(a.Minus(b)).Cmp(new(big.Rat).Sub(exact(a), exact(b))) != 0 {
			t.Fatalf("%s and %s are %s, their difference is %s", a, b, a.Plus(b), a.Minus(b))
		}
		if a.Plus(b).Minus(b) != a || a.Less(b) != (exact(a).Cmp(exact(b)) < 0) || ledger.WorthOf(exact(a)) != a {
			t.Fatalf("%s and %s", a, b)
		}
		if read, err := ledger.ParseWorth(a.String()); read != a || err != nil {
			t.Fatalf("%s is read as %s: %v", a, read, err)
		}
		book, points := ledger.Book{Carried: b.Grains}.Carry(a)
		if sum := a.Plus(ledger.Worth{Grains: b.Grains}); points != sum.Points || book.Carried != sum.Grains {
			t.Fatalf("%s on top of %d makes %d and %d", a, b.Grains, points, book.Carried)
		}
	})
}

func TestAWorthThatIsNoneIsNotRead(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "a", "1+", "1+1", "1+0/2", "1+2/2", "1+1/17", "1+-1/2", "1+1/0", "+1/2"} {
		if w, err := ledger.ParseWorth(text); err == nil {
			t.Errorf("%q is read as %s", text, w)
		}
	}
}

func TestNearestIsHalfUp(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int64{"1": 1, "1+1/2": 2, "1+49/100": 1, "-1+1/2": 0} {
		w, err := ledger.ParseWorth(text)
		if err != nil || w.Nearest() != (ledger.Worth{Points: want}) {
			t.Errorf("%s is nearest to %s: %v", text, w.Nearest(), err)
		}
	}
}
