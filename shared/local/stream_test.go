package local_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/store"
)

func seen(c edge.Change) string { return fmt.Sprintf("%s %v=%v", c.Name, c.Keys["pk"], c.New["n"]) }

func TestChangesComeInOrderWithBothImages(t *testing.T) {
	t.Parallel()
	var got []string
	var last edge.Change
	b := open(t, "", start, only(edge.Mux{Changes: edge.Changes(func(_ context.Context, c edge.Change) error {
		got, last = append(got, seen(c)), c
		return nil
	})}))
	for n := range int64(12) {
		b.put("A", n)
	}
	b.put("B", 1)
	b.drain()
	want := []string{"INSERT A=0"}
	for n := 1; n < 12; n++ {
		want = append(want, fmt.Sprintf("MODIFY A=%d", n))
	}
	if d := cmp.Diff(append(want, "INSERT B=1"), got); d != "" {
		t.Error(d)
	}
	b.put("B", 2)
	b.drain()
	if last.Table != "CardsTable" || last.Old["n"] != int64(1) || last.New["v"] != int64(2) || last.Keys["sk"] != "HEAD" || !last.At.Equal(start) {
		t.Errorf("got %+v", last)
	}
}

func TestAPoisonChangeStandsAsideAlone(t *testing.T) {
	t.Parallel()
	var done []string
	tries := 0
	b := open(t, "", start, only(edge.Mux{Changes: func(ctx context.Context, payload []byte) ([]byte, error) {
		return edge.Changes(func(_ context.Context, c edge.Change) error {
			if c.New["n"] == int64(4) {
				tries++
				return errNotNow
			}
			done = append(done, fmt.Sprint(c.New["n"]))
			return nil
		})(ctx, payload)
	}}))
	for n := range int64(9) {
		b.put(fmt.Sprint("card", n), n)
	}
	b.drain()
	if d := cmp.Diff([]string{"0", "1", "2", "3"}, done); d != "" {
		t.Errorf("before the retries: %s", d)
	}
	b.advance(10 * time.Second)
	if d := cmp.Diff([]string{"0", "1", "2", "3", "5", "6", "7", "8"}, done); d != "" {
		t.Error(d)
	}
	// five records from 4 on, then two, then it alone, and two more tries of it
	if tries != 5 {
		t.Errorf("%d tries", tries)
	}
	if d := cmp.Diff(map[string]int{"Lost": 1}, b.lying()); d != "" {
		t.Error(d)
	}
}

func TestAFunctionThatFailsWhollyIsHalvedToTheCulprit(t *testing.T) {
	t.Parallel()
	var sizes []int
	b := open(t, "", start, only(edge.Mux{Changes: func(_ context.Context, payload []byte) ([]byte, error) {
		sizes = append(sizes, strings.Count(string(payload), `"eventID"`))
		if strings.Contains(string(payload), `"poison"`) {
			return nil, errNotNow
		}
		return []byte(`{"batchItemFailures":[]}`), nil
	}}))
	for _, key := range []string{"a", "b", "c", "d", "e", "poison", "g", "h"} {
		b.put(key, 1)
	}
	b.drain()
	b.advance(time.Minute)
	if d := cmp.Diff([]int{8, 4, 4, 2, 1, 2, 1, 1, 1, 2}, sizes); d != "" {
		t.Error(d)
	}
}

func TestTheCursorSurvivesACrash(t *testing.T) {
	t.Parallel()
	b := open(t, "", start, nothing)
	b.put("A", 1)
	b.drain()
	b.put("A", 2)
	var got []string
	after := open(t, b.crash(), start, only(edge.Mux{Changes: edge.Changes(func(_ context.Context, c edge.Change) error {
		got = append(got, seen(c))
		return nil
	})}))
	after.drain()
	if d := cmp.Diff([]string{"MODIFY A=2"}, got); d != "" {
		t.Error(d)
	}
}

func TestWhatExpiresIsSweptAndFilteredOut(t *testing.T) {
	t.Parallel()
	changes := 0
	b := open(t, "", start, only(edge.Mux{Changes: edge.Changes(func(_ context.Context, c edge.Change) error {
		changes++
		if c.Expired {
			t.Error("the filter lets no removal through")
		}
		return nil
	})}))
	item := store.Item{Key: store.Key{Table: store.Cards, Partition: "CART", Sort: "1"}, Expires: start.Add(time.Hour), Attrs: store.Attrs{"n": int64(1)}}
	if _, err := b.store.Put(context.Background(), item, store.IfAbsent()); err != nil {
		t.Fatal(err)
	}
	b.advance(12 * time.Hour)
	if _, err := b.store.Get(context.Background(), item.Key, store.Strong); err == nil {
		t.Error("it still lies there")
	}
	if changes != 1 {
		t.Errorf("%d changes", changes)
	}
}
