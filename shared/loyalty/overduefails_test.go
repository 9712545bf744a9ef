package loyalty_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// unreadable returns always fail, as one does whose item somebody has damaged.
type unreadable struct {
	loyalty.Overdue
	names []string
}

func (u unreadable) Awaited(ctx context.Context, name string) (loyalty.Awaited, error) {
	if slices.Contains(u.names, name) {
		return loyalty.Awaited{}, errors.New("cannot be read")
	}
	return u.Overdue.Awaited(ctx, name)
}

// Returns that fail at every tick do not keep those behind them from a person, however many ticks there are.
func TestReturnsThatAlwaysFailHoldUpNobody(t *testing.T) {
	t.Parallel()
	s := open(t)
	card := s.Enrol(1, "", "")
	await := func(number string) {
		t.Helper()
		r := s.sale(number, card, 1000)
		if _, err := s.AwaitReturn(t.Context(), r.Key, receipt.Return{ID: "r-1", At: r.At}); err != nil {
			t.Fatal(err)
		}
	}
	const bad = 60
	for n := range bad {
		await(fmt.Sprint(n + 1))
	}
	s.wait(time.Minute)
	front, err := s.Overdue.DueReturns(t.Context(), s.Clock().Add(loyalty.OverdueAfter), 300)
	if err != nil || len(front) != bad {
		t.Fatalf("%d returns wait, %v", len(front), err)
	}
	await("100")
	s.wait(loyalty.OverdueAfter + time.Minute)
	s.Overdue = unreadable{s.Overdue, front}
	parked, err := s.ParkOverdue(t.Context(), s.Store, s.Clock())
	if parked != 1 || err == nil || strings.Count(err.Error(), "cannot be read") != bad {
		t.Errorf("%d letters, %v", parked, err)
	}
}
