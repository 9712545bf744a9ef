package main

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/store/bolt"
)

// What a checkout may take, in hundredths of a unit. A change that needs more is a change of what the shop pays.
const (
	mostWrites = 230
	mostReads  = 60
)

func TestATypicalYearStaysCheap(t *testing.T) {
	t.Parallel()
	db, err := bolt.Open(filepath.Join(t.TempDir(), "regulars.db"), time.Now, bolt.Feed())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	s, err := open(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	list, typical, err := s.cases(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range append(list[:5:5], typical) { // checkouts; the other cases are rare
		if w, r := mean(m.writes()*100, m.n), mean(m.units.ReadHalves*50, m.n); w > mostWrites || r > mostReads {
			t.Errorf("%s: %s WRU and %s RRU", m.name, decimal(w, 2), decimal(r, 2))
		}
	}
	if typical.units.IndexWrites != 0 {
		t.Errorf("checkouts wrote %d units to the due index, which they never touch", typical.units.IndexWrites)
	}
}

func TestDecimals(t *testing.T) {
	t.Parallel()
	for n, want := range map[int64]string{0: "0.00", 5: "0.05", 211: "2.11", 10_000: "100.00"} {
		if got := decimal(n, 2); got != want {
			t.Errorf("%d is %s; want %s", n, got, want)
		}
	}
}
