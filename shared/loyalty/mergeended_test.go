package loyalty_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/receipt"
)

// What happens to card b and the one that it joins, or leaves, between a purchase and its return.
const (
	toMerge = "merge"
	toPart  = "part"
	toJoin  = "join"
	toLeave = "leave"
	alone   = "alone" // the card that came with b is one of its own again
	ended   = "ended" // the points end, and both cards tell it
	busy    = "busy"  // so many receipts that what was is in pages
)

// Points of a card that is merged, or was, end like any others: goods of theirs that come back a year later leave no debt, and nobody
// else's points pay for them, wherever the points ended and however much has happened since.
func TestWhatComesBackFindsEndedPointsOfJoinedCards(t *testing.T) {
	t.Parallel()
	for name, steps := range map[string][]string{
		"merged, then ended":                  {toMerge, ended},
		"merged, then ended, long ago":        {toMerge, ended, busy},
		"ended, then merged":                  {ended, toMerge},
		"ended, then merged, long ago":        {ended, toMerge, busy},
		"ended long ago, then merged":         {ended, busy, toMerge},
		"merged, ended, parted":               {toMerge, ended, toPart},
		"merged, ended, parted, long ago":     {toMerge, ended, busy, toPart, busy},
		"ended, merged, parted":               {ended, toMerge, toPart, busy},
		"merged, parted, ended":               {toMerge, toPart, ended, busy},
		"merged, ended, parted, merged again": {toMerge, ended, busy, toPart, toMerge, busy},
		"ended, merged, parted, merged again": {ended, toMerge, toPart, toMerge},
		"merged, ended, parted twice":         {toMerge, ended, busy, toPart, busy, alone, busy},
		"ended, shared":                       {ended, toJoin, busy},
		"shared, ended, left":                 {toJoin, ended, busy, toLeave, busy},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			s.publish("offers:\n", "points: {months: 1}\nhousehold: {members: 4}\noffers:\n")
			a, b, c, d := s.Enrol(1, ""), s.Enrol(2, ""), s.Enrol(3, ""), s.Enrol(4, "")
			s.merge(c, a, "c") // so that b's place is not the first
			s.merge(d, b, "d") // and d comes along
			s.checkout(s.sale("1", b, 5000))
			s.checkout(s.sale("2", a, 700))
			s.checkout(s.sale("3", d, 3000))
			for n, step := range steps {
				s.Wait(time.Hour)
				s.happens(step, fmt.Sprint("s", n), a, b, d)
			}
			points := func() [3]int64 {
				return [3]int64{s.head(a).Book.Balance, s.head(b).Book.Balance, s.head(d).Book.Balance}
			}
			before := points()
			half := receipt.Return{ID: "half", At: s.Clock(), Money: 2000}
			if _, err := s.Return(t.Context(), s.sale("1", b, 5000).Key, half); err != nil {
				t.Fatal(err)
			}
			for _, number := range []string{"1", "2", "3"} {
				s.back(number)
			}
			if after := points(); after != before {
				t.Errorf("the cards have %v points, and had %v", after, before)
			}
		})
	}
}

func (s *shop) happens(step, id, a, b, d string) {
	s.t.Helper()
	switch step {
	case toMerge:
		s.merge(b, a, id)
	case toPart:
		s.unmerge(b, id)
	case toJoin:
		s.join(b, a, id)
	case toLeave:
		s.leaveHome(b, id)
	case alone:
		s.unmerge(d, id)
	case ended:
		s.Wait(70 * 24 * time.Hour)
		s.checkout(s.sale(id+"a", a, 100))
		s.checkout(s.sale(id+"b", b, 100))
	case busy:
		for i := range 20 {
			s.checkout(s.sale(fmt.Sprint(id, "a", i), a, 100))
			s.checkout(s.sale(fmt.Sprint(id, "b", i), b, 100))
		}
	}
}

// Where activity prolongs the life of points, those of either card ended by its own: what comes back is looked for among its own.
func TestEndedPointsThatActivityProlongedAreTheCardsOwn(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.publish("offers:\n", "points: {days: 30, since: activity}\noffers:\n")
	a, b := s.Enrol(1, ""), s.Enrol(2, "")
	s.checkout(s.sale("1", b, 5000))
	s.Wait(5 * 24 * time.Hour)
	s.checkout(s.sale("2", a, 700)) // ends before what b has, and after what b had at first
	s.Wait(15 * 24 * time.Hour)
	s.checkout(s.sale("3", b, 100))
	s.Wait(100 * 24 * time.Hour)
	s.merge(b, a, "m")
	s.back("1")
	s.balance(a, 0)
}
