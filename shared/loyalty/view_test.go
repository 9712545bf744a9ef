package loyalty_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/money"
)

// The whole ledger comes back page by page, the newest first, with the balance after each entry.
func TestEntriesPageByPage(t *testing.T) {
	t.Parallel()
	s := open(t)
	ana := s.Enrol(1, "", "offers")
	const receipts = 40
	for n := range receipts {
		s.checkout(s.sale(fmt.Sprint(n), ana, 100))
		s.Wait(time.Minute)
	}
	if h := s.head(ana); h.Book.Pages < 2 {
		t.Fatalf("%d pages", h.Book.Pages)
	}
	want := int64(receipts)
	for before, rounds := int64(0), 0; ; rounds++ {
		list, err := s.Entries(t.Context(), ana, before, 7)
		if err != nil || rounds > receipts {
			t.Fatal(rounds, err)
		}
		for _, e := range list {
			if e.Number != want || e.Balance != want || e.Cause != fmt.Sprintf("0042/1/%d", want-1) {
				t.Fatalf("entry %d has balance %d and cause %s, want number %d", e.Number, e.Balance, e.Cause, want)
			}
			want--
		}
		if len(list) < 7 {
			break
		}
		before = list[len(list)-1].Number
	}
	if want != 0 {
		t.Errorf("%d entries are missing", want)
	}
	for _, row := range []struct{ before, limit, want int }{{1, 7, 0}, {3, 7, 2}, {1000, 7, 7}, {0, 1000, receipts}, {0, 0, 0}, {0, -1, 0}, {-5, 3, 3}} {
		if list, err := s.Entries(t.Context(), ana, int64(row.before), row.limit); err != nil || len(list) != row.want {
			t.Errorf("before %d, at most %d: %d entries, want %d (%v)", row.before, row.limit, len(list), row.want, err)
		}
	}
}

// A till is shown what can be used today, and a quote counts on nothing else.
func TestExpiredIsShownToNobody(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.publish("\noffers:\n", "\npoints: {months: 1}\noffers:\n")
	ana := s.Enrol(1, "", "offers")
	a := s.checkout(s.sale("1", ana, 6000))
	see := func() string {
		v, err := s.View(t.Context(), ana)
		if err != nil {
			t.Fatal(err)
		}
		basket := s.sale("q", ana, 1000)
		basket.Coupons = []string{a.Granted[0].ID}
		q, err := s.Quote(t.Context(), basket, nil)
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprintf("balance=%d lots=%d coupons=%d quote: balance=%d usable=%d total=%s", v.Balance, len(v.Lots), len(v.Coupons),
			q.Balance, len(q.Usable), money.Amount{Minor: q.Total, Currency: "EUR"})
	}
	s.check("today", see(), "balance=60 lots=1 coupons=1 quote: balance=60 usable=1 total=9.00 EUR")
	s.Set("2026-12-21T23:59")
	s.check("on the coupon's last day", see(), "balance=60 lots=1 coupons=1 quote: balance=60 usable=1 total=9.00 EUR")
	s.Set("2026-12-22T00:00")
	s.check("a minute later", see(), "balance=60 lots=1 coupons=0 quote: balance=60 usable=0 total=10.00 EUR")
	s.Set("2027-01-01T00:00")
	s.check("next year", see(), "balance=0 lots=0 coupons=0 quote: balance=0 usable=0 total=10.00 EUR")
}

func TestUnknownCards(t *testing.T) {
	t.Parallel()
	s := open(t)
	ours, strange := s.Number(9), "0400000000000"
	for what, err := range map[string]error{
		"view":     second(s.View(t.Context(), ours)),
		"entries":  second(s.Entries(t.Context(), ours, 0, 10)),
		"messages": second(s.CardMessages(t.Context(), ours)),
		"quote":    second(s.Quote(t.Context(), s.sale("1", strange, 100), nil)),
	} {
		if loyalty.Code(err) != "card_unknown" || !strings.Contains(err.Error(), "scan it again") {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := s.Quote(t.Context(), s.sale("1", ours, 100), nil); err != nil {
		t.Errorf("a number of ours that was never swiped: %v", err)
	}
}

func second[T any](_ T, err error) error { return err }

// A receipt from before the first programme is decided by the oldest rules there are.
func TestReceiptOlderThanEveryProgramme(t *testing.T) {
	t.Parallel()
	s := open(t)
	r := s.sale("1", s.Number(1), 1200)
	r.At = time.Date(2019, 5, 1, 10, 0, 0, 0, time.UTC)
	if a := s.checkout(r); a.Points != 12 {
		t.Errorf("%+v", a)
	}
}

// A till that tells fractions of a second repeats a receipt when its entry has just left the tail.
func TestRepeatWithFractionsOfASecond(t *testing.T) {
	t.Parallel()
	s := open(t)
	ana := s.Enrol(1, "", "offers")
	s.Wait(700 * time.Millisecond)
	for n := range 20 {
		r := s.sale(fmt.Sprint(n), ana, 100)
		s.checkout(r)
		if a := s.checkout(r); !a.Repeated {
			t.Fatalf("receipt %d was posted twice", n)
		}
	}
	first := s.sale("7", ana, 100)
	if a := s.checkout(first); !a.Repeated || s.head(ana).Book.Balance != 20 {
		t.Errorf("%+v, balance %d", a, s.head(ana).Book.Balance)
	}
}
