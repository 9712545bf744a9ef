package loyalty_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/loyalty"
)

var mira = loyalty.ByHand{ID: "a-1", Reason: "Cold coffee_100% & \"late\"", By: "Mira Öz"}

// kind is the kind of an error and its code, "" for none.
func kind(err error) string {
	for name, k := range map[string]error{"invalid": loyalty.ErrInvalid, "conflict": loyalty.ErrConflict, "not found": loyalty.ErrNotFound, "refused": loyalty.ErrRefused} {
		if errors.Is(err, k) {
			return name + " " + loyalty.Code(err)
		}
	}
	return fmt.Sprint(err)
}

func TestAdjustmentIsDoneOnceAndSaysWhoAndWhy(t *testing.T) {
	t.Parallel()
	s := open(t)
	ana := s.Enrol(1, "", "offers")
	adjust := func(points int64, by loyalty.ByHand) (loyalty.Answer, string) {
		a, err := s.Adjust(t.Context(), ana, points, by)
		return a, kind(err)
	}
	if a, err := adjust(50, mira); err != "<nil>" || a.Points != 50 || a.Balance != 50 || a.Repeated || a.Reason != mira.Reason || a.By != mira.By {
		t.Fatalf("%+v %v", a, err)
	}
	other, later := mira, mira
	other.Reason, later.ID = "Another", "a-2"
	for n := range 30 { // the first act leaves the tail, and is still known
		s.checkout(s.sale(fmt.Sprint(n), ana, 100))
		s.Wait(time.Hour)
	}
	for _, row := range []struct {
		points int64
		by     loyalty.ByHand
		want   string
	}{
		{50, mira, "<nil>"}, {51, mira, "conflict id_conflict"}, {50, other, "conflict id_conflict"}, {-81, later, "refused points_missing"},
		{0, later, "invalid adjustment"}, {loyalty.MaxAdjustment + 1, later, "invalid adjustment"}, {5, loyalty.ByHand{ID: "a b", Reason: "r", By: "b"}, "invalid id"},
		{5, loyalty.ByHand{ID: "a", Reason: "two\nlines", By: "b"}, "invalid reason"}, {5, loyalty.ByHand{ID: "a", Reason: "r", By: strings.Repeat("b", loyalty.MaxBy+1)}, "invalid by"},
		{-80, later, "<nil>"},
	} {
		if a, err := adjust(row.points, row.by); err != row.want || err == "<nil>" && a.Points != row.points {
			t.Errorf("%d by %+v: %s, %+v; want %s", row.points, row.by, err, a, row.want)
		}
	}
	h := s.head(ana)
	if h.Book.Balance != 0 || h.Qualifying.Points != 30 {
		t.Errorf("balance %d; %d count for the tier, want only what was earned", h.Book.Balance, h.Qualifying.Points)
	}
	list, err := s.Entries(t.Context(), ana, 0, 100)
	if err != nil || len(list) != 32 || list[31].Points != 50 || card.NotedOf(list[31].Entry, card.MarkReason) != mira.Reason {
		t.Errorf("%d entries, the first is %+v (%v)", len(list), list[len(list)-1], err)
	}
	if _, err := s.Adjust(t.Context(), "0400000000000", 1, mira); !errors.Is(err, loyalty.ErrNotFound) {
		t.Error(err)
	}
}

// A blocked card keeps its receipts and earns nothing; once opened again a receipt that is sent again earns. Closed is for ever.
func TestBlockedOpenedAndClosed(t *testing.T) {
	t.Parallel()
	s := open(t)
	ana := s.Enrol(1, "", "offers")
	set := func(id string, to card.Status) string {
		a, err := s.SetStatus(t.Context(), ana, to, loyalty.ByHand{ID: id, Reason: "asked for", By: "Mira"})
		if err == nil && a.Status != to.String() {
			return "says " + a.Status
		}
		return kind(err)
	}
	r := s.sale("1", ana, 1000)
	s.check("block", set("s1", card.Blocked), "<nil>")
	if _, err := s.Checkout(t.Context(), r); kind(err) != "refused card_blocked" {
		t.Error(err)
	}
	if _, err := s.Adjust(t.Context(), ana, 5, mira); err != nil {
		t.Errorf("a person can put a blocked card right: %v", err)
	}
	s.check("open", set("s2", card.Open), "<nil>")
	s.check("block again by the same id", set("s1", card.Blocked), "<nil>")
	if a := s.checkout(r); a.Points != 10 || s.head(ana).Status != card.Open {
		t.Errorf("%+v, the card is %s", a, s.head(ana).Status)
	}
	s.check("the same id for something else", set("s2", card.Closed), "conflict id_conflict")
	s.check("close", set("s3", card.Closed), "<nil>")
	s.check("close again", set("s3", card.Closed), "<nil>")
	s.check("open a closed card", set("s4", card.Open), "refused card_closed")
	if _, err := s.Adjust(t.Context(), ana, 5, loyalty.ByHand{ID: "a-9", Reason: "late", By: "Mira"}); kind(err) != "refused card_closed" {
		t.Error(err)
	}
}

// The world hears of points that a person gives and takes, and of nobody's name.
func TestTheWorldHearsOfAdjustments(t *testing.T) {
	t.Parallel()
	s := open(t)
	ana := s.Enrol(1, "", "offers")
	s.relay(ana)
	for i, points := range []int64{50, -20} {
		if _, err := s.Adjust(t.Context(), ana, points, loyalty.ByHand{ID: fmt.Sprint(i), Reason: "Cold coffee", By: "Mira"}); err != nil {
			t.Fatal(err)
		}
	}
	s.relay(ana)
	s.check("facts", s.Bus.Facts(), "points.earned points.reversed")
}
