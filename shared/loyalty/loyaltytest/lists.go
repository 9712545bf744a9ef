package loyaltytest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/money"
	"github.com/regulars-dev/regulars/shared/programme"
	"github.com/regulars-dev/regulars/shared/programme/yamldoc"
	"github.com/regulars-dev/regulars/shared/receipt"
	"github.com/regulars-dev/regulars/shared/rfm"
	"github.com/regulars-dev/regulars/shared/store"
)

// RunSegments holds what segments ask for beside a card's head: lists, what was bought in windows of time, and scores. It wants a store
// with no other cards in it.
func RunSegments(t *testing.T, open func(t *testing.T) store.Items) {
	t.Helper()
	s := segmentShop(t, open(t))
	t.Run("lists", s.lists)
	t.Run("merged cards are on the lists of both", s.mergedLists)
	t.Run("windows", s.windows)
	t.Run("scores", s.scores)
	t.Run("a list ends", s.endOfList)
}

// segmentAt is a Saturday noon in the shop.
var segmentAt = time.Date(2026, 11, 21, 11, 0, 0, 0, time.UTC)

// segments is a shop with cards that segments are asked for.
type segments struct {
	*loyalty.Service
	rules *programme.Programme
	t     *testing.T
}

func segmentShop(t *testing.T, items store.Items) *segments {
	t.Helper()
	rules, _, faults, err := yamldoc.Read(strings.NewReader(`{programme: segments, from: 2025-01-01T00:00:00Z, currency: EUR, time_zone: Europe/Berlin,
language: en, shop: {name: Shop, address: 1 Street}, stores: [{id: "0042", name: First}], cards: {secret: a secret of the test shop},
topics: [{id: offers, name: Offers}], earn: [{id: base, points: 1, per: "1.00"}],
segments: [{id: invited, who: {all: [{list: friends}, {not: {list: staff}}]}}, {id: drinkers, who: {field: bought.last_30_days, op: contains, value: drinks}},
{id: best, who: {field: rfm.money, op: eq, value: 5}}]}`))
	if err != nil || len(faults) > 0 {
		t.Fatal(err, faults)
	}
	service, _ := store.NewService(items, func() time.Time { return segmentAt })
	service.Programmes = fixed{rules}
	s := &segments{Service: service, rules: rules, t: t}
	for n := range uint64(6) {
		p := card.Profile{Given: "Ana", Email: fmt.Sprintf("ana%d@shopper.example", n+1)}
		if _, err := s.Enrol(t.Context(), loyalty.Enrolment{Number: s.number(n + 1), Store: "0042", Profile: p}, nil); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func (s *segments) number(n uint64) string { return s.rules.IssueNumber(n) }

// in lists which of the six cards are in a segment: "1 3".
func (s *segments) in(ctx context.Context, segment string) string {
	counted, err := s.CountSegment(ctx, segment, 3, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	return s.told(counted.Sample)
}

func (s *segments) told(numbers []string) string {
	var in []string
	for n := range uint64(6) {
		if slices.Contains(numbers, s.number(n+1)) {
			in = append(in, fmt.Sprint(n+1))
		}
	}
	return strings.Join(in, " ")
}

func (s *segments) lists(t *testing.T) {
	ctx := t.Context()
	for _, id := range []string{"friends", "staff", "friends"} {
		if _, _, err := s.MakeList(ctx, id, ""); err != nil {
			t.Fatal(err)
		}
	}
	swiped := receipt.Receipt{Key: receipt.Key{Store: "0042", Till: "1", Number: "swiped"}, Card: s.number(7), At: segmentAt, Total: money.Amount{Currency: "EUR"}}
	if _, err := s.Checkout(ctx, swiped); err != nil {
		t.Fatal(err)
	}
	named := []string{s.number(1), "ana2@shopper.example", s.number(3), s.number(1), s.number(7), "nobody@shopper.example", "77", ""}
	got, err := s.ListCards(ctx, "friends", named, true)
	var codes []string
	for _, u := range got.Refused {
		codes = append(codes, fmt.Sprint(u.Place, u.Code))
	}
	if err != nil || got.Added != 3 || got.Unchanged != 1 || strings.Join(codes, " ") != "4no_shopper 5card_unknown 6card_unknown 7card_missing" {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err = s.ListCards(ctx, "friends", named[:4], true); err != nil || got.Unchanged != 4 {
		t.Errorf("again: %+v, %v", got, err)
	}
	if got, err = s.ListCards(ctx, "staff", []string{s.number(2)}, true); err != nil || got.Added != 1 {
		t.Errorf("%+v, %v", got, err)
	}
	if in := s.in(ctx, "invited"); in != "1 3" {
		t.Errorf("invited are %q", in)
	}
	if got, err = s.ListCards(ctx, "friends", []string{s.number(3), s.number(4)}, false); err != nil || got.Removed != 1 || got.Unchanged != 1 {
		t.Errorf("taken off: %+v, %v", got, err)
	}
	var all []string
	counted, err := s.CountList(ctx, "friends", 2, nil, func(page []string) error { all = append(all, page...); return nil })
	if err != nil || counted.Cards != 7 || counted.In != 2 || s.told(all) != "1 2" || s.in(ctx, "invited") != "1" {
		t.Errorf("%+v %v %v", counted, all, err)
	}
	if _, err := s.ListCards(ctx, "nobody", named, true); !errors.Is(err, loyalty.ErrNotFound) {
		t.Error(err)
	}
}

func (s *segments) mergedLists(t *testing.T) {
	ctx := t.Context()
	by := loyalty.ByHand{ID: "m1", Reason: "one shopper", By: "Mira"}
	for range 2 { // a repeat changes nothing
		if _, err := s.Merge(ctx, s.number(1), s.number(5), by); err != nil {
			t.Fatal(err)
		}
		if in := s.in(ctx, "invited"); in != "5" {
			t.Errorf("invited are %q", in)
		}
	}
	for n := range card.MaxLists { // staff is the last that fits
		id := fmt.Sprintf("l%d", n)
		if _, _, err := s.MakeList(ctx, id, ""); err != nil {
			t.Fatal(err)
		}
		if _, err := s.ListCards(ctx, id, []string{s.number(6)}, true); err != nil {
			t.Fatal(err)
		}
	}
	got, err := s.ListCards(ctx, "friends", []string{s.number(6)}, true)
	if err != nil || len(got.Refused) != 1 || got.Refused[0].Code != "lists_full" {
		t.Errorf("%+v, %v", got, err)
	}
	by.ID = "m2"
	if _, err := s.Merge(ctx, s.number(2), s.number(6), by); !errors.Is(err, loyalty.ErrRefused) {
		t.Error(err)
	}
}

func (s *segments) buy(number string, n uint64, category string, on time.Time, cents int64) {
	s.t.Helper()
	r := receipt.Receipt{Key: receipt.Key{Store: "0042", Till: "1", Number: number}, Card: s.number(n), At: on, Total: money.Amount{Minor: cents, Currency: "EUR"}}
	r.Lines = []receipt.Line{{ID: "1", Quantity: 1, Amount: cents, Category: category}}
	if _, err := s.Checkout(s.t.Context(), r); err != nil {
		s.t.Fatal(err)
	}
}

// windows buys more than a head remembers, so that pages are read as well.
func (s *segments) windows(t *testing.T) {
	s.buy("d1", 2, "drinks/coffee", segmentAt.AddDate(0, 0, -20), 500)
	s.buy("d2", 3, "drinks/coffee", segmentAt.AddDate(0, 0, -40), 500)
	for n := range 30 {
		s.buy(fmt.Sprint("f", n), 2, "food", segmentAt.Add(-time.Duration(n+1)*time.Hour), 100)
	}
	if in := s.in(t.Context(), "drinkers"); in != "2" {
		t.Errorf("drinkers are %q", in)
	}
}

func (s *segments) scores(t *testing.T) {
	if in := s.in(t.Context(), "best"); in != "" {
		t.Errorf("before the first report the best are %q", in)
	}
	table, err := s.ScoreCards(t.Context(), segmentAt, 2, nil)
	if err != nil || table.Cards != 3 || table.Money.Counts == [rfm.Parts]int64{} { // 2, 3, and the card that was swiped
		t.Fatalf("%+v, %v", table, err)
	}
	kept, err := s.Scores.NewestScores(t.Context())
	if err != nil || kept.Money != table.Money || !kept.At.Equal(table.At) {
		t.Errorf("kept %+v, %v", kept, err)
	}
	if in := s.in(t.Context(), "best"); in != "2" {
		t.Errorf("the best are %q", in)
	}
}

func (s *segments) endOfList(t *testing.T) {
	ctx := t.Context()
	if _, err := s.DeleteList(ctx, "friends", []*programme.Programme{s.rules}, 2, nil); !errors.Is(err, loyalty.ErrConflict) {
		t.Errorf("a list that is asked for: %v", err)
	}
	for _, want := range []int64{2, 0} {
		if taken, err := s.DeleteList(ctx, "friends", nil, 2, nil); err != nil || taken != want {
			t.Errorf("%d were taken off, want %d (%v)", taken, want, err)
		}
	}
	if _, _, err := s.MakeList(ctx, "friends", ""); !errors.Is(err, loyalty.ErrConflict) {
		t.Error(err)
	}
	missing, err := s.MissingLists(ctx, s.rules)
	if err != nil || len(missing) != 1 || missing[0].ID != "friends" || missing[0].Pointer != "/segments/0/who/all/0" {
		t.Errorf("%v, %v", missing, err)
	}
}
